"""The stages of a curriculum, opened; each has a space and examples of its own, and none can leak.

Every stage splits its expressions by content, with the same keyed hash of the canonical form and without any seed. So
an expression that one stage holds out is held out by every stage that has it, and by the run's own task.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from exprlearn.config import Choice, Components, GrammarSection, RunConfig, WorkingChoice
from exprlearn.dataset import Answering, Examples, Splits, canonical_forms, load_space, load_splits
from exprlearn.dataset.earlier_stages import BeyondEarlierStages, EarlierStage
from exprlearn.dataset.held_out_lines import SpaceForms
from exprlearn.errors import DataError, ExprLearnError, OptionError
from exprlearn.intervals import independent_count
from exprlearn.plugin import Schedule, Stage, StageResult
from exprlearn.plugin.kinds.working import Drop
from exprlearn.plugin.options import bind
from exprlearn.sampling import ExpressionSpace

# Epochs that are looked ahead for a schedule that comes to every stage.
_MOST_EPOCHS = 4096


@dataclass(frozen=True, eq=False)
class StageData:
    """A stage, opened.

    Attributes:
        stage: what it is made of.
        components: those of the run, with the settings and constraints of the stage.
        space: its expressions.
        splits: its examples; the validation split evaluates it after each epoch.
        earlier: the stages before it, where it leaves out what they give.
    """

    stage: Stage
    components: Components
    space: ExpressionSpace
    splits: Splits
    earlier: tuple[EarlierStage, ...] = ()

    @property
    def held_out(self) -> Examples:
        """Return the expressions that evaluate the stage after each epoch."""
        return self.splits.validation

    def result(self, right: Sequence[bool]) -> StageResult:
        """Say how many of them were answered right."""
        whole = len(right) < self.components.config.curriculum.held_out
        return StageResult(sum(right), len(right), whole, independent_count(right, self._forms))

    @cached_property
    def _forms(self) -> list[int]:
        return canonical_forms(self.held_out.expressions.tolist(), self.space.calculated_by)

    @property
    def name(self) -> str:
        """Return the name of the stage."""
        return self.stage.name

    @property
    def forms_beside(self) -> tuple[SpaceForms, ...]:
        """Return what the task and the other stages hold, where workings are written; none of it may be shown."""
        lines = self.splits.train.answering.lines
        return () if lines is None else lines.forms[1:]

    @property
    def drop(self) -> Drop:
        """Return how many parts of a working the stage leaves out."""
        return self.components.config.working.drop


def stages_of(components: Components, space: ExpressionSpace) -> tuple[Stage, ...]:
    """List the stages of a run's curriculum; an `OptionError` says that it has none, or two with one name."""
    if components.curriculum is None:
        return ()
    name, stages = components.config.curriculum.name, tuple(components.curriculum.stages(space))
    names = [stage.name for stage in stages]
    problems = [
        f"stage '{each}': {names.count(each)} stages have this name, give each its own"
        for each in dict.fromkeys(names)
        if names.count(each) > 1
    ]
    if not stages:
        problems = [f"curriculum '{name}' has no stage: a stage with nothing but a name is the task itself"]
    if problems:
        raise OptionError(problems)
    return stages


def open_stages(
    components: Components,
    space: ExpressionSpace,
    stages: Sequence[Stage],
    *,
    texts: Mapping[str, str] | None = None,
) -> tuple[StageData, ...]:
    """Open the stages of a run.

    Args:
        components: of the run.
        space: the run's own expressions.
        stages: what to open.
        texts: the grammars that a run folder has kept, by stage, whatever has become of the files.

    Raises:
        OptionError: everything that is wrong with any of the stages, each named.
    """
    config = components.config
    if stages and config.data.split != "content":
        raise OptionError("data.split: parts by position hold in one stage only: choose data.split=content")
    texts = texts or {}
    loaded: dict[str, tuple[Components, ExpressionSpace]] = {}

    def load(stage: Stage) -> tuple[Components, ExpressionSpace]:
        if stage.name not in loaded:
            loaded[stage.name] = load_stage(components, space, stage, texts.get(stage.name))
        return loaded[stage.name]

    # A stage that cannot be loaded is told of with what is wrong with the others.
    with suppress(OptionError):
        each_or_problems(load, stages)
    # What any stage holds out, and the task itself, no working of another shows.
    spaces = [space, *(each for _, each in loaded.values())]

    def before(stage: Stage) -> list[tuple[Components, ExpressionSpace]]:
        return [load(each) for each in stages[: stages.index(stage)]] if config.curriculum.beyond == "stage" else []

    return tuple(each_or_problems(lambda stage: _open(stage, *load(stage), spaces, before(stage)), stages))


