from __future__ import annotations

import csv
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from exprlearn.arithmetic.parsing import plain_signs
from exprlearn.errors import OptionError
from exprlearn.worksheet import ProblemSource, Sheet, draw_problems, write_sheet


class Words(HTMLParser):
    """Collects the text of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page.partition("<body>")[2])

    def handle_data(self, data: str) -> None:
        self.found.append(data)


def text_of(file: Path) -> str:
    """Read what stands on the pages of a file, without any spaces."""
    if file.suffix == ".html":
        return re.sub(r"\s", "", "".join(Words(file.read_text("utf-8")).found))
    pdfium = pytest.importorskip("pypdfium2")
    document = pdfium.PdfDocument(file)
    return re.sub(r"\s", "", "".join(page.get_textpage().get_text_bounded() for page in document))


@pytest.fixture(params=[".html", ".pdf"])
def out(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    if request.param == ".pdf":
        pytest.importorskip("reportlab")
    return tmp_path / f"sheet{request.param}"


def test_every_problem_stands_on_the_sheet_and_with_its_answer_in_the_key(sheet: Sheet, out: Path) -> None:
    problems, key = (plain_signs(text_of(file)) for file in write_sheet(sheet, out))
    for problem in sheet.problems:
        assert f"{problem.number}.{problem.expression}=" in problems
        assert f"{problem.number}.{problem.expression}={problem.answer}" in key
    followed = [f"{problem.expression}={problem.number + 1}." in problems for problem in sheet.problems]
    # Between two problems stands no answer, but a heading or the foot of the page may.
    assert sum(followed) >= len(sheet.problems) - 4


def test_the_same_sheet_is_written_byte_for_byte(sheet: Sheet, out: Path) -> None:
    first = [file.read_bytes() for file in write_sheet(sheet, out)]
    assert [file.read_bytes() for file in write_sheet(sheet, out)] == first


def test_seed_and_command_stand_on_the_sheet_and_on_its_key(sheet: Sheet, out: Path) -> None:
    for file in write_sheet(sheet, out):
        text = text_of(file)
        assert text.count("Seedtuesday") == len(sheet.pages) == 2
        assert sheet.command.replace(" ", "") in text


def test_answers_stand_behind_the_problems_or_nowhere(sheet: Sheet, out: Path) -> None:
    (alone,) = write_sheet(sheet, out, "none")
    without = text_of(alone)
    (both,) = write_sheet(sheet, out, "same")
    problem = sheet.problems[-1]
    assert "answers,page" not in without
    assert f"={problem.answer}" in plain_signs(text_of(both))
    assert text_of(both).startswith(without[:500])


def test_a_table_has_a_row_for_each_problem_and_no_cell_that_spreadsheets_calculate(
    sheet: Sheet, tmp_path: Path
) -> None:
    tables = []
    for file in write_sheet(sheet, tmp_path / "sheet.csv"):
        with file.open(encoding="utf-8-sig", newline="") as stream:
            tables.append(list(csv.DictReader(stream)))
    assert [list(table[0]) for table in tables] == [
        ["number", "problem", "level"],
        ["number", "problem", "answer", "level"],
    ]
    for row, problem in zip(tables[1], sheet.problems, strict=True):
        assert plain_signs(row["problem"]).replace(" ", "") == f"{problem.expression}="
        assert (row["answer"], row["level"]) == (problem.answer, problem.level)
        assert row["problem"][0] not in "=+-@"


def test_columns_write_numbers_below_each_other_and_the_rest_on_one_line(mixed: ProblemSource, tmp_path: Path) -> None:
    problems = draw_problems([mixed], "x", 20)
    page = write_sheet(Sheet("m", "x", "c", problems, 10, "columns"), tmp_path / "s.html", "none")[0].read_text("utf-8")
    in_columns = [problem for problem in problems if re.fullmatch(r"\d+[+*]\d+", problem.expression)]
    assert 0 < len(in_columns) <= page.count('class="rows"') < 20
    assert page.count('class="line"') + page.count('class="rows"') == 20


def test_too_many_problems_on_a_page_are_refused_with_how_many_fit(sheet: Sheet, tmp_path: Path) -> None:
    crowded = replace(sheet, problems=sheet.problems * 3, per_page=120)
    with pytest.raises(OptionError, match=r"--per-page 120: at most (\d+) of these problems fit") as refused:
        write_sheet(crowded, tmp_path / "s.html")
    most = int(re.findall(r"at most (\d+)", str(refused.value))[0])
    assert write_sheet(replace(crowded, per_page=most), tmp_path / "s.html")
    with pytest.raises(OptionError):
        write_sheet(replace(crowded, per_page=most + 1), tmp_path / "s.html")


def test_another_ending_is_refused_before_anything_is_written(sheet: Sheet, tmp_path: Path) -> None:
    with pytest.raises(OptionError, match=r"s\.docx: a worksheet ends with \.html, \.pdf, \.csv: .*s\.html"):
        write_sheet(sheet, tmp_path / "s.docx")
    assert list(tmp_path.iterdir()) == []


def test_without_reportlab_the_command_that_installs_it_is_told(
    sheet: Sheet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "reportlab", None)
    for name in [name for name in sys.modules if name.startswith("reportlab.")]:
        monkeypatch.delitem(sys.modules, name)
    with pytest.raises(OptionError, match=r"python -m pip install 'exprlearn\[worksheet\]'"):
        write_sheet(sheet, tmp_path / "s.pdf")
    assert list(tmp_path.iterdir()) == []


def test_a_sign_that_the_font_lacks_is_refused_with_the_way_out(sheet: Sheet, tmp_path: Path) -> None:
    pytest.importorskip("reportlab")
    with pytest.raises(OptionError, match=r"the font of the PDF has no '学': write OUT\.html"):
        write_sheet(replace(sheet, seed="学校"), tmp_path / "s.pdf")


def test_everything_of_a_pdf_lies_where_printers_print(sheet: Sheet, mixed: ProblemSource, tmp_path: Path) -> None:
    pytest.importorskip("reportlab")
    pdfium = pytest.importorskip("pypdfium2")
    nested = ProblemSource(type(mixed.space).from_file("nested"), mixed.answering)
    sheets: list[Any] = [sheet]
    sheets += [
        Sheet("n", "x", "c " * 200, draw_problems([nested], "x", 12), 6, style) for style in ("school", "columns")
    ]
    for each in sheets:
        document = pdfium.PdfDocument(write_sheet(each, tmp_path / "s.pdf")[-1])
        assert len(document) == len(each.pages)
        for page in document:
            words = page.get_textpage()
            boxes = [words.get_charbox(place) for place in range(words.count_chars())]
            left, bottom, right, top = (
                side(edge) for side, edge in zip((min, min, max, max), zip(*boxes, strict=True), strict=True)
            )
            millimetres = [edge * 25.4 / 72 for edge in (left, bottom, right, top)]
            # On A4, 210 by 297; Letter is 18 lower.
            assert millimetres[0] >= 10
            assert millimetres[1] >= 24
            assert millimetres[2] <= 200
            assert millimetres[3] <= 285
