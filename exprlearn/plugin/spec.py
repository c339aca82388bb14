"""What every kind of component has: the spec that its hook yields, and what the package knows of the kind."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import pluggy

from exprlearn.errors import PluginError
from exprlearn.plugin.options import NoOptions, Options

PROJECT, PREFIX = "exprlearn", "exprlearn_"
NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")

#: The two marks: of functions that say which hooks there are, and of those that a plugin implements.
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@dataclass(frozen=True, kw_only=True)
class Spec:
    """One component; a `PluginError` refuses a name or a summary of another form.

    Attributes:
        name: lower-case words joined by `-`.
        summary: one sentence for listings.
        options: the model of its options.
    """

    kind: ClassVar[str]
    name: str
    summary: str
    options: type[Options] = NoOptions

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.name):
            raise PluginError(f"{self.name!r} is no component name: write lower-case words joined by '-'")
        if not self.summary or "\n" in self.summary:
            raise PluginError(f"the summary of {self.kind} '{self.name}' must be one line")


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of component: everything that is written of it elsewhere follows from here.

    Attributes:
        spec: what the hook yields.
        hook: declares the hook; its docstring tells what it is for.
        component: what the component that a spec makes must do; None where it is something else's, such as a text.
        offers: what a component may do besides.
        works_with: what a component is handed, as `module:Class`, and the members that are promised; none means all.
        example: name of the component that the page of the hook shows, as `plugins new` writes it.
        command: what is typed to use the component `{name}`.
        page: the page of docs/ that tells more.
        test_options: option values that keep the tests of a new plugin quick.
    """

    spec: type[Spec]
    hook: Callable[[], Any]
    component: type | None = None
    offers: tuple[type, ...] = ()
    works_with: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    example: str
    command: str
    page: str
    test_options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Return the kind's name, such as `curriculum`."""
        return self.spec.kind

    @property
    def plural(self) -> str:
        """Return the name of several, such as `curricula`."""
        return self.hook.__name__.removeprefix(PREFIX)

    @property
    def purpose(self) -> str:
        """Return what the hook is for, in its own words."""
        return inspect.getdoc(self.hook) or ""

    @property
    def contract(self) -> str:
        """Return the name of the contract in `exprlearn.testing`."""
        return f"{class_name(self.name)}Contract"


def class_name(name: str) -> str:
    """Write the name of a component or a kind as that of a class.

    >>> class_name("learning-rate")
    'LearningRate'
    """
    return "".join(word.capitalize() for word in name.split("-"))