def each_or_problems(work: Callable[[Stage], Any], stages: Iterable[Stage]) -> list[Any]:
    """Do the same with every stage; an `OptionError` says what failed, all stages together, each named."""
    done, problems = [], []
    for stage in stages:
        try:
            done.append(work(stage))
        except OptionError as error:
            problems += [f"stage '{stage.name}': {problem}" for problem in error.problems]
        except ExprLearnError as error:
            problems.append(f"stage '{stage.name}': {error}")
    if problems:
        raise OptionError(problems)
    return done


def stage_config(config: RunConfig, stage: Stage) -> RunConfig:
    """Return the config of a run whose task is the stage alone; an `OptionError` names settings of no grammar.

    >>> stage_config(RunConfig(), Stage(name="small", grammar={"range": "0..9"}, constraints=["integer"])).grammar.range
    (0, 9)
    """
    # Sizes and numbers belong to a grammar, so those of the run do not hold for another one.
    below = {} if "name" in stage.grammar else config.grammar.model_dump()
    grammar = bind(GrammarSection, {**below, **stage.grammar}, where="grammar")
    added = [bind(Choice, _table(each), where="constraints") for each in stage.constraints]
    data = config.data.model_copy(update={"constraints": [*config.data.constraints, *added]})
    working = config.working.model_dump() | ({} if stage.drop is None else {"drop": stage.drop})
    update = {"grammar": grammar, "data": data, "working": bind(WorkingChoice, working, where="working")}
    return config.model_copy(update=update)


def _table(constraint: str | Mapping[str, Any]) -> dict[str, Any]:
    return {"name": constraint} if isinstance(constraint, str) else dict(constraint)


def last_grammar(components: Components) -> dict[str, Any]:
    """Return the keys of `[grammar]` of the last stage, if it names a grammar: who names no other means this task."""
    grammar = stages_of(components, load_space(components.config.grammar, components))[-1].grammar
    return dict(grammar) if "name" in grammar else {}


def load_stage(
    components: Components, space: ExpressionSpace, stage: Stage, text: str | None = None
) -> tuple[Components, ExpressionSpace]:
    """Make the components of a stage, and count its expressions; `text` is what was kept of its grammar."""
    config = stage_config(components.config, stage)
    added = config.data.constraints[len(components.config.data.constraints) :]
    made = tuple(components.make_constraint(each.name, each.options) for each in added)
    own = replace(components, config=config, constraints=(*components.constraints, *made))
    if text is None and "name" not in stage.grammar:
        text = space.grammar.text
    return own, load_space(config.grammar, own, text=text)


def _open(
    stage: Stage,
    own: Components,
    space: ExpressionSpace,
    beside: Sequence[ExpressionSpace],
    before: Sequence[tuple[Components, ExpressionSpace]],
) -> StageData:
    """Split the expressions of a stage, without those that the stages before it give."""
    if before:
        rules = [Answering(each.division, each.constraints, operators=had.calculated_by) for each, had in before]
        beyond = BeyondEarlierStages([(had, rule) for (_, had), rule in zip(before, rules, strict=True)])
        own = replace(own, constraints=(*own.constraints, beyond))
    splits = load_splits(space, own, sizes={"validation": own.config.curriculum.held_out}, beside=beside)
    if not len(splits.train.take(1)[0]):
        raise DataError("no expression is left to train on: choose larger sizes or fewer constraints")
    earlier = [
        EarlierStage(each.config.grammar, had.grammar.text, tuple(each.config.data.constraints)) for each, had in before
    ]
    return StageData(stage, own, space, splits, tuple(earlier))


