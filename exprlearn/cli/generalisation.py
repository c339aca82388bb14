"""`evaluate --beyond` and `--lengths`: the cube in a terminal and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Annotated

from exprlearn.cli.options import panel
from exprlearn.cli.output import echo, print_document, print_table

if TYPE_CHECKING:
    from exprlearn.runs.generalisation import Beyond
    from exprlearn.runs.run import Run
    from exprlearn.scoring.cube import Axes, Cell, Cube, Mark

BEYOND = panel("Beyond")

BeyondOption = Annotated[bool, BEYOND("Ask digits × terms × depth × operators, in and beyond.")]
LengthsOption = Annotated[str | None, BEYOND("Ask numbers of so many digits.", "1..20")]
DigitsOption = Annotated[str | None, BEYOND("Of every number, for --beyond.", "1..4")]
TermsOption = Annotated[str | None, BEYOND("Numbers, for --beyond.", "2..5")]
DepthOption = Annotated[str | None, BEYOND("Of brackets, for --beyond.", "0..2")]
PerCellOption = Annotated[int, BEYOND("Expressions asked of each cell.", min=1)]
ThresholdOption = Annotated[float, BEYOND("Exact match of a mastered cell.", min=0, max=1)]


def ask_cube(
    run: Run,
    spans: Mapping[str, str | None],
    *,
    lengths: str | None,
    per_cell: int,
    threshold: float,
    on_progress: Callable[[int, int], None],
) -> Cube:
    """Ask a run the cells of the spans given, and where none is given those around its training."""
    from exprlearn.runs.generalisation import Beyond

    asking = Beyond(run, per_cell)
    axes = asking.lengths(_range("lengths", lengths, least=1)) if lengths else _axes(asking, spans)
    return asking.cube(axes, threshold=threshold, told=on_progress)


def print_cube(cube: Cube, run: str, *, lengths: bool, json: bool) -> None:
    """Print the cells and how many are mastered."""
    if json:
        print_document({"run": run, "lengths" if lengths else "beyond": cube.document()})
        return
    _print_lengths(cube) if lengths else _print_cells(cube)
    echo(f"\nmastered, at least {cube.threshold:.0%} exact (cells, and how many their intervals allow):")
    parts: dict[str, tuple[Mark, ...]] = {"in training": ("in",), "partly": ("partly",), "beyond training": ("out",)}
    for name, marks in {"all": (), **parts}.items():
        frontier = cube.frontier(*marks)
        if frontier.of:
            echo(f"  {name}: {frontier.value} of {frontier.of} ({frontier.low} – {frontier.high})")
    for reason, count in Counter(cell.reason for cell in cube.cells if cell.reason).most_common():
        echo(f"– {reason}: {count} cells")


def _axes(asking: Beyond, spans: Mapping[str, str | None]) -> Axes:
    from dataclasses import replace

    least = {"digits": 1, "terms": 2, "depth": 0}
    given = {name: _range(name, span, least[name]) for name, span in spans.items() if span is not None}
    return replace(asking.axes, **given)  # type: ignore[arg-type]


def _range(name: str, span: str, least: int) -> range:
    """Read a span such as 1..20.

    Raises:
        OptionError: it is none, or it is empty, open or too low.
    """
    from exprlearn.errors import OptionError, SizeError
    from exprlearn.sampling.counting.sizes import read_bounds

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
    from exprlearn.scoring import percent, span

    rows = []
    for cell in cube.cells:
        exact = cell.exact_match
        shares = ("–", "–", "–") if exact is None else (exact.count, percent(exact.value), span(exact))
        rows.append(
            (
                cell.coordinates.digits,
                cell.coordinates.operators,
                *shares,
                "beyond" if cell.mark == "out" else cell.mark,
            )
        )
    print_table(("digits", "operators", "n", "exact", "95 %", "training"), rows, right=("digits", "n", "exact", "95 %"))


def _said(cell: Cell) -> str:
    if cell.exact_match is None:
        return "–"
    said = f"{100 * cell.exact_match.value:.0f}"
    return {"in": said, "partly": f"~{said}", "out": f"({said})"}[cell.mark]
