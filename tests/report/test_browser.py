"""The report in a real browser: what people see, click and type."""

from __future__ import annotations

import json
import random
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from exprlearn.report import write_page

pytestmark = pytest.mark.long

Visit = Callable[..., Any]
RUN = Path(__file__).parent / "data" / "mixed-seq2seq-1"
READY = "html[data-ready]"


@pytest.fixture(scope="module")
def reported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the small run with its report."""
    folder = Path(shutil.copytree(RUN, tmp_path_factory.mktemp("runs") / RUN.name))
    write_page(folder)
    return folder


@pytest.fixture
def address(reported: Path) -> str:
    return (reported / "report.html").as_uri()


def predictions(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "predictions.jsonl").read_text("utf-8").splitlines()]


def listed(page: Any) -> list[list[str]]:
    """Read the items that the map lists."""
    rows = page.locator("#map-0-items tbody tr")
    return [row.locator("td").all_inner_texts() for row in rows.all()]


def test_every_chart_is_drawn_and_nothing_but_the_file_is_fetched(visit: Visit, address: str) -> None:
    page = visit(address)
    page.wait_for_selector(READY)
    charts = page.locator("[role=img]").all()
    for chart in charts:
        chart.scroll_into_view_if_needed()
        chart.locator("xpath=self::*[@data-drawn]").wait_for()
    assert page.locator("[role=img][data-drawn] svg.marks").count() == len(charts) > 12
    assert page.locator("#map-0-chart svg .mark-rect.role-mark path").count() > 50
    assert page.evaluate("performance.getEntriesByType('resource').length") == 0


def test_a_click_on_a_square_lists_its_items(visit: Visit, address: str, reported: Path) -> None:
    page = visit(address)
    page.wait_for_selector(READY)
    page.locator("#map-0-chart").scroll_into_view_if_needed()
    page.locator("#map-0-chart[data-drawn]").wait_for()
    square = page.locator("#map-0-chart svg .mark-rect.role-mark path").first
    first, second = re.findall(r"number: (\d+)", square.get_attribute("aria-label"))
    square.click()
    page.wait_for_selector("#map-0-items tbody tr")
    started = re.compile(rf"\(*{first}\D+{second}(?!\d)")
    items = [row for row in predictions(reported) if started.match(row["expression"])]
    assert {row[0] for row in listed(page)} <= {row["expression"] for row in items}
    right = sum(row["correct"] for row in items)
    assert f"{right} of {len(items)} right" in page.locator("#map-0-items").inner_text()
    assert len(listed(page)) == min(12, len(items))


def test_the_keyboard_alone_lists_items_and_slides_through_the_epochs(visit: Visit, address: str) -> None:
    page = visit(address)
    page.wait_for_selector(READY)
    page.locator("#map-0-table button").first.focus()
    page.keyboard.press("Enter")
    assert listed(page)
    slider = page.get_by_role("slider", name="epoch")
    assert page.locator(".slider output").inner_text().strip() == "24"
    last = page.locator(".slider tbody").inner_text()
    slider.focus()
    for _ in range(23):
        page.keyboard.press("ArrowLeft")
    assert page.locator(".slider output").inner_text().strip() == "1"
    assert page.locator(".slider tbody").inner_text() != last
    first = page.locator("#samples tbody tr").first.locator("td").all_inner_texts()
    assert page.locator(".slider tbody td:nth-child(2)").all_inner_texts() == first


@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_is_wider_than_the_screen_and_no_chart_is_shrunk_until_it_is_illegible(
    visit: Visit, address: str, width: int
) -> None:
    page = visit(address, width=width)
    page.wait_for_selector(READY)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for chart in page.locator("svg.marks").all():
        assert chart.bounding_box()["width"] >= 0.9 * float(chart.get_attribute("viewBox").split()[2])
    sizes = page.evaluate(
        "[...document.querySelectorAll('p, td, th, li, summary')].map(e => parseFloat(getComputedStyle(e).fontSize))"
    )
    assert min(sizes) >= 12


def test_without_scripts_charts_and_tables_are_there_all_the_same(visit: Visit, address: str) -> None:
    page = visit(address, java_script_enabled=False)
    assert page.locator("[role=img] svg").count() == page.locator("[role=img]").count() > 12
    assert page.locator("#samples tbody tr").count() == 24
    assert page.locator("#map-0-table td[data-column]").count() > 50
    assert not page.locator(".slider").is_visible()
    assert not page.locator(".live").first.is_visible()


def test_a_script_that_somebody_writes_into_the_page_does_not_run(browser: Any, reported: Path, tmp_path: Path) -> None:
    before, _, after = (reported / "report.html").read_text("utf-8").rpartition("</body>")
    (tmp_path / "report.html").write_text(f"{before}<script>window.broken = 1</script></body>{after}", "utf-8")
    page = browser.new_page()
    page.goto((tmp_path / "report.html").as_uri())
    page.wait_for_selector(READY)
    assert page.evaluate("window.broken") is None
    page.close()


@pytest.mark.slow
def test_the_report_of_a_hundred_thousand_items_opens_within_three_seconds(visit: Visit, folder: Path) -> None:
    drawn = random.Random(0)
    with (folder / "predictions.jsonl").open("w", encoding="utf-8") as stream:
        for _ in range(100_000):
            first, second = drawn.randrange(1000), drawn.randrange(1000)
            answer = first + second + (drawn.random() < 0.1)
            row = {"expression": f"{first}+{second}", "answer": str(answer), "truth": str(first + second)}
            stream.write(json.dumps(row | {"probability": drawn.random()}) + "\n")
    page = visit(write_page(folder).as_uri())
    page.wait_for_selector(READY)
    assert page.evaluate("performance.now()") < 3000
    page.locator("#map-0-chart").scroll_into_view_if_needed()
    page.locator("#map-0-chart[data-drawn]").wait_for()
    assert page.locator("#map-0-chart svg .mark-rect.role-mark path").count() == 400