def refuse_unreachable(schedule: Schedule, stages: Sequence[Stage], best: Sequence[StageResult], epochs: int) -> None:
    """Refuse stages that not even a model which answers everything right would ever be trained on.

    Args:
        schedule: decides on the stages; it may tell `problems` of its own, from the stages and their best results.
        stages: the stages.
        best: the best result of each stage.
        epochs: how many epochs there will be.

    Raises:
        OptionError: the stages that are out of reach, and what would bring them into reach.
    """
    asked: Any = schedule
    problems = list(asked.problems(stages, best)) if hasattr(schedule, "problems") else []
    missed = first_missed(schedule, stages, best, epochs)
    if missed is not None and not problems:
        before = f": stage '{stages[missed - 1].name}' is not left" if missed else ""
        problems.append(
            f"stage '{stages[missed].name}' would not be trained within {epochs} epochs, even if every answer were "
            f"right{before}; {_fix(schedule, stages, best, epochs)}"
        )
    if problems:
        raise OptionError(problems)


def first_missed(schedule: Schedule, stages: Sequence[Stage], best: Sequence[StageResult], epochs: int) -> int | None:
    """Find the first stage that is never trained, although every answer is right; None when the last one is."""
    trained = [False] * len(stages)
    for shares in _look_ahead(schedule, stages, best, epochs):
        trained = [had or share > 0 for had, share in zip(trained, shares, strict=True)]
        if trained[-1]:
            return None
    return trained.index(False)


def _look_ahead(
    schedule: Schedule, stages: Sequence[Stage], best: Sequence[StageResult], epochs: int
) -> Iterator[Sequence[float]]:
    """Yield the shares of the stages in each epoch, if every answer is right."""
    state = schedule.begin(stages)
    for _ in range(epochs):
        yield schedule.shares(state)
        state = schedule.after(state, best)


def shared_drop(stages: Sequence[StageData], shares: Sequence[float]) -> Drop:
    """Return how many parts of a working the stages leave out that an epoch takes examples from.

    Raises:
        OptionError: some leave out more than others.
    """
    taken = [stage for stage, share in zip(stages, shares, strict=True) if share > 0]
    others = [stage for stage in taken if stage.drop != taken[0].drop]
    if others:
        raise OptionError(
            f"stages '{taken[0].name}' and '{others[0].name}' would share an epoch, and no model could tell how much "
            "of a working to write: choose curriculum.schedule.name=fixed, or curriculum.schedule.replay=0"
        )
    return taken[0].drop


def refuse_drops(
    schedule: Schedule, stages: Sequence[StageData], best: Sequence[StageResult], config: RunConfig
) -> None:
    """Refuse stages of which a model could not tell how much of its working to write.

    Raises:
        OptionError: stages that leave out more than others share an epoch, or the task is written unlike the last one.
    """
    last, task = stages[-1], config.working.drop
    if last.drop != task:
        raise OptionError(
            f"stage '{last.name}': drop={last.drop}, and the task itself has working.drop={task}: the last stage "
            f"must leave out as much as the task, set working.drop={last.drop}, or drop={task} there"
        )
    for shares in _look_ahead(schedule, [each.stage for each in stages], best, config.training.epochs):
        shared_drop(stages, shares)


def _fix(schedule: Schedule, stages: Sequence[Stage], best: Sequence[StageResult], epochs: int) -> str:
    """Say how many epochs would do, if any number does."""
    if first_missed(schedule, stages, best, _MOST_EPOCHS) is not None:
        return "choose another curriculum.schedule"
    while first_missed(schedule, stages, best, epochs) is not None:
        epochs += 1
    return f"set training.epochs={epochs} or more"
