"""Loading plugins: each on its own, so that a broken one is named and breaks nothing else."""

from __future__ import annotations

import contextlib
import importlib
import importlib.metadata
import importlib.util
import os
import sys
import threading
from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from exprlearn.errors import PluginError, suggest
from exprlearn.plugin.collecting import HookFailure, Source, collect
from exprlearn.plugin.kinds import KINDS
from exprlearn.plugin.registry import BUILT_IN, Registered, Registry, SpecType
from exprlearn.plugin.spec import Spec
from exprlearn.plugin.tracing import trace, trace_failure

GROUP, PYTHON = "exprlearn", "python"
HEAVY = ("keras", "tensorflow", "jax", "torch")
"""Packages that take seconds to import and belong inside of what a plugin builds."""
BUILTINS = {
    "engine": "exprlearn.engines.builtin",
    "grammar": "exprlearn.grammar.shipped",
    "operator": "exprlearn.arithmetic.builtin",
    "division": "exprlearn.arithmetic.builtin",
    "working": "exprlearn.working.builtin",
    "constraint": "exprlearn.dataset.builtin",
    "drawing": "exprlearn.dataset.builtin",
    "curriculum": "exprlearn.curriculum.builtin",
    "schedule": "exprlearn.curriculum.builtin",
    "tokenizer": "exprlearn.encoding.builtin",
    "padding": "exprlearn.encoding.builtin",
    "reversal": "exprlearn.encoding.builtin",
    "model": "exprlearn.models.builtin",
    "metric": "exprlearn.scoring.builtin",
    "observer": "exprlearn.training.builtin",
    "callback": "exprlearn.training.builtin",
    "loss": "exprlearn.training.builtin",
    "optimizer": "exprlearn.training.builtin",
    "learning-rate": "exprlearn.training.builtin",
}
"""The built-in families, by the kinds they bring: modules that register through the same hooks as any plugin."""


@dataclass(frozen=True)
class Failure:
    """A plugin that could not be used, at which stage and why."""

    plugin: str
    distribution: str
    version: str
    stage: str
    error: str

    def __str__(self) -> str:
        return f"{self.plugin} ({self.distribution} {self.version}) failed to {self.stage}: {self.error}"


class Plugins:
    """All components, from built-in modules, named files and installed distributions.

    A built-in family is imported when a kind that it brings is first asked for: who counts a grammar needs no models.

    Args:
        only: entry points to load; None loads all, an empty sequence none.
        built_in: whether the built-in components are wanted; commands of plugins are found without them.
        files: one-file plugins, named by the user.
        strict: raise a `PluginError` on the first failure instead of noting it, as a named file always does.
    """

    def __init__(
        self,
        *,
        only: Sequence[str] | None = None,
        files: Sequence[str | Path] = (),
        strict: bool = False,
        built_in: bool = True,
    ) -> None:
        self.strict = strict
        self.failures: list[Failure] = []
        self.sources: list[Source] = []
        self._entries: dict[str, list[Registered[Any]]] = {kind: [] for kind in KINDS}
        self._lock = threading.RLock()
        self._awaited = set(BUILTINS.values()) if built_in else set()
        if built_in:
            self.sources.append(_built_in())
        for file in files:
            self._register(_module_from(Path(file)), Source(_name_of(Path(file)), str(file), "file"), strict=True)
        for entry_point in _entry_points(only):
            self._load(entry_point)

    def with_objects(self, things: Iterable[Any]) -> Plugins:
        """Return these plugins and besides them specs, modules and objects with hooks that Python hands over.

        A `PluginError` says what is wrong with one of them.
        """
        more = copy(self)
        more.sources, more._entries = [*self.sources], {kind: [*found] for kind, found in self._entries.items()}
        for thing in things:
            if isinstance(thing, Spec):
                more._entries[thing.kind].append(Registered(thing, PYTHON, PYTHON, "object"))
            else:
                name = str(getattr(thing, "__name__", type(thing).__name__)).rpartition(".")[2]
                more._register(thing, Source(name, PYTHON, "object"), strict=True)
        return more

    def __getitem__(self, spec: type[SpecType]) -> Registry[SpecType]:
        """Return the registry of the kind that a spec is of: `plugins[ModelSpec]["seq2seq"].framing`."""
        return self.registry(spec.kind)

    def registry(self, kind: str) -> Registry[Any]:
        """Return the registry of a kind that is given by its name."""
        with self._lock:
            if (module := BUILTINS.get(kind)) in self._awaited:
                self._awaited.remove(module)
                self._register(importlib.import_module(module), _built_in(), strict=True)
        return Registry(kind, self._entries[kind])

    @property
    def registries(self) -> dict[str, Registry[Any]]:
        """Map each kind to its registry, in the order of the walk."""
        return {kind: self.registry(kind) for kind in self._entries}

    def _load(self, entry_point: importlib.metadata.EntryPoint) -> None:
        """Import what an entry point names and register it; whatever is printed meanwhile is no result of a command."""
        source = _source_of(entry_point)
        before = set(sys.modules)
        try:
            with trace(f"import of {source}") as words, contextlib.redirect_stdout(sys.stderr):
                module = entry_point.load()
                words.append(entry_point.value)
        except KeyboardInterrupt:
            raise
        # A plugin's import may raise anything, and may try to leave the program; it is named and the rest goes on.
        except BaseException as error:
            self._fail(source, "import", error, strict=self.strict)
            return
        heavy = tuple(name for name in HEAVY if name in sys.modules and name not in before)
        self._register(module, replace(source, heavy=heavy), strict=self.strict)

    def _register(self, module: Any, source: Source, *, strict: bool) -> None:
        """Collect one plugin's specs, all of them or none."""
        try:
            with contextlib.redirect_stdout(sys.stderr):
                found = collect(module, source)
        except HookFailure as failure:
            self._fail(source, f"answer {failure.hook}", failure.__cause__ or failure, strict=strict)
            return
        except KeyboardInterrupt:
            raise
        # What stands for the module may raise anything when it is looked at.
        except BaseException as error:
            self._fail(source, "register", error, strict=strict)
            return
        for entry in found:
            self._entries[entry.spec.kind].append(entry)
        if source not in self.sources:
            self.sources.append(source)

    def _fail(self, source: Source, stage: str, error: BaseException, *, strict: bool) -> None:
        trace_failure(error)
        failure = Failure(source.plugin, source.distribution, source.version, stage, _one_line(error))
        self.failures.append(failure)
        if strict:
            raise PluginError(str(failure)) from error


