"""A run as one HTML page that opens offline: everything inside, nothing fetched, and readable without its scripts."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exprlearn.counts import counted
from exprlearn.errors import RunError
from exprlearn.inline import island, policy
from exprlearn.report import page_sections
from exprlearn.report.cube_view import cell_text, cube_view
from exprlearn.report.error_maps import error_maps, map_chart, map_document
from exprlearn.report.length_curves import MOST_ROWS, length_rows, lengths_chart
from exprlearn.report.page_sections import stage_matrix, written_answers
from exprlearn.report.recipe_claim import claim_of
from exprlearn.report.scripts import own_script, vega_script
from exprlearn.report.svg import draw
from exprlearn.report.terminal import notes
from exprlearn.report.wording import clip, crowding, lasting, next_commands, run_reference, title
from exprlearn.runs.record import RunRecord, read_record
from exprlearn.runs.run_files import write_text
from exprlearn.runs.schema import KeptCube
from exprlearn.scoring import Scores, percent, score, span
from exprlearn.visible import visible, visible_values

if TYPE_CHECKING:
    from jinja2 import Environment

NAME = "report.html"


def write_page(
    folder: Path,
    scores: Scores | None = None,
    *,
    split: str = "test",
    others: Sequence[Path] = (),
    noted: Callable[[str], None] = lambda sentence: None,
) -> Path:
    """Write the page of a run folder and return its path; what cannot be read, scored or written is a RunError.

    Args:
        folder: the run folder.
        others: run folders, such as of other seeds: the curve by lengths is the mean of all, and its band goes from the
            least to the most.
        scores: the scores to show; None scores predictions.jsonl anew.
        split: the split that was scored.
        noted: hears what the page lacks; the page says it too.
    """
    read = read_record(Path(folder))
    scores = score_record(read) if scores is None else scores
    figures = page_figures(read, scores, others)
    figures["undrawn"] = draw([*figures["charts"], *(chart for _, chart in figures["maps"])])
    write_text(read.path / NAME, render(read, scores, figures, split))
    if figures["undrawn"]:
        noted(figures["undrawn"])
    return read.path / NAME


def score_record(folder: RunRecord) -> Scores:
    """Score the predictions that a run folder keeps; where there are none, a RunError says how to make them."""
    if not folder.predictions:
        run = run_reference(folder.path)
        raise RunError(f"{folder.path} has no predictions to report on: exprlearn evaluate {run}")
    rows = folder.predictions
    return score(
        [row.expression for row in rows],
        [row.answer for row in rows],
        [row.truth for row in rows],
        common_answer=folder.run.get("common_answer"),
        checks=[row.check for row in rows],
        framing="mapping" if folder.run.get("framing") == "mapping" else "teacher-forced",
    )


def render(folder: RunRecord, scores: Scores, figures: Mapping[str, Any], split: str = "test") -> str:
    """Fill the page's template; every text of the run is escaped."""
    asked = folder.predictions[0].expression if folder.predictions else "12+34"
    scripts = (vega_script(), own_script("drawing.js"), own_script("page.js"))
    return (
        templates()
        .get_template("page.html.jinja")
        .render(
            **_scores_context(scores, split),
            **figures,
            name=folder.path.name,
            origin=origin_of(folder.config),
            stopped_by=folder.run.get("stopped_by"),
            claims=list(claim.lines(scores)) if (claim := claim_of(folder.run)) else [],
            weakest=page_sections.weakest(scores),
            epochs=page_sections.shown_epochs(folder),
            all_epochs=len(folder.epochs),
            stages=stage_matrix(folder.epochs),
            best=folder.best,
            monitor=folder.monitor,
            sample_rows=page_sections.sample_table(folder.samples),
            mistakes=page_sections.mistakes(folder.predictions),
            all_mistakes=sum(not item.correct for item in folder.predictions),
            config_text=clip(folder.config_text, page_sections.MOST_TEXT),
            grammar_text=clip(folder.grammar_text, page_sections.MOST_TEXT),
            environment=page_sections.facts(folder.run),
            reproduce=f"exprlearn train --config {shlex.quote(str(folder.path / 'config.toml'))}",
            next_commands=next_commands(folder.path, asked),
            scripts=scripts,
            policy=policy(scripts),
        )
    )


