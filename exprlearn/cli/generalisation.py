"""`evaluate --beyond` and `--lengths`: the cube in a terminal and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from exprlearn.cli.options import CommandOptions
from exprlearn.cli.output import echo, print_document, print_table
from exprlearn.errors import OptionError, SizeError
from exprlearn.runs.generalisation import Beyond
from exprlearn.runs.run import Run
from exprlearn.sampling.counting.sizes import read_bounds
from exprlearn.scoring import percent, span
from exprlearn.scoring.cube import Axes, Cell, Cube, Mark

#: The least that each axis begins with.
LEAST = {"digits": 1, "terms": 2, "depth": 0}
REGIONS: dict[str, tuple[Mark, ...]] = {
    "all": (),
    "in training": ("in",),
    "partly": ("partly",),
    "beyond training": ("out",),
}


def ask_cube(run: Run, options: CommandOptions, on_progress: Callable[[int, int], None]) -> Cube:
    """Ask a run the cells of the spans that were typed, and where none was those around its training."""
    asking, lengths = Beyond(run, options.per_cell), options.lengths
    axes = asking.lengths(_range("lengths", lengths, least=1)) if lengths else _axes(asking, options)
    return asking.cube(axes, threshold=options.threshold, on_progress=on_progress)


def print_cube(run: Run, cube: Cube, options: CommandOptions) -> None:
    """Print the cells and how many are mastered."""
    if options.json:
        print_document({"run": run.folder.name, "lengths" if options.lengths else "beyond": cube.document()})
        return
    _print_lengths(cube) if options.lengths else _print_cells(cube)
    if note := run.answerer.rules.beyond_note:
        echo(note)
    echo(f"\nmastered, at least {cube.threshold:.0%} exact (cells, and how many their intervals allow):")
    for name, marks in REGIONS.items():
        frontier = cube.frontier(*marks)
        if frontier.of:
            echo(f"  {name}: {frontier.value} of {frontier.of} ({frontier.low} – {frontier.high})")
    for reason, count in Counter(cell.reason for cell in cube.cells if cell.reason).most_common():
        echo(f"– {reason}: {count} cells")


def _axes(asking: Beyond, options: CommandOptions) -> Axes:
    spans = {name: getattr(options, name) for name in LEAST}
    given = {name: _range(name, span, LEAST[name]) for name, span in spans.items() if span is not None}
    return replace(asking.axes, **given)  # type: ignore[arg-type]


def _range(name: str, span: str, least: int) -> range:
    """Read a span such as 1..20; an `OptionError` where it is none, or it is empty, open or too low."""
    try:
        low, high = read_bounds(name, span)
    except SizeError as error:
        raise OptionError(f"--{name}: {error}") from error
    if high is None or low < least:
        raise OptionError(f"--{name} {span}: give both ends, from {least} on, such as --{name} {least}..{least + 3}")
    return range(low, high + 1)


def _print_cells(cube: Cube) -> None:
    """Print a row for each size and a column for each set of operators; beyond training in brackets."""
    signs = list(cube.axes.operators)
    rows: dict[tuple[int, int, int], dict[str, str]] = {}
    for cell in cube.cells:
        size = cell.coordinates.digits, cell.coordinates.terms, cell.coordinates.depth
        rows.setdefault(size, {})[cell.coordinates.operators] = _said(cell)
    titles = ("digits", "terms", "depth", *signs)
    print_table(titles, [(*size, *(row.get(sign, "") for sign in signs)) for size, row in rows.items()], right=titles)
    echo("percent exact; (beyond training), ~ partly beyond, – not asked")


def _print_lengths(cube: Cube) -> None:
    rows = []
    for cell in cube.cells:
        exact, place = cell.exact_match, cell.coordinates
        shares = ("–", "–", "–") if exact is None else (exact.count, percent(exact.value), span(exact))
        rows.append((place.digits, place.operators, *shares, "beyond" if cell.mark == "out" else cell.mark))
    print_table(("digits", "operators", "n", "exact", "95 %", "training"), rows, right=("digits", "n", "exact", "95 %"))


def _said(cell: Cell) -> str:
    if cell.exact_match is None:
        return "–"
    said = f"{100 * cell.exact_match.value:.0f}"
    return {"in": said, "partly": f"~{said}", "out": f"({said})"}[cell.mark]
