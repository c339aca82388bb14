from __future__ import annotations

import pytest

from exprlearn.errors import DataError, OptionError
from exprlearn.scoring.comparison import RunAnswers, compare, gather_answers

ITEMS = [(f"{one}+{other}", str(one + other)) for one in range(10) for other in range(10)]


def answered(run: str, right: int, items: list[tuple[str, str]] = ITEMS) -> RunAnswers:
    """Answer the first so many items rightly."""
    return gather_answers(run, [(text, truth if at < right else "x", truth) for at, (text, truth) in enumerate(items)])


def test_items_are_paired_by_their_expression_not_by_their_place() -> None:
    rows = [(text, truth, truth) for text, truth in ITEMS]
    (found,) = compare([[answered("first", 90)], [gather_answers("second", rows[::-1])]])
    (pair,) = found.pairs
    assert (pair.outcomes.both, pair.outcomes.second_only, pair.outcomes.first_only) == (90, 10, 0)
    assert found.verdict == "second is better on these items"
    assert [item.expression for item in pair.only_one()] == [text for text, _ in ITEMS[90:]]
    assert {item.right for item in pair.only_one()} == {"second"}


def test_a_run_is_not_better_than_itself() -> None:
    (found,) = compare([[answered("one", 50)], [answered("other", 50)]])
    assert (found.p, found.difference.low, found.difference.high) == (1.0, 0.0, 0.0)
    assert found.verdict == "no difference is shown on these items"


def test_of_several_seeds_their_own_spread_decides() -> None:
    first = [answered(f"a-{seed}", right) for seed, right in enumerate((50, 60, 70))]
    close = [answered(f"b-{seed}", right) for seed, right in enumerate((80, 55, 71))]
    clear = [answered(f"c-{seed}", right) for seed, right in enumerate((70, 81, 90))]
    noisy, sure, _ = compare([first, close, clear])
    assert (noisy.p, noisy.verdict) == (None, "no difference is shown over 3 seeds")
    assert noisy.pairs[0].p < 0.001
    assert sure.verdict == "c-0,c-1,c-2 is better over 3 seeds"
    assert sure.difference.value == pytest.approx(0.2033, abs=1e-4)


def test_of_several_comparisons_each_p_is_adjusted() -> None:
    comparisons = compare([[answered(name, right)] for name, right in (("a", 80), ("b", 86), ("c", 92))])
    raw = [comparison.pairs[0].p for comparison in comparisons]
    assert [(c.first, c.second) for c in comparisons] == [("a", "b"), ("a", "c"), ("b", "c")]
    assert [c.p for c in comparisons] == pytest.approx([2 * raw[0], 3 * raw[1], 2 * raw[2]])


def test_different_tests_are_refused_with_what_would_do() -> None:
    with pytest.raises(DataError, match=r"different tests: 100 and 99 expressions, 99 of them in common; .*--ask"):
        compare([[answered("one", 9)], [answered("other", 9, ITEMS[1:])]])
    with pytest.raises(DataError, match=r"hold different answers to be right, such as 0 and 1 for 0\+0: .*division"):
        compare([[answered("one", 9)], [answered("other", 9, [("0+0", "1"), *ITEMS[1:]])]])


def test_sides_that_do_not_match_are_refused() -> None:
    with pytest.raises(OptionError, match="sides of 1, 2 runs"):
        compare([[answered("a", 1)], [answered("b", 1), answered("c", 1)]])
    with pytest.raises(OptionError, match="one run cannot be compared"):
        compare([[answered("a", 1)]])
    with pytest.raises(DataError, match="has no answers to compare"):
        gather_answers("a", [])
    with pytest.raises(DataError, match="1 expressions more than once"):
        gather_answers("a", [("1+1", "2", "2"), ("1+1", "2", "2")])