def _one_line(error: BaseException) -> str:
    """Say an exception in one line."""
    said = str(error) if isinstance(error, PluginError) else f"{type(error).__name__}: {error}"
    return " ".join(said.split())


def _source_of(entry_point: importlib.metadata.EntryPoint) -> Source:
    """Name the distribution of an entry point, even one whose metadata are damaged."""

    def read(field: str) -> str:
        try:
            return getattr(entry_point.dist, field, None) or "unknown"
        # What a damaged METADATA file raises differs between versions of Python.
        except Exception:
            return "unknown"

    return Source(entry_point.name, read("name"), read("version"))


@cache
def _built_in() -> Source:
    try:
        version = importlib.metadata.version(BUILT_IN)
    except importlib.metadata.PackageNotFoundError:
        version = "not installed"
    return Source(BUILT_IN, BUILT_IN, version)


def _entry_points(only: Sequence[str] | None) -> Iterable[importlib.metadata.EntryPoint]:
    points = sorted(importlib.metadata.entry_points(group=GROUP), key=lambda point: (point.name, point.value))
    if only is None:
        return points
    names = [point.name for point in points]
    for name in only:
        if name not in names:
            raise PluginError(f"no plugin named '{name}' is installed: {suggest(name, names)}")
    return [point for point in points if point.name in only]


def _name_of(file: Path) -> str:
    """Name a plugin after its file, and one that is a package after its folder."""
    return file.resolve().parent.name if file.stem == "__init__" else file.stem


def _module_from(file: Path) -> ModuleType:
    if not file.is_file():
        raise PluginError(f"plugin file '{file}' does not exist")
    specification = importlib.util.spec_from_file_location(f"exprlearn_file_{_name_of(file)}", file)
    if specification is None or specification.loader is None:
        raise PluginError(f"plugin file '{file}' is no Python module: name a .py file")
    module = importlib.util.module_from_spec(specification)
    try:
        specification.loader.exec_module(module)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        trace_failure(error)
        raise PluginError(f"{file} failed to import: {_one_line(error)}") from error
    return module


def plugins_from_environment(
    *, only: str | None = None, files: Sequence[str | Path] = (), strict: bool = False, built_in: bool = True
) -> Plugins:
    """Load plugins as flags and the variables EXPRLEARN_PLUGINS and EXPRLEARN_STRICT_PLUGINS say."""
    names = only if only is not None else os.environ.get("EXPRLEARN_PLUGINS")
    strict = strict or os.environ.get("EXPRLEARN_STRICT_PLUGINS", "") not in ("", "0")
    chosen = None if names is None else [name.strip() for name in names.split(",") if name.strip()]
    return Plugins(only=chosen, files=files, strict=strict, built_in=built_in)
