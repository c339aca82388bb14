"""What one plugin brings: its hooks are looked at, then called once each, and their specs are checked."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pluggy

from exprlearn.errors import PluginError, suggest
from exprlearn.plugin.kinds import HOOKS
from exprlearn.plugin.registry import BUILT_IN, Registered
from exprlearn.plugin.spec import PREFIX, PROJECT, Spec
from exprlearn.plugin.tracing import trace


@dataclass(frozen=True)
class Source:
    """Where a plugin comes from.

    Attributes:
        heavy: the packages that loading it imports although they take seconds.
    """

    plugin: str
    distribution: str
    version: str
    heavy: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.plugin} ({self.distribution} {self.version})"


class HookFailure(Exception):
    """A hook that raised, with its name."""

    def __init__(self, hook: str) -> None:
        self.hook = hook
        super().__init__(hook)


def collect(module: Any, source: Source) -> list[Registered[Any]]:
    """Call every hook that a module implements and return its specs.

    A `PluginError` says what is wrong with the hooks or their specs; a `HookFailure` holds what a hook raised.
    """
    name = str(getattr(module, "__name__", type(module).__name__))
    if source.plugin == BUILT_IN and not name.startswith(f"{BUILT_IN}."):
        raise PluginError(f"a plugin may not be called '{BUILT_IN}', as the built-in components are")
    if inspect.isclass(module):
        raise PluginError(
            f"the entry point names the class {name}: name an instance of it, or the module with the hooks"
        )
    marks = pluggy.PluginManager(PROJECT)
    functions = dict(_functions(module))
    for hook, function in functions.items():
        _refuse_wrong(hook, function, is_marked=marks.parse_hookimpl_opts(module, hook) is not None)
    if not functions.keys() & HOOKS.keys():
        raise PluginError(f"brings no hooks: {_where_hooks_stand(module)}")
    named = list(_named(module, marks))
    return [
        Registered(spec, source.plugin, source.distribution, source.version)
        for hook in HOOKS
        for answered, function in named
        if answered == hook
        for spec in _check(_call(hook, function, source), hook)
    ]


def _functions(module: Any, prefix: str = PREFIX) -> Iterator[tuple[str, Callable[..., Any]]]:
    for name in dir(module):
        function = getattr(module, name, None)
        if name.startswith(prefix) and inspect.isroutine(function):
            yield name, function


def _named(module: Any, marks: pluggy.PluginManager) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Yield the marked functions by the hook of their name, or else the one that the mark names as `specname`."""
    for name, function in _functions(module, ""):
        mark = marks.parse_hookimpl_opts(module, name)
        if mark is not None:
            yield mark.get("specname") or name, function


def _where_hooks_stand(module: Any) -> str:
    """Tell what to do with a plugin in which no hook was found."""
    for name, thing in getattr(module, "__dict__", {}).items():
        hooks = [hook for hook, _ in _functions(thing)] if inspect.isclass(thing) else []
        if hooks:
            return f"{hooks[0]} stands in the class {name}: write it as a function of the module"
    return "write functions of the module such as exprlearn_models, with @hookimpl above them"


def _refuse_wrong(hook: str, function: Callable[..., Any], *, is_marked: bool) -> None:
    if not is_marked:
        if hook in HOOKS:
            raise PluginError(f"hook '{hook}' is not marked: write @hookimpl above it")
        return
    if hook not in HOOKS:
        raise PluginError(f"unknown hook '{hook}', {suggest(hook, sorted(HOOKS))}")
    # Versions of pluggy differ in what they hand to arguments with defaults, so those are refused as well.
    arguments = inspect.signature(function).parameters
    if arguments:
        raise PluginError(f"hook '{hook}' takes no arguments, received {', '.join(arguments)}")


def _call(hook: str, function: Callable[[], Iterable[Any]], source: Source) -> list[Any]:
    with trace(f"{hook} of {source}") as words:
        try:
            answer = function()
            specs = list(answer) if isinstance(answer, Iterable) else None
        except KeyboardInterrupt:
            raise
        # A hook may raise anything, and may try to leave the program.
        except BaseException as error:
            raise HookFailure(hook) from error
        if specs is None:
            raise PluginError(f"hook '{hook}' must yield specs, received {answer!r}: write yield instead of return")
        words += [str(getattr(spec, "name", spec)) for spec in specs]
    return specs


def _check(found: list[Any], hook: str) -> list[Spec]:
    """Return the yielded specs when all are of the hook's kind and no name occurs twice."""
    wanted = HOOKS[hook]
    for spec in found:
        if not isinstance(spec, wanted):
            raise PluginError(f"hook '{hook}' must yield {wanted.__name__}, received {spec!r}")
    names = [spec.name for spec in found]
    for name in names:
        if names.count(name) > 1:
            raise PluginError(f"hook '{hook}' yields '{name}' twice")
    return found
