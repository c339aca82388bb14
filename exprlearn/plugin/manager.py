"""Loading plugins: each on its own, so that a broken one is named and breaks nothing else."""

from __future__ import annotations

import importlib
import importlib.metadata
import importlib.util
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pluggy

import exprlearn.plugin.hookspecs as hookspecs
from exprlearn.errors import PluginError, suggest
from exprlearn.plugin.builtins import BUILTINS
from exprlearn.plugin.hookspecs import HOOKS
from exprlearn.plugin.registry import BUILT_IN, Registered, Registry
from exprlearn.plugin.specs import Spec

GROUP = "exprlearn"


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


@dataclass(frozen=True)
class Source:
    """Where a plugin comes from."""

    plugin: str
    distribution: str
    version: str


class Plugins:
    """All components, from built-in modules, named files and installed distributions.

    Args:
        only: entry points to load; None loads all, an empty sequence none.
        built_in: whether the built-in components are wanted; commands of plugins are found without them.
        files: one-file plugins, named by the user.
        strict: raise on the first failure instead of noting it.

    Raises:
        PluginError: a named file that fails, or any failure under `strict`.
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
        self._entries: dict[str, list[Registered[Any]]] = {hook: [] for hook in HOOKS}
        for module in BUILTINS if built_in else ():
            self._register(importlib.import_module(module), Source(BUILT_IN, BUILT_IN, _version(BUILT_IN)), strict=True)
        for file in files:
            self._register(_module_from(Path(file)), Source(Path(file).stem, str(file), "file"), strict=True)
        for entry_point in _entry_points(only):
            self._load(entry_point)

    def __getattr__(self, name: str) -> Registry[Any]:
        """Return the registry of a kind: `plugins.models`, `plugins.tokenizers`, …"""
        hook = f"exprlearn_{name}"
        if hook not in HOOKS:
            raise AttributeError(name)
        return Registry(HOOKS[hook].kind, self._entries[hook])

    @property
    def registries(self) -> dict[str, Registry[Any]]:
        """Map each kind to its registry, in the order of the walk."""
        return {spec.kind: Registry(spec.kind, self._entries[hook]) for hook, spec in HOOKS.items()}

    def _load(self, entry_point: importlib.metadata.EntryPoint) -> None:
        distribution = entry_point.dist
        name = distribution.name if distribution else "unknown"
        source = Source(entry_point.name, name, distribution.version if distribution else "?")
        try:
            module = entry_point.load()
        # A plugin's import may raise anything; it is reported by name and the rest goes on.
        except Exception as error:
            self._fail(source, "import", error, strict=self.strict)
            return
        self._register(module, source, strict=self.strict)

    def _register(self, module: ModuleType, source: Source, *, strict: bool) -> None:
        """Collect one plugin's specs, all of them or none."""
        manager = pluggy.PluginManager("exprlearn")
        manager.add_hookspecs(hookspecs)
        found: list[tuple[str, Registered[Any]]] = []
        try:
            if source.plugin == BUILT_IN and not module.__name__.startswith(f"{BUILT_IN}."):
                raise PluginError(f"a plugin may not be called '{BUILT_IN}', as the built-in components are")
            manager.register(module, name=source.plugin)
            _refuse_unknown_hooks(manager)
            for hook in HOOKS:
                for implementation in getattr(manager.hook, hook).get_hookimpls():
                    specs = _checked(implementation.function(), hook)
                    found += [
                        (hook, Registered(spec, source.plugin, source.distribution, source.version)) for spec in specs
                    ]
        except Exception as error:
            self._fail(source, "register", error, strict=strict)
            return
        for hook, entry in found:
            self._entries[hook].append(entry)
        if source not in self.sources:
            self.sources.append(source)

    def _fail(self, source: Source, stage: str, error: Exception, *, strict: bool) -> None:
        said = str(error) if isinstance(error, PluginError) else f"{type(error).__name__}: {error}"
        failure = Failure(source.plugin, source.distribution, source.version, stage, said)
        self.failures.append(failure)
        if strict:
            raise PluginError(str(failure)) from error


def _version(distribution: str) -> str:
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"


def _entry_points(only: Sequence[str] | None) -> Iterable[importlib.metadata.EntryPoint]:
    points = sorted(importlib.metadata.entry_points(group=GROUP), key=lambda point: point.name)
    if only is None:
        return points
    names = [point.name for point in points]
    for name in only:
        if name not in names:
            raise PluginError(f"no plugin named '{name}' is installed: {suggest(name, names)}")
    return [point for point in points if point.name in only]


def _module_from(file: Path) -> ModuleType:
    if not file.is_file():
        raise PluginError(f"plugin file '{file}' does not exist")
    specification = importlib.util.spec_from_file_location(f"exprlearn_file_{file.stem}", file)
    if specification is None or specification.loader is None:
        raise PluginError(f"plugin file '{file}' is no Python module: name a .py file")
    module = importlib.util.module_from_spec(specification)
    try:
        specification.loader.exec_module(module)
    except Exception as error:
        raise PluginError(f"{file} failed to import: {type(error).__name__}: {error}") from error
    return module


def _refuse_unknown_hooks(manager: pluggy.PluginManager) -> None:
    for name, caller in vars(manager.hook).items():
        if not name.startswith("_") and name not in HOOKS:
            raise PluginError(f"unknown hook '{name}', {suggest(name, sorted(HOOKS))}")
        if name in HOOKS:
            for implementation in caller.get_hookimpls():
                if implementation.kwargnames:
                    raise PluginError(f"hook '{name}' takes no arguments with defaults: {implementation.kwargnames}")


def _checked(specs: Iterable[Any], hook: str) -> list[Spec]:
    """Return the yielded specs when all are of the hook's kind and no name occurs twice."""
    wanted, found = HOOKS[hook], list(specs)
    for spec in found:
        if not isinstance(spec, wanted):
            raise PluginError(f"hook '{hook}' must yield {wanted.__name__}, received {spec!r}")
    names = [spec.name for spec in found]
    for name in names:
        if names.count(name) > 1:
            raise PluginError(f"hook '{hook}' yields '{name}' twice")
    return found


def plugins_from_environment(
    *, only: str | None = None, files: Sequence[str | Path] = (), strict: bool = False, built_in: bool = True
) -> Plugins:
    """Load plugins as flags and the variables EXPRLEARN_PLUGINS and EXPRLEARN_STRICT_PLUGINS say."""
    names = only if only is not None else os.environ.get("EXPRLEARN_PLUGINS")
    strict = strict or os.environ.get("EXPRLEARN_STRICT_PLUGINS", "") not in ("", "0")
    chosen = None if names is None else [name.strip() for name in names.split(",") if name.strip()]
    return Plugins(only=chosen, files=files, strict=strict, built_in=built_in)
