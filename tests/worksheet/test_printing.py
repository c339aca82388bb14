"""Worksheets in a real browser: on screens of any width, and on paper."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from exprlearn.worksheet import Sheet, write_sheet

Visit = Callable[..., Any]

OUTSIDE = """() => [...document.querySelectorAll("main")].flatMap((page) => {
  const box = page.getBoundingClientRect(), foot = page.querySelector("footer").getBoundingClientRect();
  return [...page.querySelectorAll("li")].map((item) => {
    const range = document.createRange();
    range.selectNodeContents(item);
    return [item.innerText, range.getBoundingClientRect(), item.getBoundingClientRect()];
  }).filter(([, text, cell]) => text.right > box.right + 1 || text.bottom > foot.top || text.right > cell.right + 1)
    .map(([said]) => said);
})"""


@pytest.mark.parametrize("style", ["school", "columns"])
@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_is_wider_than_the_screen_or_runs_into_its_neighbour(
    visit: Visit, sheet: Sheet, tmp_path: Path, width: int, style: Any
) -> None:
    for file in write_sheet(replace(sheet, style=style, per_page=10), tmp_path / "sheet.html"):
        page = visit(file.as_uri(), width=width)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(OUTSIDE) == []


@pytest.mark.long
@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_a_page_of_problems_is_a_page_of_paper(visit: Visit, sheet: Sheet, tmp_path: Path, paper: str) -> None:
    pdfium = pytest.importorskip("pypdfium2")
    for answers, pages in (("separate", 2), ("same", 4)):
        page = visit(write_sheet(sheet, tmp_path / "sheet.html", answers)[0].as_uri())  # type: ignore[arg-type]
        page.emulate_media(media="print")
        assert page.evaluate(OUTSIDE) == []
        printed = pdfium.PdfDocument(page.pdf(format=paper))
        texts = [each.get_textpage().get_text_bounded() for each in printed]
        assert len(texts) == pages
        assert all("Seed tuesday" in text and sheet.command in text for text in texts)
        assert "20." in texts[0]
        assert "40." in texts[1]
