"""The playground in a real browser: what people type, click and see change."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import exprlearn as xl
from exprlearn.errors import RunError
from exprlearn.locking import hold
from exprlearn.plugin.manager import Plugins
from exprlearn.runs.run_folder import RunFolder

pytestmark = pytest.mark.long

Visit = Callable[..., Any]
READY, RECORDED = "html[data-ready]", "mixed-seq2seq-1"


@pytest.fixture(scope="module")
def address(trained: Path, serve: Any) -> Iterator[str]:
    with serve(trained.parent) as served:
        yield served


def test_the_expression_field_answers_with_every_character_and_its_probability(
    visit: Visit, address: str, trained: Path
) -> None:
    (prediction,) = xl.load(trained, plugins=Plugins(only=())).predict(["3+4"], steps=True)
    page = visit(f"{address}#run=tiny")
    page.wait_for_selector(READY)
    page.get_by_label("Expression").fill("3+4")
    page.get_by_label("Expression").press("Enter")
    page.locator(".tiles li").first.wait_for(timeout=60_000)
    assert page.locator(".tiles b").all_inner_texts() == [step.chosen for step in prediction.steps]
    shares = [f"{100 * step.probability:.1f} %" for step in prediction.steps]
    assert page.locator(".tiles small").all_inner_texts() == shares
    assert page.locator("[data-part=answer] svg .mark-rect.role-mark path").count() == 4 * len(shares)
    assert page.locator("[data-part=answer] table tbody tr").count() == len(shares)
    assert "exact: 7" in page.locator(".verdict").inner_text() or prediction.correct


def test_what_cannot_be_answered_is_said_beside_the_field(visit: Visit, address: str) -> None:
    page = visit(f"{address}#run=tiny&ask=1%2B2")
    page.locator(".tiles li").first.wait_for(timeout=60_000)
    answer = page.locator("[data-part=answer]")
    page.get_by_label("Expression").fill("<img src=x onerror=alert(1)>")
    page.get_by_role("button", name="Ask").click()
    answer.locator(".wrong").wait_for()
    assert answer.inner_text() == (
        "“<img src=x onerror=alert(1)>” is no calculation. Write numbers, + - * / and round brackets."
    )
    assert answer.locator("img").count() == 0
    page.get_by_label("Expression").fill("123+4567")
    page.get_by_role("button", name="Ask").click()
    page.get_by_text("This run cannot read that: it is too long, or holds").wait_for()


def test_a_click_on_a_square_lists_its_items_and_one_of_them_can_be_asked(visit: Visit, address: str) -> None:
    page = visit(f"{address}#run={RECORDED}")
    page.wait_for_selector(READY)
    page.locator(".map svg .mark-rect.role-mark path").first.click()
    items = page.locator(".items tbody tr")
    items.first.wait_for()
    assert "right" in page.locator(".items p").first.inner_text()
    expression = items.first.locator("td").first.inner_text()
    items.first.get_by_role("button").click()
    assert page.get_by_label("Expression").input_value() == expression
    page.locator("[data-part=answer] p.wrong").wait_for(timeout=60_000)
    said = page.locator("[data-part=answer]").inner_text()
    assert f"The run {RECORDED} cannot be asked" in said
    assert "--" not in said
    page.get_by_text("For anyone who looks after the runs").click()
    assert RECORDED in page.locator("[data-part=answer] pre").inner_text()


def test_two_runs_stand_side_by_side_and_an_address_brings_them_back(visit: Visit, address: str) -> None:
    page = visit(f"{address}#run=tiny")
    page.wait_for_selector(READY)
    page.get_by_label("Compare with").select_option(RECORDED)
    page.locator(".panel:nth-child(2) [data-part=right] svg").wait_for()
    left, right = (panel.bounding_box() for panel in page.locator(".panel").all())
    assert left["x"] + left["width"] <= right["x"]
    assert page.locator(".panel h2").all_inner_texts() == ["tiny", RECORDED]
    again = visit(page.url)
    again.locator(".panel:nth-child(2) [data-part=right] svg").wait_for()
    assert again.locator(".panel h2").all_inner_texts() == ["tiny", RECORDED]


def test_the_curves_of_a_running_training_move_until_it_is_over(visit: Visit, recorded: Path, serve: Any) -> None:
    metrics, samples, run = (recorded / name for name in ("metrics.jsonl", "samples.jsonl", "run.json"))
    epochs, answers = metrics.read_text().splitlines(), samples.read_text().splitlines()
    predictions = (recorded / "predictions.jsonl").rename(recorded / "later")
    facts = json.loads(run.read_text())
    run.write_text(json.dumps(facts | {"state": "training"}))
    metrics.write_text("\n".join(epochs[:2]) + "\n")
    samples.write_text("\n".join(answers[:10]) + "\n")
    with RunFolder(recorded).hold(), serve(recorded.parent) as address:
        page = visit(address)
        page.get_by_text("epoch 2, training").wait_for()
        curve = page.locator("[data-part=right] .mark-line path").first
        before = curve.get_attribute("d")
        assert page.locator("[data-part=verdict]").inner_text() == "not evaluated yet"
        with metrics.open("a") as more, samples.open("a") as further:
            more.write("\n".join(epochs[2:6]) + "\n")
            further.write("\n".join(answers[10:30]) + "\n")
        page.get_by_text("epoch 6, training").wait_for()
        moved = "(d) => document.querySelector('[data-part=right] .mark-line path').getAttribute('d') !== d"
        page.wait_for_function(moved, arg=before)
        assert curve.get_attribute("d").count("L") == 5
        assert page.locator(".slider output").inner_text().strip() == "6"
        shutil.copy(predictions, recorded / "predictions.jsonl")
        run.write_text(json.dumps(facts))
        page.get_by_text("71.3 % of 300").wait_for()
        assert page.locator("[data-part=state]").inner_text() == "over"
        assert page.locator(".map svg").count() == 1
        page.goto("about:blank")


def test_one_run_fills_the_screen(visit: Visit, address: str) -> None:
    page = visit(f"{address}#run={RECORDED}")
    page.locator(".map svg").first.wait_for()
    page.locator("[data-part=right] svg").wait_for()
    parts = [part.bounding_box() for part in page.locator(".parts > *").all()]
    assert len(parts) == 3
    shown = [drawn.bounding_box() for drawn in page.locator(".panel svg, .panel table, .panel p").all()]
    boxes = [box for box in shown if box is not None]
    right, left = max(box["x"] + box["width"] for box in boxes), min(box["x"] for box in boxes)
    assert right - left >= 0.8 * 1280
    assert max(part["y"] for part in parts) - min(part["y"] for part in parts) < 1
    # The curves are as wide as their part of the page.
    assert page.locator("[data-part=right] svg").bounding_box()["width"] >= 0.9 * parts[1]["width"]


def test_the_page_follows_its_address(visit: Visit, address: str) -> None:
    page = visit(f"{address}#run=tiny")
    page.wait_for_selector(READY)
    page.evaluate(f"location.hash = 'run={RECORDED}&beside=tiny'")
    page.get_by_role("heading", name=RECORDED).wait_for()
    page.locator(".panel:nth-child(2) [data-part=right] svg").wait_for()
    assert page.locator(".panel h2").all_inner_texts() == [RECORDED, "tiny"]
    assert page.get_by_label("Run", exact=True).input_value() == RECORDED
    page.get_by_label("Compare with").select_option("")
    page.wait_for_function("() => document.querySelectorAll('.panel').length === 1")
    assert "beside" not in page.url
    page.go_back()
    page.wait_for_function("() => document.querySelectorAll('.panel').length === 2")
    page.go_back()
    page.wait_for_function("() => document.querySelector('.panel h2').textContent === 'tiny'")
    page.evaluate("location.hash = 'run=nobody'")
    page.get_by_text("There is no run nobody here.").wait_for()
    assert page.locator(".panel h2").all_inner_texts() == ["tiny"]


def test_the_page_says_that_it_loads(visit: Visit, address: str) -> None:
    page = visit(f"{address}page.css")
    held: list[Any] = []
    page.route(f"{address}api/runs/*", lambda route: held.append(route))
    page.goto(f"{address}#run={RECORDED}")
    page.get_by_role("heading", name=RECORDED).wait_for()
    assert page.get_by_text("Loading …").count() == 3
    held[0].continue_()
    page.get_by_text("over", exact=True).wait_for()
    assert page.get_by_text("Loading …").count() == 0
    page.unroute_all()
    page.close()


def test_a_loss_that_is_no_number_ends_nothing(visit: Visit, recorded: Path, serve: Any) -> None:
    lines = [json.loads(line) for line in (recorded / "metrics.jsonl").read_text().splitlines()]
    lines[5] |= {"loss": float("nan"), "exact_match": None}
    (recorded / "metrics.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    with serve(recorded.parent) as address:
        page = visit(f"{address}page.css")
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(address)
        page.get_by_text("over", exact=True).wait_for()
        page.get_by_text("As a table").first.click()
        cells = page.locator("[data-part=epochs] tr >> nth=5").locator("td").all_inner_texts()
        assert cells[:3] == ["6", "", ""]
        assert sum("/events/" in url for url in asked) == 1
        page.close()


def test_a_folder_that_vanishes_is_told(visit: Visit, recorded: Path, serve: Any) -> None:
    run = recorded / "run.json"
    run.write_text(json.dumps(json.loads(run.read_text()) | {"state": "training"}))
    with hold(recorded, "run is being trained", RunError), serve(recorded.parent) as address:
        page = visit(address)
        page.get_by_text("epoch 24, training").wait_for()
        shutil.rmtree(recorded)
        page.get_by_text(f"There is no run {RECORDED} here, or no more.").wait_for()
        page.goto("about:blank")


def test_a_connection_that_is_lost_again_and_again_is_given_up(visit: Visit, address: str) -> None:
    page = visit(f"{address}page.css")
    asked: list[Any] = []

    def cut(route: Any) -> None:
        asked.append(route)
        route.fulfill(status=200, content_type="text/event-stream", body="retry: 20\n\n")

    page.route(f"{address}events/*", cut)
    page.goto(f"{address}#run={RECORDED}")
    page.get_by_text("the connection was lost").wait_for()
    assert 1 <= len(asked) <= 3
    page.close()


@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_is_wider_than_the_screen(
    visit: Visit, address: str, overflowing: Callable[[Any], list[str]], width: int
) -> None:
    page = visit(f"{address}#run={RECORDED}&beside=tiny&ask=1%2B2", width=width)
    page.locator(".tiles li").first.wait_for(timeout=60_000)
    page.locator(".panel:nth-child(2) .map svg").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert overflowing(page) == []
    for chart in page.locator("svg.marks").all():
        assert chart.bounding_box()["width"] >= 0.9 * float(chart.get_attribute("viewBox").split()[2])


@pytest.mark.parametrize("look", ["light", "dark"])
def test_axe_finds_nothing_and_the_page_fills_the_screen(
    visit: Visit, address: str, barriers: Callable[[Any], list[str]], look: str
) -> None:
    page = visit(f"{address}#run=tiny&ask=1%2B2", width=1920, color_scheme=look)
    page.wait_for_selector(READY)
    page.locator(".tiles li").first.wait_for(timeout=60_000)
    assert barriers(page) == []
    for width in (1280, 1920):
        page.set_viewport_size({"width": width, "height": 900})
        sides = "parts => [parts[0].getBoundingClientRect().left, parts.at(-1).getBoundingClientRect().right]"
        left, right = page.eval_on_selector_all(".parts > :not(:empty)", sides)
        assert right - left >= 0.8 * width
