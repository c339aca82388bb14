"""Ways to draw: which examples come, and in which order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Protocol

from exprlearn.plugin.spec import Kind, Spec, hookspec

if TYPE_CHECKING:
    from exprlearn.dataset.canonical import Level
    from exprlearn.dataset.drawing.example_stream import ExampleStream
    from exprlearn.dataset.drawing.rows import Examples, Rows
    from exprlearn.dataset.drawing.slices import Availability, Piece
    from exprlearn.dataset.drawing.split import Answering, Split
    from exprlearn.sampling import ExpressionSpace

AnyMix = Mapping[int, Fraction | int] | Sequence[Fraction | int] | None
"""A weight for each number of terms, or for each stratum of a space; None for evenly."""

TrainingMix = Literal["terms", "size", "operators"]
"""What training is mixed by: evenly by terms, likewise as far as a size lasts, or evenly by sets of operators."""

SplitBy = Literal["content", "position"]
"""What decides on the split of an expression: a hash of what it says, or its index in an order of its size."""


@dataclass(frozen=True, eq=False)
class DrawingContext:
    """What examples are drawn from, and how.

    Attributes:
        space: all expressions.
        answering: the rules that decide which of them are examples, and their answers.
        seed: which examples come, in which order; it moves none to another split.
        held_out: how many validation and test examples a run with these settings is evaluated by.
        level: what expressions of different splits must not have in common.
        mix: how often each size comes; None for evenly.
        salt: another number, another division into splits.
        training: what training examples are mixed by; the held-out ones come evenly, none twice.
    """

    space: ExpressionSpace
    answering: Answering
    seed: int
    held_out: Mapping[Split, int]
    level: Level = "commutative"
    mix: AnyMix = None
    salt: int = 0
    training: TrainingMix = "terms"


class Drawing(Protocol):
    """Draws the examples of a context; the same context gives the same examples, in training as in files."""

    @property
    def train(self) -> ExampleStream:
        """The training examples, reproducible and without end."""

    def fixed(self, split: Split, count: int) -> Examples:
        """Take the first held-out examples, no two with the same expression; there may be fewer."""

    def rows(self, piece: Piece) -> Iterator[Rows]:
        """Yield the rows of a piece of a file, in blocks of any length; no other piece has one of them."""

    def availability(self, asked: Mapping[Split, int], slices: int) -> Availability | None:
        """Count what each split, and each of so many slices of the training split, can give; None for enough."""

    def notes(self, taken: Sequence[tuple[Piece, int]]) -> Iterator[str]:
        """Say what a reader of files should know, given how many items each training piece took from its slice."""


@dataclass(frozen=True, kw_only=True)
class DrawingSpec(Spec):
    """A way to draw the examples of each split.

    Attributes:
        make: returns what makes a drawing for a context, by its options.
    """

    kind: ClassVar[str] = "drawing"
    make: Callable[[Any], Callable[[DrawingContext], Drawing]]


@hookspec
def exprlearn_drawings() -> Iterable[DrawingSpec]:  # type: ignore[empty-body]
    """Yield ways to draw, for `data.balance=NAME`.

    A drawing decides which examples come, how often and in which order: training reads its stream, and files are cut
    out of the same order. Two splits must never share an expression. A subclass of
    `exprlearn.dataset.drawing.ByContent` need only say what differs; the types of what a drawing returns are in the
    same package. `data.balance` is a name and nothing else, so the options of a drawing keep their defaults.
    """


KIND = Kind(
    spec=DrawingSpec,
    hook=exprlearn_drawings,
    component=Drawing,
    works_with={"exprlearn.plugin:DrawingContext": (), "exprlearn.dataset.drawing:Piece": ()},
    example="proportional",
    command="exprlearn train --set data.balance={name}",
    page="data",
)
