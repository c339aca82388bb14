"""Asking a run longer expressions than those of its training, where its weights fit them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from exprlearn.dataset import Examples
from exprlearn.decoding.answerer import Answerer
from exprlearn.decoding.decoder import Decoder
from exprlearn.decoding.working_writer import working_writer
from exprlearn.encoding import Alphabet, Encoder, Vocabulary, alphabet_of
from exprlearn.encoding.sides import vocabulary_of
from exprlearn.errors import EncodingError
from exprlearn.runs.built_models import build_model
from exprlearn.runs.checkpoint import name_variables
from exprlearn.sampling import ExpressionSpace

if TYPE_CHECKING:
    from exprlearn.runs.run import Run


def resize(run: Run, alphabet: Alphabet, *, compiling: bool = False) -> Answerer | str:
    """Build a run's model for wider rows, with the weights it has learned.

    What a row holds stays as it was: symbols keep their ids and numbers their scale; only there is more room for what
    the alphabet holds. A text says why it cannot be asked. Compiling pays where many expressions are asked.
    """
    encoder = _wider(run, run.encoder.alphabet | alphabet)
    if isinstance(encoder, str):
        return encoder
    model = build_model(run.components, encoder)
    kept, wider = run.variables, name_variables("model", model.variables)
    shapes = [{name: tuple(each.shape) for name, each in group.items()} for group in (kept, wider)]
    if shapes[0] != shapes[1]:
        return "its weights depend on how long expressions are"
    for name, variable in kept.items():
        wider[name].assign(variable)
    rules = run.answerer.rules
    decoder = Decoder(model, run.components.model, rules.shape(encoder), rules=rules, compiling=compiling)
    return Answerer(decoder, encoder, run.scale, working_writer(run.components, encoder))


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


def fits(run: Run, examples: Examples) -> bool:
    """Tell whether a run as it is can read the expressions and write the answers."""
    rules, encoder = run.answerer.rules, run.encoder
    try:
        rules.sources(encoder, examples.expressions)
        if rules.writes_tokens:
            rules.targets(encoder, written(run, examples), run.scale)
    except EncodingError:
        return False
    return True


def written(run: Run, examples: Examples) -> NDArray[np.str_]:
    """Return what a run is to write of n examples, '<U' [n]."""
    return run.answerer.texts(examples.expressions, examples.answers)


def widen(run: Run, space: ExpressionSpace) -> Alphabet:
    """Measure what the expressions of a space need beside those of a run's training; answers are not looked at."""
    own = run.encoder.alphabet
    return replace(own | alphabet_of(space, run.components.division, 0), longest_answer=own.longest_answer)


def leave_room(alphabet: Alphabet, texts: NDArray[np.str_]) -> Alphabet:
    """Make room for what is to be written, '<U' [n], beside what the expressions need."""
    return replace(alphabet, longest_answer=max(map(len, texts.tolist()), default=0))
