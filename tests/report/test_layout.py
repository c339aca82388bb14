"""The report on telephones, laptops and wide screens, in light, in dark and on paper: everything is inside its box."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from exprlearn.report import write_page

pytestmark = pytest.mark.long

Visit = Callable[..., Any]
RUN = Path(__file__).parent / "data" / "mixed-seq2seq-1"
WIDTHS = (390, 1280, 1920)
LOOKS = ({"color_scheme": "light"}, {"color_scheme": "dark"}, {"media": "print"})
OPERATORS = ("+", "-", "*", "/", "+-", "+-*", "+-*/")
STAGES = ("one digit", "two digits", "carries", "three digits", "longer sums", "brackets", "everything")


def rows(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def put(file: Path, lines: list[dict[str, Any]]) -> None:
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")


def cells() -> Iterator[dict[str, Any]]:
    for digits in range(1, 8):
        for operators in OPERATORS:
            share = {"value": 1.0, "low": 0.9, "high": 1.0, "count": 100_000}
            exact, reason = (share, "") if digits < 6 else (None, "the model writes at most 6 characters of an answer")
            place = {"digits": digits, "terms": 2, "depth": 0, "operators": operators}
            yield {**place, "distribution": "in" if digits < 3 else "out", "exact_match": exact, "reason": reason}


def with_everything(folder: Path) -> None:
    """Give a run with wrong answers every section that a report can have, in large numbers."""
    cube = list(cells())
    (folder / "beyond.json").write_text(json.dumps({"cells": cube}))
    (folder / "lengths.json").write_text(json.dumps({"cells": cube[:: len(OPERATORS)]}))
    epochs = rows(folder / "metrics.jsonl")
    for place, epoch in enumerate(epochs):
        epoch |= {"examples": 10**9 + place, "seconds": 7322.0}
        epoch["stages"] = [
            {"stage": stage, "examples": 10 + 90 * (place % 7 == number), "right": 24, "count": 24}
            for number, stage in enumerate(STAGES)
        ]
    put(folder / "metrics.jsonl", epochs)


def without_wrong_answers(folder: Path) -> None:
    put(folder / "predictions.jsonl", [row | {"answer": row["truth"]} for row in rows(folder / "predictions.jsonl")])


def of_a_mapping_of_long_numbers(folder: Path) -> None:
    (folder / "run.json").write_text(json.dumps(json.loads((folder / "run.json").read_text()) | {"framing": "mapping"}))
    drawn = random.Random(0)
    pairs = [(drawn.randrange(1000), drawn.randrange(1000)) for _ in range(3000)]
    asked = [{"expression": f"{a}*{b}", "answer": str(a * b + (a < 300)), "truth": str(a * b)} for a, b in pairs]
    put(folder / "predictions.jsonl", asked)
    texts = [f"{drawn.randrange(10**9)}+{drawn.randrange(10**9)}*({drawn.randrange(10**9)}-1)" for _ in range(12)]
    answers = [{"expression": text, "answer": "7" * 20, "truth": "8" * 20} for text in texts]
    put(folder / "samples.jsonl", [{"epoch": epoch, **answer} for epoch in range(1, 9) for answer in answers])


def as_the_default_run(folder: Path) -> None:
    """Answer 967 sums of two numbers up to 99, eight of them wrong, as `exprlearn train` ends."""
    drawn = random.Random(0)
    pairs = [(drawn.randrange(100), drawn.randrange(100)) for _ in range(967)]
    asked = [{"expression": f"{a}+{b}", "answer": str(a + b), "truth": str(a + b)} for a, b in pairs]
    put(folder / "predictions.jsonl", [row | {"answer": "7"} if i < 8 else row for i, row in enumerate(asked)])


@pytest.mark.parametrize(
    "change",
    [with_everything, without_wrong_answers, of_a_mapping_of_long_numbers],
    ids=lambda change: change.__name__,
)
def test_no_table_is_wider_than_its_box_and_the_scores_are_in_sight(
    visit: Visit, overflowing: Callable[[Any], list[str]], tmp_path: Path, change: Callable[[Path], None]
) -> None:
    folder = Path(shutil.copytree(RUN, tmp_path / RUN.name))
    change(folder)
    page = visit(write_page(folder).as_uri())
    page.wait_for_selector("html[data-ready]")
    assert overflowing(page) == []
    page.locator("#map-0-table button").first.click()
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        for look in LOOKS:
            page.emulate_media(**{"media": "screen", "color_scheme": "light", **look})
            assert overflowing(page) == []
            assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.emulate_media(media="screen")
        page.get_by_role("heading", name="Result").evaluate("(heading) => heading.scrollIntoView()")
        table = page.locator("main > section table").first
        shown = table.locator("tbody tr").all_inner_texts()
        assert len(shown) == 4
        for place in range(len(shown)):
            box = table.locator(f"tbody tr >> nth={place}").locator("td:nth-child(3)").bounding_box()
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= width
            assert box["y"] + box["height"] <= 900


def test_a_sentence_stands_in_no_column_of_numbers(folder: Path, visit: Visit) -> None:
    with_everything(folder)
    page = visit(write_page(folder).as_uri())
    words = [text.split() for text in page.locator("td.number").all_text_contents()]
    assert max(map(len, words)) <= 4
    assert "median error of wrong answers" in page.locator(".notes").text_content()


def test_a_report_is_short_and_its_sections_fill_the_width(folder: Path, visit: Visit) -> None:
    as_the_default_run(folder)
    page = visit(write_page(folder).as_uri())
    page.wait_for_selector("html[data-ready]")
    assert page.evaluate("document.documentElement.scrollHeight") <= 5000
    ends = page.eval_on_selector_all(
        "main .cards",
        "all => all.map(each => Math.max(...[...each.children].map(child => child.getBoundingClientRect().right)))",
    )
    assert len(ends) > 3
    assert min(ends) > 1280 * 0.9


def test_the_contents_list_leads_to_every_section_by_keyboard(folder: Path, visit: Visit) -> None:
    page = visit(write_page(folder).as_uri())
    names = page.locator("main h2").all_inner_texts()
    assert page.locator("nav a").all_inner_texts() == names
    for place, name in enumerate(names):
        page.locator("nav a").nth(place).press("Enter")
        assert page.evaluate("document.activeElement.innerText") == name


@pytest.mark.parametrize("look", LOOKS[:2], ids=["light", "dark"])
def test_axe_finds_nothing_in_a_report_with_everything(
    folder: Path, visit: Visit, barriers: Callable[[Any], list[str]], look: dict[str, str]
) -> None:
    with_everything(folder)
    page = visit(write_page(folder).as_uri(), **look)
    page.wait_for_selector("html[data-ready]")
    assert barriers(page) == []
