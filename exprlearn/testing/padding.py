"""What holds for every padding: tokens keep their order, rows their width, and what is too long is refused."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from exprlearn.encoding import NONE, PAD, Characters, Digits, Encoder, Right, Vocabulary
from exprlearn.encoding.id_rows import packed
from exprlearn.encoding.sides import vocabulary_of
from exprlearn.errors import EncodingError
from exprlearn.plugin import Augmenting, Mirroring, Tokenizer
from exprlearn.testing.check import Subject, demand, offers
from exprlearn.testing.contract import Contract
from exprlearn.testing.samples import spaces_of


class PaddingContract(Contract, kind="padding"):
    """What every padding promises."""


class Case(NamedTuple):
    """The expressions of a space as packed ids, int32 (n, longest), and what lays them out."""

    padding: Any
    ids: NDArray[np.int32]
    vocabulary: Vocabulary
    width: int

    def rows(self) -> NDArray[np.int32]:
        """Lay them out: int32 (n, width)."""
        rows: NDArray[np.int32] = self.padding.pad(self.ids, self.vocabulary, self.width)
        return rows


@PaddingContract.check()
def every_token_comes_back_in_order(subject: Subject) -> None:
    """Lay rows out, and take the padding away again."""
    for case in _cases(subject):
        rows = case.rows()
        for row, before, after in zip(rows, packed(case.ids), packed(rows), strict=True):
            kept = np.array_equal(before[before != PAD], after[after != PAD])
            demand(kept, f"the ids {before[before != PAD].tolist()} became {row.tolist()}")


@PaddingContract.check()
def the_same_text_gives_the_same_row(subject: Subject) -> None:
    """Lay rows out again, the other way around, and by a padding that was made anew."""
    for case in _cases(subject):
        rows, again = case.rows(), case._replace(padding=subject.make())
        for other in (again.rows(), again._replace(ids=case.ids[::-1]).rows()[::-1]):
            wrong = np.flatnonzero((rows != other).any(axis=1))
            both = f"{rows[wrong[:1]].tolist()} and then {other[wrong[:1]].tolist()}"
            demand(not len(wrong), f"a text is laid out as {both}: vary training rows alone, by `pad_augmented`")


@PaddingContract.check()
def rows_have_the_width_it_tells(subject: Subject) -> None:
    """Look at the array: int32 (n, width), wide enough for every expression."""
    for case in _cases(subject):
        rows, shape = case.rows(), (len(case.ids), case.width)
        received = f"{getattr(rows, 'dtype', type(rows).__name__)} {getattr(rows, 'shape', '')}"
        fitting = isinstance(rows, np.ndarray) and rows.shape == shape and rows.dtype == np.int32
        demand(fitting, f"{shape[0]} rows of width {shape[1]} must be int32 {shape}, received {received}")


@PaddingContract.check()
def rows_that_are_too_long_are_refused(subject: Subject) -> None:
    """Pad expressions to fewer steps than they have tokens."""
    for case in _cases(subject):
        steps = case.ids.shape[1]
        try:
            rows = case._replace(width=steps - 1).rows()
        except EncodingError:
            continue
        demand(False, f"{steps} tokens were laid out in {rows.shape[1]} steps: raise EncodingError instead")


@PaddingContract.check(applies=offers(Mirroring))
def mirrored_rows_are_the_rows_reversed(subject: Subject) -> None:
    """Compare `pad_mirrored` with `pad`."""
    for case in _cases(subject):
        rows, mirrored = case.rows(), case.padding.pad_mirrored(case.ids, case.vocabulary, case.width)
        wrong = np.flatnonzero((rows[:, ::-1] != mirrored).any(axis=1))
        demand(not len(wrong), f"{rows[wrong[:1]].tolist()} is mirrored to {mirrored[wrong[:1]].tolist()}")


@PaddingContract.check(applies=offers(Augmenting))
def augmented_rows_follow_from_the_generator_alone(subject: Subject) -> None:
    """Lay training rows out twice with generators of one seed, and take the padding away again."""
    for _, ids, vocabulary, width in _cases(subject):
        rows, again = (
            subject.make().pad_augmented(ids, vocabulary, width, np.random.default_rng([0, 0, 0])) for _ in range(2)
        )
        fitting = rows.shape == (len(ids), width) and rows.dtype == np.int32
        demand(fitting, f"{len(ids)} rows of width {width} must be int32, received {rows.dtype} {rows.shape}")
        demand(np.array_equal(rows, again), "a generator of the same seed lays rows out otherwise: a run cannot go on")
        demand(np.array_equal(packed(rows), ids), "tokens are lost, added or change places")


def _cases(subject: Subject) -> Iterator[Case]:
    """Yield the expressions of each space, cut by characters and in groups of digits."""
    tokenizers: tuple[Tokenizer, ...] = (Characters(), Digits(2))
    for each, tokenizer in product(spaces_of(subject), tokenizers):
        encoder = Encoder(each.alphabet, tokenizer=tokenizer, padding=Right(), reversal=NONE)
        vocabulary, padding = vocabulary_of(tokenizer, each.alphabet), subject.make()
        ids = packed(encoder.sources(each.expressions))
        yield Case(padding, ids, vocabulary, padding.width(each.alphabet, vocabulary))
