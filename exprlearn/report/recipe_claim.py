"""What was claimed of a run that began with a recipe, and whether it came out as expected."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from exprlearn.errors import RunError
from exprlearn.scoring import Scores, percent


class Expected(BaseModel):
    """Where a recipe's score is expected, both ends inside."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)

    metric: Literal["exact_match", "rmse"]
    low: float
    high: float


class Claim(BaseModel):
    """What run.json keeps of the recipe that a run began with.

    Attributes:
        name: of the recipe.
        claim: the number that its page gives.
        measured: what that number was really measured on.
        band: where a rerun is expected; None for a recipe that was never measured.
        changed: settings that decide the result and were asked for otherwise.
    """

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)

    name: str
    claim: str
    measured: str
    band: Expected | None = None
    changed: list[str] = []

    def value(self, scores: Scores) -> float | None:
        """Return the score that the band is about; None where there is none."""
        by_rmse = self.band is not None and self.band.metric == "rmse"
        return scores.rmse if by_rmse else scores.exact_match.value

    def is_inside(self, scores: Scores) -> bool | None:
        """Tell whether the score lies in the band; None without one or the other."""
        value = self.value(scores)
        return None if self.band is None or value is None else self.band.low <= value <= self.band.high

    def lines(self, scores: Scores) -> Iterator[tuple[str, str]]:
        """Yield what stands beside the result: a name and a text each."""
        yield "recipe", self.name
        yield "claims", self.claim
        yield "measured on", self.measured
        yield "this run", self._verdict(scores)
        if self.changed:
            yield "but", f"the band is for the recipe as it is, and this run changed {', '.join(self.changed)}"
        yield "read on", f"exprlearn recipes show {self.name}"

    def _verdict(self, scores: Scores) -> str:
        value, band = self.value(scores), self.band
        if band is None or value is None:
            return f"{percent(scores.exact_match.value)} of unseen expressions exact; nothing is expected of it yet"
        is_share = band.metric == "exact_match"
        low, high, came = (percent(each) if is_share else f"{each:.3g}" for each in (band.low, band.high, value))
        came = f"{came} of unseen expressions exact" if is_share else f"rmse {came} on unseen expressions"
        where = "as expected, inside" if band.low <= value <= band.high else "not as expected, outside"
        return f"{came}: {where} the band from {low} to {high} that seeds and backends came to"

    def document(self, scores: Scores) -> dict[str, Any]:
        """Return it as plain values, for JSON."""
        return {**self.model_dump(mode="json"), "value": self.value(scores), "in_band": self.is_inside(scores)}


def claim_of(facts: Mapping[str, Any]) -> Claim | None:
    """Read what run.json says of a recipe; None for a run that began with none, a RunError if it is damaged."""
    if facts.get("recipe") is None:
        return None
    try:
        return Claim.model_validate(facts["recipe"])
    except ValidationError as error:
        problem = error.errors()[0]
        key = ".".join(map(str, ("recipe", *problem["loc"])))
        raise RunError(f"run.json is damaged: {key}: {problem['msg'].lower()}") from error
