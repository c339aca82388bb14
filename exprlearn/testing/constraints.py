"""What holds for every constraint: blocks are judged as single expressions are."""

from __future__ import annotations

import numpy as np

from exprlearn.testing.check import Check, demand
from exprlearn.testing.samples import empty_block, judged_blocks
from exprlearn.testing.subject import Subject


def keep_says_of_blocks_what_holds_says_of_each_row(subject: Subject) -> None:
    """Compare both ways over sums, products, quotients and brackets, row by row."""
    constraint = subject.make()
    for block, values in judged_blocks("exact"):
        kept = np.asarray(constraint.keep(block, values)).astype(bool)
        for row in np.flatnonzero(values.defined & values.fits).tolist():
            text, value = str(values.expressions[row]), values.fraction(row)
            holds = bool(constraint.holds(text, value))
            demand(kept[row] == holds, f"of '{text}' keep says {bool(kept[row])} and holds says {holds}")


def keep_answers_with_one_bool_for_each_row(subject: Subject) -> None:
    """Look at the array: bool [n]."""
    constraint = subject.make()
    for block, values in judged_blocks("exact")[:2]:
        kept = constraint.keep(block, values)
        told = f"{type(kept).__name__} {getattr(kept, 'dtype', '')} {getattr(kept, 'shape', '')}"
        is_mask = isinstance(kept, np.ndarray) and kept.dtype == np.bool_ and kept.shape == (len(block),)
        demand(is_mask, f"keep must answer a block of {len(block)} rows with bool [{len(block)}], received {told}")


def an_empty_block_is_judged_too(subject: Subject) -> None:
    """Judge a block without rows, as rare strata bring them."""
    kept = subject.make().keep(*empty_block())
    demand(len(kept) == 0, f"of a block without rows, keep judged {len(kept)}")


CHECKS = (
    Check(keep_says_of_blocks_what_holds_says_of_each_row),
    Check(keep_answers_with_one_bool_for_each_row),
    Check(an_empty_block_is_judged_too),
)
