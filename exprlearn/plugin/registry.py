"""A registry: all specs of one kind, found by name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from exprlearn.errors import AmbiguousName, ExprLearnError, PluginError, UnknownName, suggest
from exprlearn.plugin.options import bind
from exprlearn.plugin.spec import Spec
from exprlearn.plugin.tracing import trace_failure

SpecType = TypeVar("SpecType", bound=Spec)

BUILT_IN = "exprlearn"

#: Packages of the project itself that bring what some configs name, by kind and name.
PACKAGES = {("drawing", "result"): "exprlearn-balance"}


@dataclass(frozen=True)
class Registered(Generic[SpecType]):
    """A spec with the plugin and the distribution that brought it."""

    spec: SpecType
    plugin: str
    distribution: str
    version: str

    @property
    def is_built_in(self) -> bool:
        """Tell whether exprlearn itself brings it."""
        return self.plugin == BUILT_IN

    def __str__(self) -> str:
        """Name it in full, as a message shows it."""
        return f"{self.plugin}/{self.spec.name} ({self.distribution} {self.version})"


class Registry(Generic[SpecType]):
    """Specs of one kind: a built-in name is never shadowed, a contested one is reached as `plugin/name`."""

    def __init__(self, kind: str, entries: list[Registered[SpecType]]) -> None:
        self.kind = kind
        self.entries = tuple(entries)

    def __iter__(self) -> Iterator[Registered[SpecType]]:
        """Walk over the entries: built-in ones first, then by name."""
        return iter(sorted(self.entries, key=lambda entry: (not entry.is_built_in, entry.spec.name)))

    @property
    def names(self) -> list[str]:
        """List every name that can be looked up, without doubles."""
        return sorted({entry.spec.name for entry in self.entries})

    def entry(self, name: str) -> Registered[SpecType]:
        """Find one entry by `name`, `plugin/name` or `distribution/name`.

        `UnknownName` when nothing is called so, `AmbiguousName` when several plugins offer it and none is built in.
        """
        plugin, _, bare = name.rpartition("/")
        found = [e for e in self.entries if e.spec.name == bare and plugin in ("", e.plugin, e.distribution)]
        found = [e for e in found if e.is_built_in] or found
        if not found:
            package = PACKAGES.get((self.kind, bare), "")
            if package and plugin in ("", package, package.removeprefix("exprlearn-")):
                raise UnknownName(f"'{name}' is in the package {package}: python -m pip install {package}")
            known = sorted({*self.names, *(brought for kind, brought in PACKAGES if kind == self.kind)})
            raise UnknownName(f"no {self.kind} named '{name}': {suggest(name, known)}")
        if len(found) > 1:
            offers = ", ".join(f"{self.full_name(entry)} ({entry.distribution} {entry.version})" for entry in found)
            raise AmbiguousName(f"{len(found)} plugins offer a {self.kind} named '{name}'; say which one: {offers}")
        return found[0]

    def full_name(self, entry: Registered[SpecType]) -> str:
        """Write the name that reaches one entry: `plugin/name`, or `distribution/name` where plugins are namesakes."""
        namesakes = [
            other for other in self.entries if (other.plugin, other.spec.name) == (entry.plugin, entry.spec.name)
        ]
        return f"{entry.plugin if len(namesakes) == 1 else entry.distribution}/{entry.spec.name}"

    def __getitem__(self, name: str) -> SpecType:
        """Find one spec by `name` or `plugin/name`; raises as `entry` does."""
        return self.entry(name).spec

    def make(self, name: str, options: dict[str, Any] | None = None, *, where: str | None = None) -> Any:
        """Build the component `name` with plain option values.

        An `OptionError` tells every option that it does not take, a `PluginError` whatever else is raised meanwhile.
        """
        entry = self.entry(name)
        spec: Any = entry.spec
        bound = bind(spec.options, options or {}, where=where or self.kind)
        try:
            return spec.make(bound)
        except (ExprLearnError, KeyboardInterrupt):
            raise
        # What a component is made with may raise anything, and may try to leave the program.
        except BaseException as error:
            trace_failure(error)
            raise PluginError(f"{self.kind} {entry} cannot be made: {type(error).__name__}: {error}") from error
