"""What the stages of a curriculum hold: how much, how hard, what they share, and what it looks like."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from exprlearn.curriculum.stage_data import StageData
from exprlearn.dataset import Drawable, Example, Examples, drawable
from exprlearn.dataset.difficulty import UNKNOWN, points_of, spread
from exprlearn.plugin.kinds.working import Drop

#: Training examples of each stage that are looked at.
LOOKED_AT = 400


@dataclass(frozen=True)
class StageOverview:
    """What a stage holds.

    Attributes:
        expressions: how many there are, before constraints.
        drawn: how many of them can be drawn under the constraints.
        held_out: how many of them the stage is evaluated on.
        points: the difficulty of a tenth, of half and of nine tenths of its examples, at most.
        drop: how many parts of the working it leaves out.
        shared: for each stage the share of this one's examples that it has as well.
        samples: a few examples, the easiest, a medium one and the hardest that were looked at.
    """

    name: str
    grammar: str
    expressions: int
    drawn: Drawable
    held_out: int
    points: tuple[int, int, int]
    drop: Drop
    shared: tuple[float, ...]
    samples: tuple[Example, ...]

    def document(self) -> dict[str, Any]:
        """Return plain data; counts of any size are text."""
        return {
            "name": self.name,
            "grammar": self.grammar,
            "expressions": str(self.expressions),
            "drawn": self.drawn.document(),
            "held_out": self.held_out,
            "points": list(self.points),
            "drop": self.drop,
            "shared": list(self.shared),
            "samples": [sample._asdict() for sample in self.samples],
        }


def overview(stages: Sequence[StageData], looked_at: int = LOOKED_AT) -> tuple[StageOverview, ...]:
    """Look at the first training examples of each stage."""
    drawn = [stage.splits.train.take(looked_at)[0] for stage in stages]
    return tuple(_of_stage(stage, examples, stages) for stage, examples in zip(stages, drawn, strict=True))


def remarks(stages: Sequence[StageOverview]) -> list[str]:
    """Say what may not be meant: a stage that is easier than the one before it, or nothing new."""
    found = [f"stage '{stage.name}': {note}" for stage in stages for note in stage.drawn.notes]
    for before, stage in pairwise(stages):
        if stage.points[1] < before.points[1]:
            found.append(
                f"stage '{stage.name}' is easier than '{before.name}', half of it below {stage.points[1]} points"
            )
    for place, stage in enumerate(stages):
        earlier = zip(stages[:place], stage.shared, strict=False)
        whole = [other.name for other, share in earlier if share == 1 and other.drop == stage.drop]
        if whole:
            found.append(f"stage '{stage.name}' seems to hold nothing that '{whole[0]}' does not hold")
    return found


def _of_stage(stage: StageData, examples: Examples, stages: Sequence[StageData]) -> StageOverview:
    points = np.array([points_of(text) for text, _ in examples])
    order = np.argsort(points, kind="stable")
    return StageOverview(
        name=stage.name,
        grammar=stage.space.grammar.name,
        expressions=stage.space.size,
        drawn=drawable(stage.space, stage.splits.train.answering),
        held_out=len(stage.held_out),
        points=spread(points) or (UNKNOWN, UNKNOWN, UNKNOWN),
        drop=stage.drop,
        shared=tuple(_share(examples, other) for other in stages),
        samples=tuple(examples[int(order[(len(order) - 1) * part // 2])] for part in range(3)),
    )


def _share(examples: Examples, other: StageData) -> float:
    """Return the share of examples that another stage has as well."""
    answer = other.splits.train.answering.answer
    has = [example.expression in other.space and answer(example.expression) is not None for example in examples]
    return sum(has) / len(has)
