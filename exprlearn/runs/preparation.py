"""From a config to what a training begins with: the encoder, the stages of a curriculum, the statistics of answers.

The stages are kept in the run folder with their grammars, and opened again as they were.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from functools import partial, reduce
from operator import or_
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from exprlearn.config import Components
from exprlearn.config.setting_values import NOTHING
from exprlearn.curriculum.stage_data import StageData, open_stages, refuse_drops, refuse_unreachable, stages_of
from exprlearn.dataset import (
    Drawable,
    Examples,
    Splits,
    drawable,
    load_space,
    load_splits,
    longest_answer,
    longest_working,
)
from exprlearn.dataset.pairs import Pairs, PairSplits, divide, named_pairs
from exprlearn.decoding.framings import FRAMINGS
from exprlearn.encoding import Alphabet, Encoder, alphabet_of, alphabet_of_texts
from exprlearn.errors import OptionError, PluginError, RunError, TrainingError
from exprlearn.grammar.loading import load_grammar
from exprlearn.plugin import Stage
from exprlearn.plugin.kinds.model import Framing
from exprlearn.runs.run_files import fault, rows_of, write_json, write_lines, write_text
from exprlearn.runs.run_folder import FORMAT, RunFolder
from exprlearn.runs.schema import PairRow
from exprlearn.sampling import ExpressionSpace

STAGES, PAIRS = "curriculum.json", "pairs.jsonl"
#: Training examples that are looked at before training: for the most common answer and the scale of mapping models.
LOOKED_AT = 8192


Data = ExpressionSpace | Pairs
"""What is learned: the expressions that a grammar writes, or pairs that somebody brings."""


def open_data(components: Components, *, text: str | None = None, pairs: Pairs | None = None) -> Data:
    """Open what a config names: its grammar, or the `text` that was kept of it; its file, or the `pairs` of it."""
    found = pairs or named_pairs(components.config)
    return found or load_space(components.config.grammar, components, text=text)


def split_data(
    data: Data,
    components: Components,
    *,
    sizes: Mapping[str, int] | None = None,
    beside: Sequence[ExpressionSpace] = (),
) -> Splits:
    """Split data as the config says; arguments and errors are those of `load_splits` and `divide`."""
    if not isinstance(data, Pairs):
        return load_splits(data, components, sizes=sizes, beside=beside)
    section, asked = components.config.data, sizes or {}
    held_out = {split: asked.get(split, getattr(section, split)) for split in ("validation", "test")}
    return divide(data, components.division, level=section.level, **held_out)


def take_all(splits: Splits, components: Components) -> Components:
    """Let a training on pairs take all of them, where a config does not say how many.

    Raises:
        OptionError: more are asked for than there are.
    """
    if not isinstance(splits, PairSplits):
        return components
    config, there = components.config, len(splits.train.examples)
    if config.data.train > there:
        raise OptionError(f"data.train: {config.data.file} has {there} pairs to train on, not {config.data.train}")
    section = config.data.model_copy(update={"train": config.data.train or there})
    return replace(components, config=config.model_copy(update={"data": section}))


def count_drawable(data: Data, splits: Splits) -> Drawable:
    """Count what can be drawn of data; of pairs that is each of them."""
    if isinstance(data, Pairs):
        return Drawable.all_of(len(data))
    return drawable(data, splits.train.answering)


def make_encoder(data: Data, components: Components, stages: Sequence[StageData] = ()) -> Encoder:
    """Make the encoder for every expression of a space, or of a stage, or every pair, and every answer it can have."""
    config = components.config
    return Encoder(
        reduce(or_, (_alphabet(stage.space, stage.components) for stage in stages), _alphabet(data, components)),
        tokenizer=components.tokenizer,
        padding=components.padding,
        reversal=components.reversal,
        inputs=config.encoding.inputs,
        names={"tokenizer": config.tokenizer, "padding": config.padding, "reversal": config.reversal},
    )


def _alphabet(data: Data, components: Components) -> Alphabet:
    if isinstance(data, Pairs):
        return alphabet_of_texts(data.examples.expressions.tolist(), data.examples.answers.tolist())
    space = data
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


def load_stages(space: Data, components: Components) -> tuple[StageData, ...]:
    """Open the stages of a run's curriculum, none without one, nor of pairs.

    An OptionError names each stage that cannot be sampled or never comes to be trained.
    """
    if isinstance(space, Pairs):
        return ()
    opened = open_stages(components, space, stages_of(components, space))
    if components.schedule is not None and opened:
        stages = [each.stage for each in opened]
        best = [each.result([True] * len(each.held_out)) for each in opened]
        refuse_unreachable(components.schedule, stages, best, components.config.training.epochs)
        refuse_drops(components.schedule, opened, best, components.config)
    return opened


def write_data(folder: RunFolder, data: Data) -> dict[str, Any]:
    """Write down what a run learns, so that it needs no other file; return it as `Run` takes it."""
    if isinstance(data, Pairs):
        write_lines(folder.path / PAIRS, data.rows())
        return {"grammar_text": "", "pairs": data}
    write_text(folder.path / "grammar.lark", data.grammar.text)
    return {"grammar_text": data.grammar.text}


def read_data(folder: RunFolder, components: Components) -> dict[str, Any]:
    """Read what a run learned, as `Run` takes it; a RunError says that it is missing or damaged."""
    name = components.config.data.file
    if name == NOTHING:
        return {"grammar_text": folder.read_text("grammar.lark")}
    rows = list(rows_of(folder.path / PAIRS, PairRow))
    if not rows:
        raise RunError(f"the run {folder.path} is damaged: it has no {PAIRS}, which it was trained on")
    splits = [row.split for row in rows if row.split is not None]
    if len(splits) not in (0, len(rows)):
        raise RunError(f"the run {folder.path} is damaged: {PAIRS} has rows with a split and rows without")
    examples = Examples.of([(row.question, row.answer) for row in rows])
    return {"grammar_text": "", "pairs": Pairs(name, examples, tuple(splits) or None)}


def write_stages(folder: RunFolder, opened: Sequence[StageData]) -> None:
    """Write the stages down with their grammars, so that the run needs no other file."""
    if opened:
        stages = [{**asdict(_plain(each.stage)), "text": each.space.grammar.text} for each in opened]
        write_json(folder.path / STAGES, {"format": FORMAT, "stages": stages})


def _plain(stage: Stage) -> Stage:
    return replace(stage, grammar=dict(stage.grammar), constraints=list(stage.constraints))


def read_stages(folder: RunFolder, space: Data, components: Components) -> tuple[StageData, ...]:
    """Open the stages that a run folder has kept; a RunError says that they are missing or damaged."""
    if components.curriculum is None or isinstance(space, Pairs):
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
