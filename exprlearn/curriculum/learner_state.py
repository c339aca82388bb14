"""Where a learner of a curriculum stands, and the rule by which answers move them on and back.

A stage is passed when the lower end of the interval of its answers has reached the bar; a learner goes back to a stage
when the upper end of the interval of its replayed answers has fallen below. `evidence` says why that may be looked at
after every answer: who is below the bar of a stage all the time passes it with a chance of 5 % at most, and who is at
the bars of all stages is ever sent back with a chance of 5 % at most.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from exprlearn.curriculum.evidence import Evidence

Number = Annotated[int, Field(ge=0)]


class LearnerState(BaseModel):
    """Where a learner stands; JSON holds all of it.

    Attributes:
        made_of: the sum of stages, settings and seed.
        passed: how many stages are passed.
        asked: entries that were given out.
        drawn: of each stage.
        waiting: entries without an answer so far, each by its stage and its number there.
        answered: answers that counted.
        above: what the answers to each stage say for its being known.
        below: what they say for its being forgotten.
        moves: `[answered, passed before, passed after]` of each promotion and demotion.
        scores: what was right, as `ScoreBoard.rows` tells.
    """

    model_config = ConfigDict(extra="forbid")

    made_of: str
    passed: Number = 0
    asked: Number = 0
    drawn: list[Number]
    waiting: list[tuple[Number, Number]] = []
    answered: Number = 0
    above: list[Evidence]
    below: list[Evidence]
    moves: list[tuple[Number, Number, Number]] = []
    scores: list[tuple[str, dict[str, Any], float, Number]] = []

    @classmethod
    def first(cls, stages: int, made_of: str = "") -> LearnerState:
        """Stand before the first of so many stages."""
        nothing = [Evidence()] * stages
        return cls(made_of=made_of, drawn=[0] * stages, above=nothing, below=nothing)

    @property
    def at(self) -> int:
        """The stage that is being learned; when all are passed, the last one."""
        return min(self.passed, len(self.drawn) - 1)

    def count(self, stage: int, right: bool, bars: Sequence[float]) -> None:
        """Count an answer to a stage: for its being known or, if it is passed, for its being forgotten.

        >>> state = LearnerState.first(stages=2)
        >>> for answer in range(47):
        ...     state.count(0, True, bars=[0.9, 0.9])
        >>> state.passed, state.moves
        (1, [(47, 0, 1)])
        """
        self.answered += 1
        if stage == self.passed:
            self.above[stage] = self.above[stage].after(right, bars[stage], "above")
            if self.above[stage].is_sure():
                self._move(stage + 1)
        elif stage < self.passed:
            self.below[stage] = self.below[stage].after(right, bars[stage], "below")
            # Any of the stages might be taken for forgotten.
            if self.below[stage].is_sure(among=len(bars)):
                self._move(stage)

    def _move(self, passed: int) -> None:
        """Go on, or back; what is learned next begins without evidence."""
        for stage in range(min(passed, self.passed), len(self.drawn)):
            self.above[stage] = self.above[stage].without_stakes()
            self.below[stage] = self.below[stage].without_stakes()
        self.moves.append((self.answered, self.passed, passed))
        self.passed = passed
        self.waiting = [entry for entry in self.waiting if entry[0] <= passed]
