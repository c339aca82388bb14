"""What every component promises, and the class for pytest: a subclass names a component, each check is a test of it."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar

import tomli_w

from exprlearn.errors import OptionError, UnknownName, suggest
from exprlearn.plugin.kinds import KINDS
from exprlearn.plugin.manager import plugins_from_environment
from exprlearn.plugin.options import bind
from exprlearn.testing.check import Check, Run, Subject, always, demand, find_subject
from exprlearn.testing.fresh import heavy_modules

#: The checks of each kind, without those of every component.
CHECKS: dict[str, tuple[Check, ...]] = dict.fromkeys(KINDS, ())


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


OF_EVERY_COMPONENT = (
    Check(importing_it_leaves_keras_out),
    Check(every_option_has_a_default),
    Check(every_option_is_described),
    Check(unknown_options_are_refused),
    Check(options_come_back_from_json_and_toml),
)


def checks_of(kind: str) -> tuple[Check, ...]:
    """List the checks of a kind: those of every component, then its own; an unknown one is an `UnknownName`."""
    if kind not in CHECKS:
        raise UnknownName(f"no checks for components of the kind '{kind}': {suggest(kind, list(CHECKS))}")
    return OF_EVERY_COMPONENT + CHECKS[kind]


def _test(check: Check) -> Callable[[Any], None]:
    def test(self: Any) -> None:
        subject = self.subject()
        if check.applies(subject):
            check.run(subject)
            return
        import pytest

        # Not every check has something to ask of every component, and a test that ran nothing must not count as passed.
        pytest.skip(f"says nothing about {subject.entry}")

    test.__name__, test.__doc__ = f"test_{check.name}", check.run.__doc__
    return test


class Contract:
    """What components of one kind promise.

    Attributes:
        component: the name that it is registered under, or `plugin/name`.
        options: plain option values that keep the tests quick.
        plugin_files: one-file plugins to load; an installed one is found by itself.
        reloaded_on: the backends that a model's weights are taken to; none is the one that runs.
    """

    kind: ClassVar[str]
    component: ClassVar[str]
    options: ClassVar[Mapping[str, Any]] = {}
    plugin_files: ClassVar[Sequence[str | Path]] = ()
    reloaded_on: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls, kind: str = "", **settings: Any) -> None:
        """Give the class of a kind a test for each check there is."""
        super().__init_subclass__(**settings)
        if kind:
            cls.kind = kind
            for check in checks_of(kind):
                setattr(cls, f"test_{check.name}", _test(check))

    @classmethod
    def check(cls, needs: Run | None = None, applies: Callable[[Subject], bool] = always) -> Callable[[Run], Run]:
        """Return what adds a function to the checks of the kind, and to the class a test of it; as `Check`."""

        def add(run: Run) -> Run:
            check = Check(run, needs, applies)
            CHECKS[cls.kind] += (check,)
            setattr(cls, f"test_{check.name}", _test(check))
            return run

        return add

    @classmethod
    @lru_cache
    def subject(cls) -> Subject:
        """Find the component, once for all of its tests."""
        plugins = plugins_from_environment(files=cls.plugin_files)
        return find_subject(cls.kind, cls.component, plugins, options=cls.options, reloaded_on=cls.reloaded_on)
