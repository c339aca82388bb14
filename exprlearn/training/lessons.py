"""The lessons of a run: made from its curriculum, kept in its folder, and opened again as they were."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace

from exprlearn.config import Components
from exprlearn.curriculum.lessons import Lesson, open_lessons, stages_of
from exprlearn.curriculum.reaching import refuse_unreachable
from exprlearn.errors import RunError
from exprlearn.plugin import Stage
from exprlearn.sampling import ExpressionSpace
from exprlearn.training.files import write_json
from exprlearn.training.run_folder import FORMAT, RunFolder

FILE = "curriculum.json"


def load_lessons(space: ExpressionSpace, components: Components) -> tuple[Lesson, ...]:
    """Open the stages of a run's curriculum, none without one; what cannot be taught is refused.

    Raises:
        OptionError: stages that cannot be sampled or never come to be trained, each named.
    """
    lessons = open_lessons(components, space, stages_of(components, space))
    if components.schedule is not None and lessons:
        stages, best = [lesson.stage for lesson in lessons], [lesson.result(len(lesson.held_out)) for lesson in lessons]
        refuse_unreachable(components.schedule, stages, best, components.config.training.epochs)
    return lessons


def keep_lessons(folder: RunFolder, lessons: Sequence[Lesson]) -> None:
    """Write the stages down with their grammars, so that the run needs no other file."""
    if lessons:
        stages = [{**asdict(_plain(lesson.stage)), "text": lesson.space.grammar.text} for lesson in lessons]
        write_json(folder.path / FILE, {"format": FORMAT, "stages": stages})


def kept_lessons(folder: RunFolder, space: ExpressionSpace, components: Components) -> tuple[Lesson, ...]:
    """Open the stages that a run folder has kept.

    Raises:
        RunError: they are missing or damaged.
    """
    if components.curriculum is None:
        return ()
    rows = folder.read_json(FILE).get("stages", [])
    try:
        texts = {row["name"]: row.pop("text") for row in rows}
        stages = [Stage(**row) for row in rows]
    except (KeyError, TypeError, AttributeError) as error:
        raise RunError(f"the run {folder.path} is damaged: {FILE} holds what is no stage ({error!r})") from error
    return open_lessons(components, space, stages, texts=texts)


def _plain(stage: Stage) -> Stage:
    return replace(stage, grammar=dict(stage.grammar), constraints=list(stage.constraints))
