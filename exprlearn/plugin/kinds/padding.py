"""Paddings: where a row of ids is filled up."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, runtime_checkable

from exprlearn.plugin.spec import Kind, Spec, hookspec

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from exprlearn.encoding import Alphabet, Vocabulary


class Padding(Protocol):
    """Lays rows of ids, tokens at the left and padding behind them, out in rows of a fixed width."""

    def width(self, alphabet: Alphabet, vocabulary: Vocabulary) -> int:
        """Tell the width that every expression of the alphabet fits in."""

    def pad(self, ids: NDArray[np.int32], vocabulary: Vocabulary, width: int) -> NDArray[np.int32]:
        """Spread packed ids (n, longest) over rows (n, width)."""


@runtime_checkable
class Piecewise(Protocol):
    """Deprecated, with a warning: nothing asks for it any more, rows are made of texts alone."""

    def number_steps(self, vocabulary: Vocabulary) -> int:
        """Return the steps that every number takes at least."""

    @property
    def ends_right(self) -> bool:
        """Tell whether rows are filled up in front; else behind."""


@runtime_checkable
class Mirroring(Protocol):
    """A padding that lays rows out reversed as well, faster than by turning them around afterwards."""

    def pad_mirrored(self, ids: NDArray[np.int32], vocabulary: Vocabulary, width: int) -> NDArray[np.int32]:
        """Return the rows (n, width) that `pad` returns, each reversed."""


@runtime_checkable
class Augmenting(Protocol):
    """A padding that lays training rows out in another way each epoch; `pad` lays out what is asked or evaluated."""

    def pad_augmented(
        self, ids: NDArray[np.int32], vocabulary: Vocabulary, width: int, random: np.random.Generator
    ) -> NDArray[np.int32]:
        """Return rows (n, width) as `pad` does, laid out by `random` alone, so that a run can go on."""


@dataclass(frozen=True, kw_only=True)
class PaddingSpec(Spec):
    """Where padding goes in a source row."""

    kind: ClassVar[str] = "padding"
    make: Callable[[Any], Padding]


@hookspec
def exprlearn_paddings() -> Iterable[PaddingSpec]:  # type: ignore[empty-body]
    """Yield paddings, for `--padding NAME`.

    A padding lays the ids of an expression out in a row of fixed width. Id 0 is padding; tokens keep their order.
    Only source rows are laid out so: answers end with an end mark and are padded at the right. The same text gives the
    same row each time, in every process: what a model is asked and evaluated on must not change from call to call. A
    padding that varies what a model *learns* from offers `pad_augmented` besides, for training rows alone.
    """


KIND = Kind(
    spec=PaddingSpec,
    hook=exprlearn_paddings,
    component=Padding,
    offers=(Piecewise, Mirroring, Augmenting),
    works_with={"exprlearn.encoding:Alphabet": (), "exprlearn.encoding:Vocabulary": ()},
    example="centred",
    command="exprlearn train --padding {name}",
    page="encodings",
)
