"""The stages of a run: made from its curriculum, kept in its folder, and opened again as they were."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from exprlearn.config import Components
from exprlearn.curriculum.reachability import refuse_unreachable
from exprlearn.curriculum.stage_data import StageData, open_stages, stages_of
from exprlearn.errors import PluginError, RunError
from exprlearn.grammar.loading import load_grammar
from exprlearn.plugin import Stage
from exprlearn.runs.run_files import fault, write_json
from exprlearn.runs.run_folder import FORMAT, RunFolder
from exprlearn.sampling import ExpressionSpace

FILE = "curriculum.json"


def load_stages(space: ExpressionSpace, components: Components) -> tuple[StageData, ...]:
    """Open the stages of a run's curriculum, none without one; what cannot be taught is refused.

    Raises:
        OptionError: stages that cannot be sampled or never come to be trained, each named.
    """
    opened = open_stages(components, space, stages_of(components, space))
    if components.schedule is not None and opened:
        stages = [each.stage for each in opened]
        best = [each.result([True] * len(each.held_out)) for each in opened]
        refuse_unreachable(components.schedule, stages, best, components.config.training.epochs)
    return opened


def write_stages(folder: RunFolder, opened: Sequence[StageData]) -> None:
    """Write the stages down with their grammars, so that the run needs no other file."""
    if opened:
        stages = [{**asdict(_plain(each.stage)), "text": each.space.grammar.text} for each in opened]
        write_json(folder.path / FILE, {"format": FORMAT, "stages": stages})


def read_stages(folder: RunFolder, space: ExpressionSpace, components: Components) -> tuple[StageData, ...]:
    """Open the stages that a run folder has kept.

    Raises:
        RunError: they are missing or damaged.
    """
    if components.curriculum is None:
        return ()
    stages, texts = _kept_stages(folder)
    return open_stages(components, space, stages, texts=texts)


def restore_grammars(folder: RunFolder, components: Components) -> Components:
    """Let the stages of a run that is done again find grammars whose files are gone.

    Raises:
        RunError: the file of a grammar holds another text than it did.
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
    rows = folder.read_json(FILE).get("stages", [])
    try:
        stages = TypeAdapter(list[Stage]).validate_python(rows)
        texts = [TypeAdapter(str).validate_python(row["text"]) for row in rows]
    except (ValidationError, PluginError, KeyError) as error:
        said = fault(error) if isinstance(error, ValidationError) else error
        raise RunError(f"the run {folder.path} is damaged: {FILE} holds what is no stage ({said})") from None
    return stages, {stage.name: text for stage, text in zip(stages, texts, strict=True)}


def _plain(stage: Stage) -> Stage:
    return replace(stage, grammar=dict(stage.grammar), constraints=list(stage.constraints))
