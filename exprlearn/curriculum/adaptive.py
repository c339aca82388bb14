"""A curriculum that somebody else goes through by their own answers: a pupil, a language model, a reward loop.

    next → entries of the stage at hand, and some of those passed → tell → passed, or back to what was forgotten

The rule is in `learner_state`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import ValidationError

from exprlearn.config import Components, Preset, read_config, resolve
from exprlearn.curriculum.learner_state import LearnerState
from exprlearn.curriculum.schedules import ThresholdSchedule, share_with_replay
from exprlearn.curriculum.stage_data import each_or_problems, last_grammar, load_stage, stages_of
from exprlearn.dataset import Dataset, Entry, load_space
from exprlearn.dataset.score_board import ScoreBoard
from exprlearn.dataset.sequence import EXPRESSION, score_answer
from exprlearn.errors import OptionError
from exprlearn.plugin import Stage
from exprlearn.plugin.manager import Plugins
from exprlearn.plugin.options import explain
from exprlearn.sampling.ordering.hashing import DATA_VERSION

# Which stage an entry is of; for the generator.
STAGE = 0x57A6
# As many as anyone will ask.
_ENDLESS = 1 << 60


class AdaptiveCurriculum:
    """Gives out entries of a curriculum, hears the answers, and goes on, or back, by them.

    Entries are training examples: what the stages hold out is never asked, so that it may test anyone who learned. The
    same answers lead to the same entries, whether the state was saved in between or not.

    Attributes:
        stages: the stages, the easiest first.
        datasets: the entries of each, as `exprlearn.dataset` makes them.
        bars: the share of right answers that each must surely have.
        scores: what was right so far, by stage and difficulty.
    """

    def __init__(
        self, components: Components, stages: Sequence[Stage], *, template: str = EXPRESSION, state: Any = None
    ) -> None:
        schedule = components.schedule
        if not isinstance(schedule, ThresholdSchedule):
            raise OptionError(
                f"curriculum.schedule: '{components.config.curriculum.schedule.name}' goes by epochs of a training, "
                'answers go by \'threshold\': settings={"curriculum.schedule": "threshold"}'
            )
        self.name, self.stages = components.config.curriculum.name, tuple(stages)
        self.seed, self._replay = components.config.seed, schedule.options.replay
        self.bars = schedule.wanted(stages)
        _refuse(self.stages, self.bars)
        space = load_space(components.config.grammar, components)
        loaded = each_or_problems(lambda stage: load_stage(components, space, stage), stages)
        spaces = [space, *(each for _, each in loaded)]
        self.datasets = tuple(
            Dataset(own, _ENDLESS, template=template, space=each, beside=spaces, source=f"{self.name}/{stage.name}")
            for stage, (own, each) in zip(stages, loaded, strict=True)
        )
        self._made_of = self._sum(template)
        self._state = LearnerState.first(len(stages), self._made_of) if state is None else self._read(state)
        self.scores = ScoreBoard(self._state.scores)

    @property
    def state(self) -> dict[str, Any]:
        """Where the learner stands, as plain values that JSON holds; `curriculum(…, state=…)` goes on from it."""
        return self._state.model_copy(update={"scores": self.scores.rows()}).model_dump(mode="json")

    @property
    def stage(self) -> Stage:
        """The stage that is being learned; when all are passed, the last one."""
        return self.stages[self._state.at]

    @property
    def passed(self) -> int:
        """How many stages are passed."""
        return self._state.passed

    @property
    def finished(self) -> bool:
        """Whether all stages are passed, the last one too."""
        return self.passed == len(self.stages)

    def next(self, count: int = 1) -> list[Entry]:
        """Give out entries: of the stage at hand, and a share `replay` of those before it."""
        return [self._draw() for _ in range(count)]

    def __iter__(self) -> Iterator[Entry]:
        """Give out entries without end, one at a time, each by what was told before."""
        while True:
            yield self._draw()

    def tell(self, entry: Entry, answer: str | None) -> float:
        """Hear an answer, go on or back if it settles that, and return its score as `score_answer` does.

        The first answer to an entry counts; further ones tell nothing new of anyone who answers, and are scored alone.
        None is no answer. An `OptionError` says that the entry is of no stage.
        """
        score, key = self.score_answer(answer, entry), self._key(entry)
        if key in self._state.waiting:
            self._state.waiting.remove(key)
            self.scores.add(entry, score)
            self._state.count(key[0], score == 1, self.bars)
        return score

    score_answer = staticmethod(score_answer)

    def __repr__(self) -> str:
        at = (
            "all stages passed"
            if self.finished
            else f"stage {self._state.at + 1} of {len(self.stages)}, '{self.stage.name}'"
        )
        return f"AdaptiveCurriculum({self.name!r}, {at}, {self._state.answered} answers)"

    def _draw(self) -> Entry:
        state = self._state
        shares = share_with_replay(state.at, [stage.weight for stage in self.stages], self._replay)
        index = int(np.random.default_rng([self.seed, STAGE, state.asked]).choice(len(shares), p=shares))
        number = state.drawn[index]
        entry = self.datasets[index][number]
        entry["metadata"]["stage"] = self.stages[index].name
        state.asked, state.drawn[index] = state.asked + 1, number + 1
        state.waiting.append((index, number))
        return entry

    def _key(self, entry: Entry) -> tuple[int, int]:
        """Find the stage of an entry, and its number there."""
        metadata = entry["metadata"]
        names = [stage.name for stage in self.stages]
        name, number = metadata.get("stage"), metadata.get("source_index")
        if name not in names or not isinstance(number, int):
            raise OptionError(f"entry: it belongs to no stage of '{self.name}': pass what next() returned, unchanged")
        return names.index(name), number

    def _sum(self, template: str) -> str:
        made = [
            each.config.model_dump(mode="json", include={"grammar", "division", "working", "data"})
            for each in self.datasets
        ]
        texts = [each.space.grammar.digest for each in self.datasets]
        said = [DATA_VERSION, self.seed, self._replay, self.bars, [stage.weight for stage in self.stages], template]
        return sha256(json.dumps([said, made, texts], sort_keys=True).encode()).hexdigest()

    def _read(self, plain: Any) -> LearnerState:
        """Read a state; an `OptionError` says that it is none, or of another curriculum."""
        try:
            state = LearnerState.model_validate(plain)
        except ValidationError as error:
            raise OptionError([explain(each, LearnerState, "state") for each in error.errors()]) from None
        if state.made_of != self._made_of:
            raise OptionError(
                "state: its stages, their settings or the seed were others: go on with those, or without a state"
            )
        counts = {len(each) for each in (state.drawn, state.above, state.below)}
        if counts != {len(self.stages)} or state.passed > len(self.stages):
            raise OptionError(f"state: there are {len(self.stages)} stages, and it tells of others")
        return state


def curriculum(
    source: str | Path | Sequence[Mapping[str, Any]],
    *,
    seed: int | None = None,
    settings: Mapping[str, Any] | None = None,
    template: str = EXPRESSION,
    state: Mapping[str, Any] | None = None,
    plugins: Plugins | None = None,
) -> AdaptiveCurriculum:
    """Open a curriculum for somebody who goes through it by their own answers.

    Args:
        source: a TOML file with a section `[curriculum]`, the name of a curriculum, or a list of stages, each a table
            as in such a file.
        seed: which entries come, in which order; None leaves it to the file.
        settings: further settings by dotted key, such as `{"curriculum.schedule.promote_at": 0.95}`.
        template: the question, with `{expression}` where the expression goes.
        state: where somebody stood, as `AdaptiveCurriculum.state` told.
        plugins: where components come from; None loads what is installed.

    Raises:
        OptionError: unknown or wrong settings, stages that cannot be, a schedule that goes by epochs, or a state of
            another curriculum.
        GrammarError: a grammar cannot be read, compiled or sized.

    >>> sums = curriculum("sums", seed=3)
    >>> entry, = sums.next()
    >>> sums.tell(entry, entry["answer"]), sums
    (1.0, AdaptiveCurriculum('sums', stage 1 of 5, '2 terms', 1 answers))
    >>> curriculum("sums", seed=3, state=sums.state).next(9) == sums.next(9)
    True
    """
    plugins = plugins or Plugins()
    file = Path(source) if isinstance(source, str | Path) and Path(source).suffix == ".toml" else None
    flags: dict[str, Any] = {"seed": seed, **(settings or {})}
    if not isinstance(source, str | Path):
        flags |= {"curriculum.name": "stages", "curriculum.stages": list(source)}
    elif file is None:
        flags["curriculum.name"] = str(source)
    read = read_config(file, flags, plugins=plugins, of_model=False)
    components = resolve(read.config, plugins)
    if not any(key.startswith("grammar.") for key in read.origins) and components.curriculum is not None:
        task = Preset(str(source), {"grammar": last_grammar(components)})
        components = resolve(read_config(file, flags, preset=task, plugins=plugins, of_model=False).config, plugins)
    stages = stages_of(components, load_space(components.config.grammar, components))
    if not stages:
        raise OptionError(f"curriculum: {source} names none: write a section [curriculum], or the name of one")
    return AdaptiveCurriculum(components, stages, template=template, state=state)


def _refuse(stages: Sequence[Stage], bars: Sequence[float]) -> None:
    """Refuse stages that no answers of others can pass, or that differ in what the learner does not see."""
    problems = [
        f"stage '{stage.name}': promote_at=1 is more than any number of right answers shows: ask for less, such as 0.99"
        for stage, bar in zip(stages, bars, strict=True)
        if bar >= 1
    ]
    problems += [
        f"stage '{stage.name}': drop={stage.drop} is for models that write workings: leave it out"
        for stage in stages
        if stage.drop
    ]
    if problems:
        raise OptionError(problems)
