from __future__ import annotations

from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

import exprlearn as xl
from exprlearn.plugin.manager import Plugins
from exprlearn.runs.prediction import Prediction, Step
from exprlearn.runs.run_evaluation import Evaluation
from exprlearn.scoring import score
from exprlearn.tables import MOST_ROWS, html_table
from exprlearn.visible import visible

TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=99)
HOSTILE = "<script>alert('1')</script><img src=x onerror=alert(2)>&amp;"


class Cells(HTMLParser):
    """Collects the elements and the cells of a table."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.cells: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag in ("td", "th", "caption"):
            self.cells.append("")

    def handle_data(self, data: str) -> None:
        self.cells[-1] += data


@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=MOST_ROWS))
def test_every_text_comes_out_as_it_went_in_but_for_marks_that_nobody_sees(rows: list[tuple[str, str]]) -> None:
    read = Cells(html_table(("a", "b"), rows))
    assert read.cells == ["a", "b", *(visible(cell) for row in rows for cell in row)]
    assert set(read.tags) <= {"table", "thead", "tbody", "tr", "th", "td"}


def test_what_is_too_long_is_cut_and_counted() -> None:
    read = Cells(html_table(("n",), [(number,) for number in range(1000)]))
    assert read.cells[-1] == f"… {1000 - MOST_ROWS} more"
    assert len(html_table(("n",), [("x" * 10**6,)])) < 500


def test_a_prediction_shows_its_steps_and_no_markup_of_others() -> None:
    steps = (Step("3", 0.75, (("4", 0.125),)), Step("<end>", 0.5, ()))
    read = Cells(Prediction(HOSTILE, "3", "4", 0.5, steps)._repr_html_())
    assert {"script", "img"} & set(read.tags) == set()
    assert {HOSTILE, "✗", "<end>", "4 0.125"} <= set(read.cells)


def test_an_evaluation_shows_all_baselines_and_groups() -> None:
    scores = score(["1+2", "2*2"], ["3", "5"], ["3", "4"])
    read = Cells(Evaluation("sums-1", "test", scores, [])._repr_html_())
    assert read.tags[1] == "caption"
    assert {"all", "50.0 %", "baseline: blank", "operators: +", "operators: *"} <= set(read.cells)


def test_a_dataset_shows_its_first_questions() -> None:
    data = xl.dataset("addition", size=20, seed=1, plugins=Plugins(only=()))
    read = Cells(data._repr_html_())
    assert read.cells.count(data[0]["question"]) == 1
    assert "12 more" in read.cells