def page_figures(folder: RunRecord, scores: Scores, others: Sequence[Path] = ()) -> dict[str, Any]:
    """Specify every chart; `live` is what scripts draw again, so that charts answer the pointer."""
    headline, learning = page_sections.headline_chart(scores), page_sections.learning_charts(folder.epochs)
    axes, written = list(page_sections.axes(scores)), written_answers(folder.written)
    maps = [(shown, map_chart(shown)) for shown in error_maps(folder.predictions)]
    groups = page_sections.named_mistakes(folder.predictions)
    named = [page_sections.mistakes_chart(groups)] if groups else []
    cube, lengths = cube_view(folder.beyond), length_rows(asked_lengths(folder, others))
    length_chart = lengths_chart(lengths)
    drawn = [chart for chart in (cube and cube.chart, length_chart) if chart]
    drawn += [chart for _, chart in learning] + [axis.chart for axis in axes] + [item.chart for item in written]
    charts = [headline, *named, *drawn]
    live = {"charts": [chart.spec for chart in charts], "maps": [map_document(*shown) for shown in maps]}
    return {
        "headline_chart": headline,
        "learning_charts": learning,
        "axes": axes,
        "written": written,
        "maps": maps,
        "cube": cube,
        "lengths": lengths[:MOST_ROWS],
        "length_runs": 1 + len(others),
        "length_chart": length_chart,
        "cell_text": cell_text,
        "mistake_groups": groups,
        "mistake_chart": named,
        "charts": charts,
        "live": island(visible_values(live)),
    }


def asked_lengths(folder: RunRecord, others: Sequence[Path]) -> list[KeptCube]:
    """Read what `--lengths` asked of each run; with others beside it, a run that was not asked is a RunError."""
    records = [folder, *map(read_record, others)]
    for record in records[: len(records) if others else 0]:
        if not record.lengths.cells:
            run = run_reference(record.path)
            raise RunError(f"{record.path} was not asked longer numbers: exprlearn evaluate {run} --lengths 1..20")
    return [record.lengths for record in records]


def scores_fragment(scores: Scores, split: str = "test") -> str:
    """Render only the test table, as a notebook shows it."""
    return templates().get_template("scores.html.jinja").render(**_scores_context(scores, split))


def _scores_context(scores: Scores, split: str) -> dict[str, Any]:
    return {"scores": scores, "split": split, "notes": [note for note in notes(scores) if note[0] != "baselines"]}


def origin_of(config: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Pick what decides a result out of a config, as far as it is there."""
    keys = {"grammar": ("grammar", "name"), "model": ("model", "name"), "backend": ("training", "backend")}
    facts = [
        (word, clip(str(config[section][key]), page_sections.MOST_CHARACTERS))
        for word, (section, key) in keys.items()
        if key in config.get(section, {})
    ]
    return [*facts, ("seed", str(config["seed"]))] if "seed" in config else facts


@cache
def templates(*rooms: str) -> Environment:
    """Make the templates of this room, and of further ones that write pages like it."""
    from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=ChoiceLoader([PackageLoader("exprlearn", room) for room in (*rooms, "report")]),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalized,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        crowding=crowding,
        percent=percent,
        span=span,
        counted=counted,
        lasting=lasting,
        title_of=title,
        clipped=partial(clip, most=page_sections.MOST_SAMPLED),
        # Charts are the one thing written as it is: Vega has escaped the texts in them.
        drawn=Markup,
    )
    return environment


def _finalized(value: Any) -> Any:
    """Show the control characters of whatever a template writes."""
    from markupsafe import Markup

    return Markup(visible(value)) if isinstance(value, Markup) else visible(value) if isinstance(value, str) else value
