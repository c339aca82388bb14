"""Typed options of components: pydantic models whose errors name the nearest valid key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from exprlearn.errors import OptionError, suggest


class Options(BaseModel):
    """Frozen options of one component; subclass it, give every field a default and `Field(description=...)`."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True)


class NoOptions(Options):
    """A component without options."""


Model = TypeVar("Model", bound=BaseModel)

#: Problems that are told one by one, and characters of what came: a file can be wrong in a hundred thousand places.
MOST_TOLD, MOST_SHOWN = 50, 500


def bind(model: type[Model], values: Mapping[str, Any], *, where: str) -> Model:
    """Make the options `model` from plain values, which may be text from a command line.

    An `OptionError` tells every problem at once, each with its key below `where`.

    >>> class Width(Options):
    ...     units: int = 128
    >>> bind(Width, {"units": "64"}, where="model").units
    64
    """
    try:
        return model.model_validate(dict(values))
    except ValidationError as error:
        problems = error.errors()
        lines = [explain(problem, model, where) for problem in problems[:MOST_TOLD]]
        rest = [f"{where}: and {len(problems) - MOST_TOLD} more problems"] if problems[MOST_TOLD:] else []
        raise OptionError([*lines, *rest]) from None


def explain(problem: Any, model: type[BaseModel], where: str) -> str:
    """Say one pydantic problem in a line: the key, what it must be and what came."""
    location = [str(part) for part in problem["loc"]]
    key = ".".join([where, *location] if where else location)
    if problem["type"] == "extra_forbidden":
        return f"{key}: unknown key, {suggest(location[-1], sorted(keys_at(model, location[:-1])))}"
    message = problem["msg"].removeprefix("Value error, ")
    received = repr(problem["input"])
    shown = received if len(received) <= MOST_SHOWN else f"{received[:MOST_SHOWN]}…"
    return f"{key}: {message[:1].lower()}{message[1:]}. Received: {shown}"


def keys_at(model: type[BaseModel], location: list[str]) -> list[str]:
    """List the keys that `model` takes at a nested location."""
    for part in location:
        field = model.model_fields.get(part)
        annotation = field.annotation if field is not None else None
        if not (isinstance(annotation, type) and issubclass(annotation, BaseModel)):
            return []
        model = annotation
    return list(model.model_fields)
