"""The charts and tables of a report, each as a file of its own: what a paper, a slide or a spreadsheet takes."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, Literal

from exprlearn.errors import RunError
from exprlearn.files import replacing, reporting
from exprlearn.report.charts import Chart
from exprlearn.report.error_maps import MapCell
from exprlearn.report.page import page_figures, score_record
from exprlearn.report.page_sections import StageMatrix, stage_matrix
from exprlearn.report.svg import NAMESPACES, draw
from exprlearn.report.wording import run_reference, title
from exprlearn.runs.record import RunRecord, read_record
from exprlearn.scoring import Interval, Scores
from exprlearn.visible import visible_line

FigureFormat = Literal["svg", "png", "csv", "tex"]
#: Where they go in a run folder.
FOLDER = "figures"
# Pixels of a picture for each pixel of its chart, so that text is sharp in print.
_SCALE = 3
# What LaTeX takes for commands.
_SPECIAL: Final = str.maketrans({
    **{sign: f"\\{sign}" for sign in "&%$#_{}"},
    "<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}", "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}", "\\": r"\textbackslash{}",
})  # fmt: skip


@dataclass(frozen=True)
class Figure:
    """A chart with its numbers, or a table, which has no chart; shares run from 0 to 1."""

    name: str
    rows: Sequence[Mapping[str, Any]]
    chart: Chart | None = None


def save_figures(run: Path, file_format: FigureFormat, others: Sequence[Path] = ()) -> list[Path]:
    """Write what the report of a run, beside others, shows as files under its `figures/`, and return their paths.

    `svg` and `png` are the charts, in the light colours of the page; `csv` and `tex` the numbers of charts and tables.

    Raises:
        RunError: the run has no predictions, the charts cannot be drawn here, or a file cannot be written.
    """
    record = read_record(run)
    found = figures(record, score_record(record), others)
    if file_format in ("svg", "png"):
        charts = [figure.chart for figure in found if figure.chart]
        if undrawn := draw(charts):
            raise RunError(f"{undrawn}: exprlearn report {run_reference(run)} --format csv")
        contents = {figure.name: _picture(figure.chart.svg, file_format) for figure in found if figure.chart}
    else:
        write = csv_table if file_format == "csv" else latex_table
        contents = {figure.name: write(figure.rows).encode() for figure in found}
    folder = record.path / FOLDER
    with reporting(f"cannot write {folder}", RunError):
        folder.mkdir(exist_ok=True)
    paths = [folder / f"{name}.{file_format}" for name in contents]
    for path, content in zip(paths, contents.values(), strict=True):
        with replacing(path, RunError) as stream:
            stream.write(content)
    return paths


def figures(record: RunRecord, scores: Scores, others: Sequence[Path] = ()) -> list[Figure]:
    """Collect the charts of a run's report with their numbers, and its tables, each by a name of its own."""
    shown = page_figures(record, scores, others)
    found = [Figure("result", _result(scores), shown["headline_chart"])]
    found += [Figure(_named(name), chart_rows(chart), chart) for name, chart in shown["learning_charts"]]
    for axis in shown["axes"]:
        groups = [{axis.title: group.group, **_scored(group.interval, group.digit_accuracy)} for group in axis.groups]
        found.append(Figure(_named(f"by {axis.title}"), groups, axis.chart))
    for error_map, chart in shown["maps"]:
        rows = [_cell(error_map.across, error_map.down, cell) for cell in error_map.cells.values()]
        found.append(Figure(_named(error_map.title), rows, chart))
    if cube := shown["cube"]:
        found.append(Figure("beyond", chart_rows(cube.chart), cube.chart))
    lengths = [
        {"digits": row.digits, "operators": row.operators, **_interval(row.exact)}
        for row in shown["lengths"]
        if row.exact
    ]
    found.append(Figure("lengths", lengths, shown["length_chart"]))
    mistakes = [{"mistake": group.name, **_interval(group.share, "share")} for group in shown["mistake_groups"]]
    found += [Figure("mistakes", mistakes, chart) for chart in shown["mistake_chart"]]
    found += [
        Figure(f"written-{number}", chart_rows(item.chart), item.chart)
        for number, item in enumerate(shown["written"], start=1)
    ]
    found += [Figure(name, rows) for name, rows in _tables(record).items()]
    return [figure for figure in found if figure.rows]


def _tables(record: RunRecord) -> dict[str, list[dict[str, Any]]]:
    """Collect the tables that have no chart, and all of their rows."""
    wrong = {"expression", "answer", "truth", "probability", "mistake"}
    return {
        "epochs": [epoch.model_dump(exclude={"stages", "metrics"}) | epoch.metrics for epoch in record.epochs],
        "stages": _stage_rows(stage_matrix(record.epochs)),
        "samples": [row.model_dump(include={"epoch", "expression", "answer", "truth"}) for row in record.samples],
        "wrong-answers": [row.model_dump(include=wrong) for row in record.predictions if not row.correct],
    }


