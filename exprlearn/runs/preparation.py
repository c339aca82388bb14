"""From a config to what a training begins with: the encoder, the stages of a curriculum, the statistics of answers.

The stages are kept in the run folder with their grammars, and opened again as they were.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, replace
from functools import partial, reduce
from operator import or_
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from exprlearn.config import Components
from exprlearn.curriculum.stage_data import StageData, open_stages, refuse_drops, refuse_unreachable, stages_of
from exprlearn.dataset import Splits, longest_answer, longest_working
from exprlearn.decoding.framings import FRAMINGS
from exprlearn.encoding import Alphabet, Encoder, alphabet_of
from exprlearn.errors import PluginError, RunError, TrainingError
from exprlearn.grammar.loading import load_grammar
from exprlearn.plugin import Stage
from exprlearn.plugin.kinds.model import Framing
from exprlearn.runs.run_files import fault, write_json
from exprlearn.runs.run_folder import FORMAT, RunFolder
from exprlearn.sampling import ExpressionSpace

STAGES = "curriculum.json"
#: Training examples that are looked at before training: for the most common answer and the scale of mapping models.
LOOKED_AT = 8192


def make_encoder(space: ExpressionSpace, components: Components, stages: Sequence[StageData] = ()) -> Encoder:
    """Make the encoder for every expression of a space, or of a stage, and every answer it can have."""
    config = components.config
    return Encoder(
        reduce(or_, (_alphabet(stage.space, stage.components) for stage in stages), _alphabet(space, components)),
        tokenizer=components.tokenizer,
        padding=components.padding,
        reversal=components.reversal,
        inputs=config.encoding.inputs,
        names={"tokenizer": config.tokenizer, "padding": config.padding, "reversal": config.reversal},
    )


def _alphabet(space: ExpressionSpace, components: Components) -> Alphabet:
    division, constraints, working = components.division, components.constraints, components.working
    if working is None:
        return alphabet_of(space, division, longest_answer(space, division, constraints))
    return alphabet_of(space, division, longest_working(space, working, division, constraints), working)


def answer_statistics(splits: Splits, framing: Framing) -> tuple[str, float]:
    """Return the most common answer of the first training examples, and the largest, which mapping models call 1.

    A TrainingError says that there are no training examples.
    """
    examples, _ = splits.train.take(LOOKED_AT, start=0)
    if not len(examples):
        raise TrainingError("the training split is empty: choose larger sizes or fewer constraints")
    common = Counter(examples.answers.tolist()).most_common(1)[0][0]
    return common, FRAMINGS[framing].scale(examples.answers)


def load_stages(space: ExpressionSpace, components: Components) -> tuple[StageData, ...]:
    """Open the stages of a run's curriculum, none without one.

    An OptionError names each stage that cannot be sampled or never comes to be trained.
    """
    opened = open_stages(components, space, stages_of(components, space))
    if components.schedule is not None and opened:
        stages = [each.stage for each in opened]
        best = [each.result([True] * len(each.held_out)) for each in opened]
        refuse_unreachable(components.schedule, stages, best, components.config.training.epochs)
        refuse_drops(components.schedule, opened, best, components.config)
    return opened


def write_stages(folder: RunFolder, opened: Sequence[StageData]) -> None:
    """Write the stages down with their grammars, so that the run needs no other file."""
    if opened:
        stages = [{**asdict(_plain(each.stage)), "text": each.space.grammar.text} for each in opened]
        write_json(folder.path / STAGES, {"format": FORMAT, "stages": stages})


def _plain(stage: Stage) -> Stage:
    return replace(stage, grammar=dict(stage.grammar), constraints=list(stage.constraints))


def read_stages(folder: RunFolder, space: ExpressionSpace, components: Components) -> tuple[StageData, ...]:
    """Open the stages that a run folder has kept; a RunError says that they are missing or damaged."""
    if components.curriculum is None:
        return ()
    stages, texts = _kept_stages(folder)
    return open_stages(components, space, stages, texts=texts)


def restore_grammars(folder: RunFolder, components: Components) -> Components:
    """Let the stages of a run that is done again find grammars whose files are gone.

    A RunError names the file of a grammar that holds another text than it did.
    """
    if components.curriculum is None:
        return components
    stages, texts = _kept_stages(folder)
    kept = {str(stage.grammar["name"]): texts[stage.name] for stage in stages if "name" in stage.grammar}
    for name, text in kept.items():
        if Path(name).is_file() and load_grammar(name).text != text:
            raise RunError(f"the grammar {name} has changed since the run {folder.path}: put the old text there again")
    return replace(components, grammars={**components.grammars, **{name: partial(str, kept[name]) for name in kept}})


def _kept_stages(folder: RunFolder) -> tuple[list[Stage], dict[str, str]]:
    """Read the stages of a run folder, and the grammar of each by the stage's name."""
    rows = folder.read_json(STAGES).get("stages", [])
    try:
        stages = TypeAdapter(list[Stage]).validate_python(rows)
        texts = [TypeAdapter(str).validate_python(row["text"]) for row in rows]
    except (ValidationError, PluginError, KeyError) as error:
        problem = fault(error) if isinstance(error, ValidationError) else error
        raise RunError(f"the run {folder.path} is damaged: {STAGES} holds what is no stage ({problem})") from None
    return stages, {stage.name: text for stage, text in zip(stages, texts, strict=True)}
