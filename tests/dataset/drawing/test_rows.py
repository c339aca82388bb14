from __future__ import annotations

import numpy as np
import pytest

from exprlearn.dataset import Example, Examples

SUMS = Examples.of([("1+2", "3"), ("10+20", "30"), ("5+5", "10")])


def test_examples_are_a_sequence_of_pairs() -> None:
    assert len(SUMS) == 3
    assert list(SUMS) == [Example("1+2", "3"), Example("10+20", "30"), Example("5+5", "10")]
    assert SUMS[-1] == ("5+5", "10")
    assert ("1+2", "3") in SUMS


def test_slices_masks_and_indices_keep_columns_together() -> None:
    assert list(SUMS[1:]) == [("10+20", "30"), ("5+5", "10")]
    assert list(SUMS[np.array([True, False, True])]) == [("1+2", "3"), ("5+5", "10")]
    assert list(SUMS[[2, 0]]) == [("5+5", "10"), ("1+2", "3")]
    assert list(SUMS[[]]) == []


def test_joined_examples_keep_their_texts_whole() -> None:
    joined = Examples.concatenate([SUMS, Examples.of([]), Examples.of([("1" * 20, "1" * 20)])])
    assert list(joined) == [*SUMS, ("1" * 20, "1" * 20)]
    assert len(Examples.concatenate([])) == 0


def test_columns_of_different_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="2 expressions but 1 answers"):
        Examples(np.array(["1", "2"]), np.array(["1"]))
