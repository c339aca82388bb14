"""The checks as classes for pytest, one a kind: a subclass names a component, and each check is a test of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar

from exprlearn.plugin.manager import plugins_from_environment
from exprlearn.testing.catalogue import checks_of
from exprlearn.testing.check import Check
from exprlearn.testing.subject import Subject, find_subject


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
        """Give the class of a kind a test for each check."""
        super().__init_subclass__(**settings)
        if kind:
            cls.kind = kind
            for check in checks_of(kind):
                setattr(cls, f"test_{check.name}", _test(check))

    @classmethod
    @lru_cache
    def subject(cls) -> Subject:
        """Find the component, once for all of its tests."""
        plugins = plugins_from_environment(files=cls.plugin_files)
        return find_subject(cls.kind, cls.component, plugins, options=cls.options, reloaded_on=cls.reloaded_on)


class GrammarContract(Contract, kind="grammar"):
    """What every grammar promises."""


class ConstraintContract(Contract, kind="constraint"):
    """What every constraint promises."""


class DivisionContract(Contract, kind="division"):
    """What every division policy promises."""


class DrawingContract(Contract, kind="drawing"):
    """What every way to draw promises."""


class CurriculumContract(Contract, kind="curriculum"):
    """What every curriculum promises."""


class ScheduleContract(Contract, kind="schedule"):
    """What every schedule promises."""


class TokenizerContract(Contract, kind="tokenizer"):
    """What every tokenizer promises."""


class PaddingContract(Contract, kind="padding"):
    """What every padding promises."""


class ReversalContract(Contract, kind="reversal"):
    """What every reversal promises."""


class ModelContract(Contract, kind="model"):
    """What every model promises."""


class MetricContract(Contract, kind="metric"):
    """What every metric promises."""


class ObserverContract(Contract, kind="observer"):
    """What every run observer promises."""


class EngineContract(Contract, kind="engine"):
    """What every engine promises."""


class CommandContract(Contract, kind="command"):
    """What every command promises."""
