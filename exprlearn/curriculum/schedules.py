"""Schedules: how much of each epoch comes from which stage of a curriculum.

A schedule is three functions of plain data. What it knows lies in its state, which JSON holds and every checkpoint
keeps, so that a resumed training goes on as if it had never stopped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Annotated, Literal

from pydantic import Field

from exprlearn.intervals import wilson
from exprlearn.plugin import Options, ScheduleState, Stage, StageResult

# Progress below this is taken for noise.
_NOTHING = 1e-9


class FixedOptions(Options):
    """How long each stage lasts."""

    epochs: Annotated[int, Field(ge=1, description="epochs of a stage of weight 1; the last stage goes on")] = 5
    replay: Annotated[float, Field(ge=0, lt=1, description="share of an epoch for the stages before")] = 0.0


@dataclass(frozen=True, eq=False)
class FixedSchedule:
    """Trains one stage after the other, each for `epochs` times its weight.

    >>> schedule = FixedSchedule(FixedOptions(epochs=2))
    >>> state = schedule.begin([Stage(name="easy"), Stage(name="hard")])
    >>> for _ in range(2):
    ...     state = schedule.after(state, [StageResult(0, 10)] * 2)
    >>> schedule.shares(state)
    [0.0, 1.0]
    """

    options: FixedOptions = field(default_factory=FixedOptions)

    def begin(self, stages: Sequence[Stage]) -> ScheduleState:
        """Note when each stage ends; even the lightest has an epoch."""
        lengths = [max(1, round(self.options.epochs * stage.weight)) for stage in stages]
        return {"epoch": 0, "ends": list(accumulate(lengths)), "weights": [stage.weight for stage in stages]}

    def shares(self, state: ScheduleState) -> Sequence[float]:
        """Give the epoch to the stage whose turn it is."""
        done = sum(state["epoch"] >= end for end in state["ends"])
        return share_with_replay(min(done, len(state["ends"]) - 1), state["weights"], self.options.replay)

    def after(self, state: ScheduleState, results: Sequence[StageResult]) -> ScheduleState:
        """Count the epoch."""
        return {**state, "epoch": state["epoch"] + 1}


class ThresholdOptions(Options):
    """When a stage is passed."""

    promote_at: Annotated[
        float, Field(gt=0, lt=1, description="exact match that a stage must surely have, unless it says so itself")
    ] = 0.9
    replay: Annotated[float, Field(ge=0, lt=1, description="share of an epoch for the stages passed")] = 0.2
    at_most: Annotated[int, Field(ge=0, description="epochs after which a stage is left anyway; 0 sets no limit")] = 8


@dataclass(frozen=True, eq=False)
class ThresholdSchedule:
    """Trains a stage until the lower end of the interval of its exact match reaches `promote_at`, then the next one.

    A stage that is known already, because the ones before taught it, is passed without an epoch of its own; one that
    is not learned is left after `at_most` epochs, or a stage that can only be learned by heart would be the last one.
    The last stage goes on for as long as the training does.

    >>> schedule = ThresholdSchedule(ThresholdOptions(replay=0.0))
    >>> state = schedule.begin([Stage(name="easy"), Stage(name="hard")])
    >>> [schedule.after(state, [StageResult(right, 100), StageResult(0, 100)])["stage"] for right in (92, 97)]
    [0, 1]
    """

    options: ThresholdOptions = field(default_factory=ThresholdOptions)

    def problems(self, stages: Sequence[Stage], best: Sequence[StageResult]) -> list[str]:
        """Say which stages ask for what not even their best results can show."""
        asked = zip(stages[:-1], self.wanted(stages), best, strict=False)
        return [
            f"stage '{stage.name}' asks for {wanted:g}, and {result.count} right answers of {result.count} are surely "
            f"only {sure_share(result):.3f}: set curriculum.held_out={sufficient_count(wanted)}, "
            "or ask for less with promote_at"
            for stage, wanted, result in asked
            if sure_share(result) < wanted
        ]

    def begin(self, stages: Sequence[Stage]) -> ScheduleState:
        """Stand at the first stage."""
        wanted = self.wanted(stages)
        return {"stage": 0, "epochs": 0, "wanted": wanted, "weights": [stage.weight for stage in stages]}

    def shares(self, state: ScheduleState) -> Sequence[float]:
        """Give the epoch to the stage at hand, less the replay."""
        return share_with_replay(state["stage"], state["weights"], self.options.replay)

    def after(self, state: ScheduleState, results: Sequence[StageResult]) -> ScheduleState:
        """Go past every stage that is surely known, or that has had its epochs."""
        stage, epochs = state["stage"], state["epochs"] + 1
        last = len(results) - 1
        if self.options.at_most and epochs >= self.options.at_most and stage < last:
            stage, epochs = stage + 1, 0
        while stage < last and sure_share(results[stage]) >= state["wanted"][stage]:
            stage, epochs = stage + 1, 0
        return {**state, "stage": stage, "epochs": epochs}

    def wanted(self, stages: Sequence[Stage]) -> list[float]:
        """Return the exact match that ends each stage."""
        return [self.options.promote_at if stage.promote_at is None else stage.promote_at for stage in stages]


class MixedOptions(Options):
    """Which strategy, and what it needs."""

    strategy: Annotated[
        Literal["naive", "mix", "blend"],
        Field(description="one stage after the other, all stages by weight, or both together"),
    ] = "blend"
    patience: Annotated[
        int, Field(ge=1, description="epochs without a better exact match after which the next stage begins")
    ] = 2
    blend: Annotated[float, Field(gt=0, lt=1, description="share of an epoch that `blend` takes from all stages")] = 0.5


@dataclass(frozen=True, eq=False)
class MixedSchedule:
    """Follows a strategy of *Learning to Execute*; a stage makes way for the next when it makes no more progress.

    Zaremba and Sutskever (2014, arXiv 1410.4615) found that going on to harder programs alone makes a model forget or
    get stuck, that a mix of all difficulties is better, and the two together best.

    >>> schedule = MixedSchedule(MixedOptions(strategy="blend"))
    >>> schedule.shares(schedule.begin([Stage(name="easy"), Stage(name="hard")]))
    [0.75, 0.25]
    """

    options: MixedOptions = field(default_factory=MixedOptions)

    def begin(self, stages: Sequence[Stage]) -> ScheduleState:
        """Stand at the first stage, of which nothing is known."""
        return {"stage": 0, "best": -1.0, "waited": 0, "weights": [stage.weight for stage in stages]}

    def shares(self, state: ScheduleState) -> Sequence[float]:
        """Divide the epoch as the strategy says."""
        everything, alone = share_by_weight(state["weights"]), all_to(state["stage"], len(state["weights"]))
        if self.options.strategy == "mix":
            return everything
        return alone if self.options.strategy == "naive" else blend(alone, everything, self.options.blend)

    def after(self, state: ScheduleState, results: Sequence[StageResult]) -> ScheduleState:
        """Look whether the stage at hand still gets better."""
        stage = state["stage"]
        reached = _exact_match(results[stage])
        if reached > state["best"] and reached < 1:
            return {**state, "best": reached, "waited": 0}
        waited = state["waited"] + 1
        if stage == len(results) - 1 or (waited < self.options.patience and reached < 1):
            return {**state, "waited": waited}
        return {**state, "stage": stage + 1, "best": -1.0, "waited": 0}


class LearningProgressOptions(Options):
    """How progress is measured and how much of an epoch looks around."""

    explore: Annotated[float, Field(gt=0, le=1, description="share of an epoch for all stages, by weight")] = 0.2
    quick: Annotated[float, Field(gt=0, le=1, description="how fast the quick average follows the exact match")] = 0.7
    slow: Annotated[float, Field(gt=0, lt=1, description="how fast the slow average follows it")] = 0.2


@dataclass(frozen=True, eq=False)
class LearningProgressSchedule:
    """Trains stages in proportion to how much their exact match is moving, up or down.

    Progress is the distance between a quick and a slow average of the held-out exact match. Where nothing moves, all
    stages share the epoch by weight. The absolute learning progress as a reward is Oudeyer's and, for such tasks,
    *Teacher–Student Curriculum Learning*'s (Matiisen and others 2017, arXiv 1707.00183).

    >>> schedule = LearningProgressSchedule(LearningProgressOptions(explore=0.2))
    >>> state = schedule.begin([Stage(name="easy"), Stage(name="hard")])
    >>> [round(share, 3) for share in schedule.shares(schedule.after(state, [StageResult(5, 10), StageResult(0, 10)]))]
    [0.9, 0.1]
    """

    options: LearningProgressOptions = field(default_factory=LearningProgressOptions)

    def begin(self, stages: Sequence[Stage]) -> ScheduleState:
        """Expect nothing of any stage."""
        nothing = [0.0] * len(stages)
        return {"quick": nothing, "slow": nothing, "weights": [stage.weight for stage in stages]}

    def shares(self, state: ScheduleState) -> Sequence[float]:
        """Divide the epoch by weight and progress."""
        everything = share_by_weight(state["weights"])
        moving = [
            weight * abs(quick - slow)
            for weight, quick, slow in zip(state["weights"], state["quick"], state["slow"], strict=True)
        ]
        return (
            everything if sum(moving) < _NOTHING else blend(share_by_weight(moving), everything, self.options.explore)
        )

    def after(self, state: ScheduleState, results: Sequence[StageResult]) -> ScheduleState:
        """Let both averages follow the results."""
        reached = [_exact_match(result) for result in results]
        quick = _follow(state["quick"], reached, self.options.quick)
        return {**state, "quick": quick, "slow": _follow(state["slow"], reached, self.options.slow)}


def _exact_match(result: StageResult) -> float:
    return result.right / max(result.count, 1)


def _follow(before: Sequence[float], now: Sequence[float], rate: float) -> list[float]:
    return [(1 - rate) * old + rate * new for old, new in zip(before, now, strict=True)]


def share_by_weight(weights: Sequence[float]) -> list[float]:
    """Divide an epoch in proportion to weights.

    >>> share_by_weight([1, 3])
    [0.25, 0.75]
    """
    total = sum(weights)
    return [weight / total for weight in weights]


def all_to(stage: int, count: int) -> list[float]:
    """Give an epoch to one stage of `count`.

    >>> all_to(1, 3)
    [0.0, 1.0, 0.0]
    """
    return [float(place == stage) for place in range(count)]


def blend(first: Sequence[float], second: Sequence[float], share: float) -> list[float]:
    """Take `share` of an epoch from the second division and the rest from the first.

    >>> blend([1.0, 0.0], [0.5, 0.5], 0.5)
    [0.75, 0.25]
    """
    return [(1 - share) * one + share * other for one, other in zip(first, second, strict=True)]


def share_with_replay(stage: int, weights: Sequence[float], replay: float) -> list[float]:
    """Give an epoch to one stage, less a part for those before it, by weight; the first stage has none before it.

    Models forget what they do not see any more; a small part of old examples keeps it.

    >>> share_with_replay(2, [1, 1, 1, 1], 0.2)
    [0.1, 0.1, 0.8, 0.0]
    """
    alone = all_to(stage, len(weights))
    if stage == 0 or replay == 0:
        return alone
    earlier = [weight if place < stage else 0.0 for place, weight in enumerate(weights)]
    return blend(alone, share_by_weight(earlier), replay)


def sure_share(result: StageResult) -> float:
    """Return the lower end of the 95 % interval of the exact match; of a whole stage, the exact match itself.

    So no stage is passed by luck: all of 10 right is surely only 72 % right.

    >>> [round(sure_share(StageResult(count, count)), 3) for count in (10, 100)]
    [0.722, 0.963]
    >>> sure_share(StageResult(9, 10, whole=True))
    0.9
    """
    if result.whole or not result.count:
        return _exact_match(result)
    independent = result.count if result.independent is None else result.independent
    return wilson(_exact_match(result) * independent, independent).low


def sufficient_count(share: float) -> int:
    """Return a number of expressions, a power of two, all right of which are surely as good as a share below 1.

    >>> sufficient_count(0.9), sufficient_count(0.99)
    (64, 512)
    """
    count = 1
    while sure_share(StageResult(count, count)) < min(share, 1 - 1e-6):
        count *= 2
    return count


def apportion_examples(shares: Sequence[float], size: int) -> list[int]:
    """Divide `size` examples by shares, the largest remainders rounded up, the first among equals.

    >>> apportion_examples([0.5, 0.25, 0.25], 10), apportion_examples([1.0, 0.0], 7)
    ([5, 3, 2], [7, 0])
    """
    total = sum(shares)
    wanted = [size * share / total for share in shares]
    counts = [int(number) for number in wanted]
    by_remainder = sorted(range(len(shares)), key=lambda place: counts[place] - wanted[place])
    for place in by_remainder[: size - sum(counts)]:
        counts[place] += 1
    return counts
