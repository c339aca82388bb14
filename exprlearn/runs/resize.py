"""The same weights built anew for longer expressions, where a model's weights do not depend on lengths."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exprlearn.decoding.answerer import Answerer
from exprlearn.decoding.decoder import Decoder
from exprlearn.encoding import Alphabet, Encoder, Vocabulary
from exprlearn.encoding.sides import vocabulary_of
from exprlearn.runs.checkpoint import named
from exprlearn.runs.starting import build_model

if TYPE_CHECKING:
    from exprlearn.runs.run import Run

#: Many shapes are asked a few expressions each, and compiling for each would take most of the time.
ROWS = 1024


def stretched(run: Run, alphabet: Alphabet) -> Answerer | str:
    """Build a run's model for wider rows, with the weights it has learned.

    What a row holds stays as it was: symbols keep their ids and numbers their scale; only there is more room.

    Args:
        run: what was trained.
        alphabet: what expressions and answers hold, and how long they get.

    Returns:
        What asks the model; or why it cannot be asked.
    """
    encoder = _wider(run, run.encoder.alphabet | alphabet)
    if isinstance(encoder, str):
        return encoder
    spec = run.components.model
    model = build_model(run.components, encoder)
    kept, wider = run.variables, named("model", model.variables)
    shapes = [{name: tuple(each.shape) for name, each in group.items()} for group in (kept, wider)]
    if shapes[0] != shapes[1]:
        return "its weights depend on how long expressions are"
    for name, variable in kept.items():
        wider[name].assign(variable)
    return Answerer(Decoder(model, spec, encoder.shape_for(spec.framing), few=ROWS), encoder, run.scale)


def _wider(run: Run, alphabet: Alphabet) -> Encoder | str:
    """Make an encoder of the run's symbols for longer expressions and answers; or say which symbols it lacks."""
    before, parts = run.encoder, run.components
    unknown = [sign for sign in alphabet.literals if sign not in before.alphabet.literals]
    wanted = vocabulary_of(parts.tokenizer, alphabet)
    unknown += [symbol for symbol in wanted.symbols if symbol not in before.vocabulary.ids and symbol not in unknown]
    if unknown:
        return f"it has no symbol for {' '.join(unknown[:4])}{' …' if len(unknown) > 4 else ''}"
    encoder = Encoder(
        alphabet,
        tokenizer=parts.tokenizer,
        padding=parts.padding,
        reversal=parts.reversal,
        inputs=before.inputs,
        vocabulary=Vocabulary(before.vocabulary.symbols, wanted.number_steps),
    )
    encoder.number_rows.scale = before.number_rows.scale
    return encoder
