"""What holds for every constraint: blocks are checked as single expressions are."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from exprlearn.dataset.constraints import IntegerIntermediatesConstraint
from exprlearn.dataset.drawing.split import keep_rows
from exprlearn.errors import PluginError
from exprlearn.plugin import Bounds, BoundsValues, Constraint, DividesEvenly, JudgesValues
from exprlearn.testing.check import Subject, demand, offers
from exprlearn.testing.contract import Contract
from exprlearn.testing.samples import empty_block, sample_blocks


class ConstraintContract(Contract, kind="constraint"):
    """What every constraint promises."""


@ConstraintContract.check()
def keep_says_of_blocks_what_holds_says_of_each_row(subject: Subject) -> None:
    """Compare both ways over sums, products, quotients and brackets, row by row."""
    constraint = subject.make()
    for block, values in sample_blocks("exact"):
        kept = np.asarray(constraint.keep(block, values)).astype(bool)
        for row in np.flatnonzero(values.defined & values.fits).tolist():
            text, value = str(values.expressions[row]), values.fraction(row)
            holds = bool(constraint.holds(text, value))
            demand(kept[row] == holds, f"of '{text}' keep says {bool(kept[row])} and holds says {holds}")


@ConstraintContract.check()
def keep_answers_with_one_bool_for_each_row(subject: Subject) -> None:
    """Look at the array: bool [n]."""
    constraint = subject.make()
    for block, values in sample_blocks("exact")[:2]:
        kept = constraint.keep(block, values)
        received = f"{type(kept).__name__} {getattr(kept, 'dtype', '')} {getattr(kept, 'shape', '')}"
        is_mask = isinstance(kept, np.ndarray) and kept.dtype == np.bool_ and kept.shape == (len(block),)
        demand(is_mask, f"keep must answer a block of {len(block)} rows with bool [{len(block)}], received {received}")


@ConstraintContract.check()
def an_empty_block_is_checked_too(subject: Subject) -> None:
    """Check a block without rows, as rare strata bring them."""
    kept = subject.make().keep(*empty_block())
    demand(len(kept) == 0, f"of a block without rows, keep checked {len(kept)}")


@ConstraintContract.check(applies=offers(JudgesValues))
def keep_values_says_of_values_what_keep_says_of_their_rows(subject: Subject) -> None:
    """Compare both ways over sums, products, quotients and brackets, row by row."""
    constraint = subject.make()
    for block, values in sample_blocks("exact"):
        rows = np.flatnonzero(values.defined & values.fits)
        kept = np.asarray(constraint.keep(block, values)).astype(bool)[rows]
        alone = np.asarray(constraint.keep_values(values.numerators[rows], values.denominators[rows])).astype(bool)
        for row in np.flatnonzero(kept != alone)[:1]:
            text = str(values.expressions[rows[row]])
            raise PluginError(f"of '{text}' keep says {kept[row]} and keep_values of its value {alone[row]}")


@ConstraintContract.check(applies=offers(BoundsValues))
def what_is_kept_lies_within_its_bounds(subject: Subject) -> None:
    """Compare the values that are kept with the bounds that are told."""
    constraint = subject.make()
    bounds = constraint.bounds()
    demand(isinstance(bounds, Bounds), f"bounds must return Bounds, received {bounds!r}")
    for text, value in _keep(constraint):
        inside = bounds.low <= value <= bounds.high and _digits(value) <= bounds.digits
        demand(inside, f"'{text}' is kept, and its value {value} lies outside of {bounds}")


@ConstraintContract.check(applies=offers(DividesEvenly))
def what_is_kept_divides_evenly_where_it_is_told_to(subject: Subject) -> None:
    """Look for quotients that are not whole in what is kept."""
    constraint = subject.make()
    if constraint.divides_evenly:
        for text, value in _keep(constraint):
            even = IntegerIntermediatesConstraint().holds(text, value)
            demand(even, f"'{text}' is kept, and a quotient in it is not whole")


def _keep(constraint: Constraint) -> Iterator[tuple[str, Fraction]]:
    for block, values in sample_blocks("exact"):
        for row in np.flatnonzero(values.defined & values.fits & keep_rows(constraint, block, values)).tolist():
            yield str(values.expressions[row]), Fraction(int(values.numerators[row]), int(values.denominators[row]))


def _digits(value: Fraction) -> int:
    return len(str(value).strip("-").replace("/", ""))
