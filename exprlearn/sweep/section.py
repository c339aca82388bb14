"""The section `[sweep]`: what is varied, how settings are chosen, and when a hopeless trial is stopped."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from exprlearn.errors import OptionError
from exprlearn.plugin.options import Options, bind

SECTION = "sweep"


class ChoiceList(Options):
    """Values to choose from, such as `[64, 128]`."""

    values: Annotated[list[Any], Field(min_length=1)]


class Range(Options):
    """A range of numbers, such as `{ low = 1e-4, high = 1e-2, log = true }`; both ends belong to it."""

    low: Annotated[float, Field(description="the smallest number")]
    high: Annotated[float, Field(description="the largest number")]
    log: Annotated[bool, Field(description="equal ratios are equally likely, not equal distances")] = False
    whole: Annotated[bool, Field(description="whole numbers only")] = False

    @model_validator(mode="after")
    def _holds_numbers(self) -> Range:
        if not self.low < self.high:
            raise ValueError(f"low must be below high, not {self.low:g} and {self.high:g}")
        if self.log and self.low <= 0:
            raise ValueError(f"log needs a low above 0, not {self.low:g}")
        if self.whole and not (self.low.is_integer() and self.high.is_integer()):
            raise ValueError(f"whole needs whole ends, not {self.low:g} and {self.high:g}")
        return self


Parameter = ChoiceList | Range


class StopOptions(Options):
    """Successive halving: after some epochs only the best share of the trials goes on."""

    after: Annotated[list[Annotated[int, Field(ge=1)]], Field(min_length=1, description="epochs, ascending")]
    keep: Annotated[float, Field(gt=0, lt=1, description="share of the trials that goes on")] = 0.5

    @field_validator("after")
    @classmethod
    def _ascends(cls, epochs: list[int]) -> list[int]:
        if sorted(set(epochs)) != epochs:
            raise ValueError(f"each must be larger than the one before, not {epochs}")
        return epochs


class SweepSection(Options):
    """How settings are searched.

    >>> read_section({"parameters": {"model.units": [64, 128]}}).search
    'grid'
    """

    search: Annotated[
        Literal["grid", "random", "optuna"],
        Field(description="every combination, independent draws, or what optuna asks for"),
    ] = "grid"
    parameters: Annotated[
        dict[str, Parameter], Field(description="dotted key of the config → list of values, or range")
    ]
    trials: Annotated[int | None, Field(ge=1, description="how many; a grid has what its values make")] = None
    seed: Annotated[int, Field(ge=0, lt=2**32, description="decides what is drawn")] = 0
    stop: Annotated[StopOptions | None, Field(description="when only the best share goes on")] = None
    sampler: Annotated[
        Literal["tpe", "nsgaii", "qmc"],
        Field(description="optuna: Parzen estimators, evolution, or a sequence that fills the space evenly"),
    ] = "tpe"
    batch: Annotated[
        int, Field(ge=1, description="optuna: trials asked for at once, from what all batches before have shown")
    ] = 4


def read_section(table: Mapping[str, Any]) -> SweepSection:
    """Read a section; keys of parameters may be quoted, or be tables of tables as TOML makes of bare dotted keys.

    An OptionError lists every problem at once.

    >>> read_section({"parameters": {"model": {"units": [64]}}}).parameters
    {'model.units': ChoiceList(values=[64])}
    """
    parameters: dict[str, Parameter] = {}
    problems: list[str] = []
    listed = table.get("parameters", {})
    for key, value in flatten_parameters(listed if isinstance(listed, Mapping) else {}):
        try:
            parameters[key] = _parameter(value, where=f"{SECTION}.parameters.{key}")
        except OptionError as error:
            problems += error.problems
    try:
        section = bind(SweepSection, {**table, "parameters": parameters}, where=SECTION)
    except OptionError as error:
        raise OptionError([*problems, *error.problems]) from None
    if not listed:
        problems.append(f'{SECTION}.parameters: say what is varied, such as "model.units" = [64, 128]')
    problems += _contradictions(section)
    if problems:
        raise OptionError(problems)
    return section


def flatten_parameters(tree: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """Walk over parameters by dotted key; a table with `low` or `high` is a range.

    >>> list(flatten_parameters({"seed": [1, 2], "training": {"clip": {"low": 0, "high": 1}}}))
    [('seed', [1, 2]), ('training.clip', {'low': 0, 'high': 1})]
    """
    for name, value in tree.items():
        if isinstance(value, Mapping) and not {"low", "high"} & value.keys():
            yield from flatten_parameters(value, f"{above}{name}.")
        else:
            yield f"{above}{name}", value


def _parameter(value: Any, *, where: str) -> Parameter:
    if isinstance(value, list):
        return bind(ChoiceList, {"values": value}, where=where)
    if isinstance(value, Mapping):
        return bind(Range, value, where=where)
    raise OptionError(f"{where}: write a list of values, or a range such as {{ low = 1, high = 9 }}, not {value!r}")


def _contradictions(section: SweepSection) -> Iterator[str]:
    ranges = [key for key, parameter in section.parameters.items() if isinstance(parameter, Range)]
    if section.search == "grid":
        for key in ranges:
            where = f"{SECTION}.parameters.{key}"
            yield f'{where}: a grid takes a list of values; a range needs search = "random" or "optuna"'
        if section.trials is not None:
            yield f"{SECTION}.trials: a grid has as many trials as its values make; leave it out"
    elif section.trials is None:
        yield f"{SECTION}.trials: say how many trials a {section.search} search has, such as trials = 12"


def describe_settings(settings: Mapping[str, Any]) -> str:
    """Write settings for people.

    >>> describe_settings({"model.units": 64, "reversal.name": "both"})
    'model.units=64 reversal.name=both'
    """
    return " ".join(f"{key}={describe_value(value)}" for key, value in settings.items())


def describe_value(value: Any) -> str:
    """Write one value of a setting.

    >>> describe_value(0.0015), describe_value([64, 64]), describe_value("both")
    ('0.0015', '[64, 64]', 'both')
    """
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
