"""How the rows of a dataset are drawn: by content or by position, evenly or every answer equally often."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from exprlearn.config import RunConfig
from exprlearn.dataset.answering import Answering
from exprlearn.dataset.drawing.split import Split
from exprlearn.dataset.proof import SplitBy
from exprlearn.dataset.store.by_content import ByContent
from exprlearn.dataset.store.by_position import ByPosition
from exprlearn.dataset.store.by_result import ByResult
from exprlearn.dataset.store.planning import Piece
from exprlearn.dataset.store.rows import Rows
from exprlearn.dataset.store.supply import Supply
from exprlearn.dataset.streaming import ExampleStream
from exprlearn.sampling import ExpressionSpace


class Drawing(Protocol):
    """Draws rows of each part, so that files can be made without knowing of one another.

    Attributes:
        by: what decides on the part of an expression.
        train: the examples that training files hold slices of.
        lengths: how many positions of each stratum training rows come from; None where they come by answer.
        answers: how many answers come equally often; None where nothing is balanced.
    """

    by: SplitBy
    train: ExampleStream
    lengths: Sequence[int] | None
    answers: int | None

    def supply(self, asked: Mapping[Split, int], slices: int) -> Supply | None:
        """Count what there is; None when it is surely enough."""

    def rows(self, piece: Piece) -> Iterator[Rows]:
        """Yield the rows of a piece."""


def drawing_of(space: ExpressionSpace, answering: Answering, config: RunConfig) -> Drawing:
    """Choose how to draw.

    Raises:
        DataError: a part by position has fewer examples than asked for, or the tables of a balance are too large.
    """
    if config.data.split == "position":
        return ByPosition(space, answering, config)
    if config.data.balance == "result":
        return ByResult(space, answering, config)
    return ByContent(space, answering, config)
