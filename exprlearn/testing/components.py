"""What holds for a component of any kind: a light import, and options that can be written down."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from typing import Any

import tomli_w

from exprlearn.errors import OptionError
from exprlearn.plugin.options import bind
from exprlearn.testing.check import Check, demand
from exprlearn.testing.fresh import heavy_modules
from exprlearn.testing.subject import Subject


def importing_it_leaves_keras_out(subject: Subject) -> None:
    """Load the plugin in a fresh process: Keras and its backends belong inside `build`."""
    found = heavy_modules(subject.entry)
    demand(not found, f"importing '{subject.entry.plugin}' imports {', '.join(found)}: import it inside of build")


def every_option_has_a_default(subject: Subject) -> None:
    """Make the options of nothing."""
    try:
        bind(subject.spec.options, {}, where=subject.kind)
    except OptionError as error:
        demand(False, f"without any value: {error}")


def every_option_is_described(subject: Subject) -> None:
    """Look for a description in the field of each option."""
    silent = [name for name, field in subject.spec.options.model_fields.items() if not field.description]
    demand(not silent, f"no description: {', '.join(silent)}; write Field(default, description=...)")


def unknown_options_are_refused(subject: Subject) -> None:
    """Give an option that nobody has."""
    try:
        bind(subject.spec.options, {**subject.options, "no_such_option": 1}, where=subject.kind)
    except OptionError:
        return
    demand(False, "an option that does not exist is taken: leave extra='forbid' as exprlearn.plugin.Options has it")


def options_come_back_from_json_and_toml(subject: Subject) -> None:
    """Write the options down as a run does, in both forms, and read them again."""
    written = subject.bound.model_dump(mode="json")
    read = {"JSON": json.loads(json.dumps(written)), "TOML": tomllib.loads(tomli_w.dumps(_without_none(written)))}
    for form, values in read.items():
        back = bind(subject.spec.options, values, where=subject.kind)
        demand(back == subject.bound, f"{subject.bound!r} comes back from {form} as {back!r}")


def _without_none(tree: Mapping[str, Any]) -> dict[str, Any]:
    """Drop what is None, for TOML has no such value."""
    return {
        name: _without_none(value) if isinstance(value, Mapping) else value
        for name, value in tree.items()
        if value is not None
    }


CHECKS = (
    Check(importing_it_leaves_keras_out),
    Check(every_option_has_a_default),
    Check(every_option_is_described),
    Check(unknown_options_are_refused),
    Check(options_come_back_from_json_and_toml),
)
