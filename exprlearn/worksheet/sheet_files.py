"""Worksheets as files: a page to print, a PDF, a table; and where their answers go."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final, Literal

from exprlearn import __version__
from exprlearn.errors import DataError, OptionError
from exprlearn.files import replacing
from exprlearn.visible import visible_line
from exprlearn.worksheet import sheet as measures
from exprlearn.worksheet.pdf_pages import draw_pdf
from exprlearn.worksheet.problem_text import school_text
from exprlearn.worksheet.sheet import Sheet

#: In a file of their own, behind the problems in the same file, or nowhere.
Answers = Literal["separate", "same", "none"]


def write_sheet(sheet: Sheet, out: Path, answers: Answers = "separate") -> tuple[Path, ...]:
    """Write a worksheet in the format of the ending of `out`, and return the files; a key lies beside as `…-answers`.

    Every byte follows from the sheet.

    Raises:
        OptionError: an ending of no format, a format whose package is not installed, or too many problems on a page.
        DataError: a file that cannot be written.
    """
    render = FORMATS.get(out.suffix.lower())
    if render is None:
        raise OptionError(f"{out}: a worksheet ends with {', '.join(FORMATS)}: {out.with_suffix('.html')}")
    parts: dict[Path, Sequence[bool]] = {out: (False, True) if answers == "same" else (False,)}
    if answers == "separate":
        parts[out.with_stem(f"{out.stem}-answers")] = (True,)
    # All are made before the first one is written.
    made = {file: render(sheet, answered) for file, answered in parts.items()}
    for file, content in made.items():
        with replacing(file, DataError) as stream:
            stream.write(content)
    return tuple(made)


def _table(sheet: Sheet, answered: Sequence[bool]) -> bytes:
    """Write problems as CSV that spreadsheets read as text: no problem looks like a date or a formula."""
    rows = io.StringIO()
    names = ("number", "problem", *(("answer",) if any(answered) else ()), "level")
    writer = csv.DictWriter(rows, names, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    for problem in sheet.problems:
        writer.writerow({**problem._asdict(), "problem": f"{school_text(problem.expression)} ="})
    # Without a mark in front, spreadsheets take × for two letters.
    return rows.getvalue().encode("utf-8-sig")


def _page(sheet: Sheet, answered: Sequence[bool]) -> bytes:
    """Write one HTML page without scripts that fetches nothing."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("exprlearn", "worksheet"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    written = environment.get_template("sheet.html.jinja").render(
        pages=sheet.printed(answered),
        of=len(sheet.pages),
        title=visible_line(sheet.title),
        seed=visible_line(sheet.seed),
        command=visible_line(sheet.command),
        version=__version__,
        answered=all(answered),
        measures=measures,
    )
    return written.encode()


def _pdf(sheet: Sheet, answered: Sequence[bool]) -> bytes:
    return draw_pdf(sheet, sheet.printed(answered))


#: What writes each format, by the ending of a file's name; it is told of each run through the pages whether answered.
FORMATS: Final[Mapping[str, Callable[[Sheet, Sequence[bool]], bytes]]] = {".html": _page, ".pdf": _pdf, ".csv": _table}
