from __future__ import annotations

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from exprlearn.report.error_maps import LARGEST, MOST_BANDS, MOST_ITEMS, error_maps, map_chart
from exprlearn.report.svg import draw
from exprlearn.runs.record import read_record
from exprlearn.runs.schema import Answered

PAIRS = st.lists(st.tuples(st.integers(0, LARGEST), st.integers(0, LARGEST), st.booleans()), min_size=1, max_size=60)


def sums(pairs: list[tuple[int, int, bool]]) -> list[Answered]:
    return [
        Answered(expression=f"{a}+{b}", answer=str(a + b if right else a), truth=str(a + b)) for a, b, right in pairs
    ]


@settings(max_examples=30)
@given(PAIRS)
def test_every_item_is_counted_in_one_cell_of_each_map(pairs: list[tuple[int, int, bool]]) -> None:
    items = sums(pairs)
    for shown in error_maps(items):
        assert sum(cell.count for cell in shown.cells.values()) == len(items)
        assert sum(cell.right for cell in shown.cells.values()) == sum(item.correct for item in items)
        assert len(shown.columns) <= MOST_BANDS
        assert len(shown.rows) <= MOST_BANDS


@settings(max_examples=30)
@given(PAIRS)
def test_a_cell_lists_its_wrong_items_first(pairs: list[tuple[int, int, bool]]) -> None:
    for shown in error_maps(sums(pairs)):
        for cell in shown.cells.values():
            wrong = [answer != truth for _, answer, truth in cell.items]
            assert wrong == sorted(wrong, reverse=True)
            assert len(wrong) == min(cell.count, MOST_ITEMS)
            assert sum(wrong) == min(cell.count - cell.right, MOST_ITEMS)


def test_small_numbers_are_shown_one_by_one_and_larger_ones_in_bands() -> None:
    assert error_maps(sums([(1, 2, True), (19, 0, True)]))[0].columns == ["1", "19"]
    assert error_maps(sums([(1, 2, True), (99, 0, True)]))[0].columns == ["0–4", "95–99"]


def test_numbers_too_large_for_bands_are_shown_by_their_digits_alone() -> None:
    (shown,) = error_maps(sums([(123456, 7, True), (1, 2, False)]))
    assert (shown.title, shown.columns, shown.rows) == ("Digits by digits", ["1", "6"], ["1"])


def test_expressions_without_two_whole_numbers_are_left_out_and_counted() -> None:
    items = [Answered(expression=text, answer="1", truth="1") for text in ("7", "1.5+2", "3+4")]
    (shown,) = error_maps(items)
    assert (shown.left_out, list(shown.cells)) == (2, [("3", "4")])


def test_a_map_is_narrow_enough_for_a_phone(folder: Path) -> None:
    (shown, *_) = error_maps(read_record(folder).predictions)
    crowded = error_maps(sums([(a, b, True) for a in range(0, 1000, 50) for b in range(0, 1000, 50)]))[0]
    assert len(crowded.columns) == MOST_BANDS
    charts = [map_chart(shown), map_chart(crowded)]
    assert draw(charts) == ""
    widths = [float(chart.svg.split('width="')[1].split('"')[0]) for chart in charts]
    assert 200 <= widths[0] <= 345
    assert widths[1] <= 358
