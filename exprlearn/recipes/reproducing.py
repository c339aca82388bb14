"""Doing a run again from what its folder keeps, and a recipe from what it says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from exprlearn.backend.reproducibility import versions
from exprlearn.config import Components
from exprlearn.errors import DataError, RunError
from exprlearn.recipes.comparison import Comparison, compare
from exprlearn.recipes.recipe import Band, Metric, Recipe
from exprlearn.report import Report
from exprlearn.runs.curriculum_stages import restore_grammars
from exprlearn.runs.run_files import read_lines
from exprlearn.runs.run_folder import RunFolder
from exprlearn.runs.schema import Epoch
from exprlearn.runs.starting import ORIGIN
from exprlearn.scoring import Scores
from exprlearn.training.observers import Observer
from exprlearn.walk import learn

Change = tuple[str | None, str | None]


def rerun(
    folder: RunFolder, components: Components, *, runs: Path, observer: Observer, name: str | None = None
) -> tuple[Report, Comparison]:
    """Do a run again in a new folder, for as many epochs as it did, and compare the two.

    The grammar is the text that the folder keeps. What stopped the run, such as a time limit, is not asked again, but
    the learning rate follows the schedule that was laid out for all of its epochs.

    Raises:
        RunError: the run has not finished an epoch, or is damaged.
    """
    rows = read_lines(folder.path / "metrics.jsonl", Epoch)
    if not rows:
        raise RunError(f"the run {folder.path} has not finished an epoch: there is nothing to compare with")
    report = learn(
        components.config,
        restore_grammars(folder, components),
        runs=runs,
        name=name,
        observer=observer,
        grammar_text=folder.read_text("grammar.lark"),
        until=rows[-1]["epoch"],
    )
    return report, compare(folder, RunFolder(report.run))


def changed_versions(folder: RunFolder, components: Components) -> dict[str, Change]:
    """Map every package and component whose version is not the recorded one to the versions then and now.

    Raises:
        RunError: the run is damaged.
    """
    facts = folder.read_facts()
    kept = {kind: tuple(map(origin.get, ORIGIN)) for kind, origin in facts.get("components", {}).items()}
    then = {**facts.get("versions", {}), **_brought(kept)}
    now = {**versions(), **_brought(components.origins)}
    return {name: (then.get(name), now.get(name)) for name in {**then, **now} if then.get(name) != now.get(name)}


def _brought(origins: Mapping[str, tuple[Any, ...]]) -> dict[str, str]:
    """Write distribution and version of each component that is not built in, whose version is exprlearn's own."""
    return {kind: f"{origin[1]} {origin[2]}" for kind, origin in origins.items() if origin[0] != "exprlearn"}


@dataclass(frozen=True)
class Judgement:
    """A recipe that was run, beside what was expected of it.

    Attributes:
        metric: what the band is about.
        value: what came out.
        band: None for a recipe that was never measured.
    """

    metric: Metric
    value: float
    band: Band | None

    @property
    def in_band(self) -> bool | None:
        """Tell whether the value is as expected; None when nothing is."""
        return None if self.band is None else self.value in self.band

    def document(self) -> Mapping[str, Any]:
        """Return it as plain values, for JSON."""
        band = None if self.band is None else {"low": self.band.low, "high": self.band.high}
        return {"metric": self.metric, "value": self.value, "band": band, "in_band": self.in_band}


def judge(recipe: Recipe, scores: Scores) -> Judgement:
    """Compare the scores of a recipe's run with its band; without a band, exact match stands alone.

    Raises:
        DataError: the band is about numbers and the model writes texts that are none.
    """
    band = recipe.about.band
    if band is None or band.metric == "exact_match":
        return Judgement("exact_match", scores.exact_match.value, band)
    if scores.rmse is None:
        raise DataError(f"the recipe '{recipe.name}' expects an RMSE: choose a mapping model, such as mapping-mlp")
    return Judgement("rmse", scores.rmse, band)
