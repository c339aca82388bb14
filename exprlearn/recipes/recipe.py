"""A recipe: the settings of an experiment, where it comes from, and what is claimed, measured and expected of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from exprlearn.config import Preset

Metric = Literal["exact_match", "rmse"]
Words = Annotated[str, Field(min_length=1)]


class Frozen(BaseModel):
    """A table of a recipe file; unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Band(Frozen):
    """Where the score of a rerun is expected, both ends inside.

    >>> 0.5 in Band(metric="exact_match", low=0.4, high=0.5)
    True
    """

    metric: Metric
    low: Annotated[float, Field(ge=0)]
    high: float

    @model_validator(mode="after")
    def _runs_upwards(self) -> Band:
        if self.low > self.high:
            raise ValueError("low lies above high")
        if self.metric == "exact_match" and self.high > 1:
            raise ValueError("exact match is a share: high is at most 1")
        return self

    def __contains__(self, value: float) -> bool:
        return self.low <= value <= self.high


class Measurement(Frozen):
    """A score that was measured once on `count` unseen expressions, by a seed, versions and a machine, in words."""

    value: float
    low: float
    high: float
    count: Annotated[int, Field(ge=1)]
    by: Words

    @model_validator(mode="after")
    def _lies_inside(self) -> Measurement:
        if not self.low <= self.value <= self.high:
            raise ValueError("the value lies outside of its interval")
        return self


class About(Frozen):
    """The `[recipe]` table.

    Attributes:
        title: what is learned, by what.
        source: the page it comes from, and its author.
        claim: the number that the page gives.
        measured: what that number was really measured on.
        otherwise: what this recipe does in another way than its source, and why.
        pair: the recipe that differs in the one thing asked about; together they answer `question`.
        band: where a rerun is expected; a recipe that was never run to its end has none.
        ours: the score on expressions that training cannot have seen.
    """

    title: Words
    source: Words
    claim: Words
    measured: Words
    otherwise: Words
    question: Words | None = None
    pair: Words | None = None
    band: Band | None = None
    ours: Measurement | None = None

    @model_validator(mode="after")
    def _goes_together(self) -> About:
        if (self.question is None) != (self.pair is None):
            raise ValueError("a question and a pair go together")
        if (self.band is None) != (self.ours is None):
            raise ValueError("a band follows from a measurement: give both or neither")
        return self


@dataclass(frozen=True)
class Recipe:
    """An experiment that is ready to be run: its settings are sections of a config, as plain values."""

    name: str
    about: About
    settings: Mapping[str, Any]

    @property
    def preset(self) -> Preset:
        """Return the settings as the lowest layer of a config."""
        return Preset(self.name, self.settings)

    def document(self) -> dict[str, Any]:
        """Return all of it as plain values, for JSON."""
        return {"name": self.name, **self.about.model_dump(mode="json"), "settings": dict(self.settings)}