def _stage_rows(matrix: StageMatrix | None) -> list[dict[str, Any]]:
    return (
        [
            {"trained until": stage, "epoch": epoch, **dict(zip(matrix.stages, shares, strict=True))}
            for stage, epoch, shares in matrix.rows
        ]
        if matrix
        else []
    )


def _result(scores: Scores) -> list[dict[str, Any]]:
    model = {"answers": "this model", **_scored(scores.exact_match, scores.digit_accuracy)}
    return [model, *({"answers": title(name), "exact_match": share} for name, share in scores.baselines.items())]


def chart_rows(chart: Chart) -> list[dict[str, Any]]:
    """Return the numbers that a chart draws, a row for each point or square, under the titles that the chart has."""
    encoding = chart.spec["encoding"]
    titled = [encoding["x"], encoding["y"], *encoding.get("tooltip", [])]
    titles = {item["field"]: item["title"] for item in titled if item.get("title")}
    return [
        {titles.get(name, name): value for name, value in row.items() if name != "outlined"}
        for row in chart.spec["data"]["values"]
    ]


def csv_table(rows: Sequence[Mapping[str, Any]]) -> str:
    """Write rows as CSV, a column for each name that occurs.

    >>> csv_table([{"answers": "this model", "n": 20}, {"answers": "blank, always"}])
    'answers,n\\nthis model,20\\n"blank, always",\\n'
    """
    text = io.StringIO()
    table = csv.DictWriter(text, _columns(rows), lineterminator="\n")
    table.writeheader()
    table.writerows({name: _cell_text(value) for name, value in row.items()} for row in rows)
    return text.getvalue()


def latex_table(rows: Sequence[Mapping[str, Any]]) -> str:
    r"""Write rows as a LaTeX table with the rules of `booktabs`; numbers have four significant digits.

    >>> print(latex_table([{"loss_%": 0.123456}]), end="")
    \begin{tabular}{r}
    \toprule
    loss\_\% \\
    \midrule
    0.1235 \\
    \bottomrule
    \end{tabular}
    """
    columns = _columns(rows)
    aligned = "".join("l" if any(isinstance(row.get(name), str) for row in rows) else "r" for name in columns)
    cells = [columns, *([_cell_text(row.get(name), 4) for name in columns] for row in rows)]
    head, *body = (" & ".join(text.translate(_SPECIAL) for text in line) + r" \\" for line in cells)
    table = [
        rf"\begin{{tabular}}{{{aligned}}}",
        r"\toprule",
        head,
        r"\midrule",
        *body,
        r"\bottomrule",
        r"\end{tabular}",
    ]
    return "\n".join(table) + "\n"


def _columns(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    return list(dict.fromkeys(name for row in rows for name in row))


def _cell_text(value: Any, digits: int | None = None) -> str:
    if isinstance(value, float) and digits:
        return f"{value:.{digits}g}"
    return "" if value is None else visible_line(str(value))


def _picture(svg: str, file_format: str) -> bytes:
    """Make an SVG element of a page a file of its own, on white, with its colours written out."""
    svg = re.sub(r"var\((--[\w-]+)\)", lambda found: _colours()[found[1]], svg)
    svg = svg.replace("currentColor", _colours()["--ink"])
    begun, drawn = svg.split(">", 1)
    paper = f'<rect width="100%" height="100%" fill="{_colours()["--paper"]}"/>'
    svg = f"{begun}{''.join(NAMESPACES)}>{paper}{drawn}"
    if file_format == "svg":
        return svg.encode()
    import vl_convert

    return bytes(vl_convert.svg_to_png(svg, scale=_SCALE))


@cache
def _colours() -> dict[str, str]:
    """Read the light colours of the page."""
    light = files("exprlearn.report").joinpath("page.css").read_text(encoding="utf-8").partition("@media")[0]
    return dict(re.findall(r"(--[\w-]+): (#[0-9a-f]{6})", light))


def _named(text: str) -> str:
    """Make a title the name of a file.

    >>> _named("By digits of the longest number")
    'by-digits-of-the-longest-number'
    """
    return re.sub(r"\W+", "-", text.lower()).strip("-")


def _interval(interval: Interval, name: str = "exact_match") -> dict[str, float]:
    return {"n": interval.count, name: interval.value, "low": interval.low, "high": interval.high}


def _scored(exact_match: Interval, digits: float) -> dict[str, float]:
    return {**_interval(exact_match), "digits": digits}


def _cell(across: str, down: str, cell: MapCell) -> dict[str, Any]:
    return {across: cell.column, down: cell.row, "n": cell.count, "right": cell.right, "exact_match": cell.share}
