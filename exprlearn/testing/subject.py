"""What is checked: a component, its options, and how it is found again."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from exprlearn.errors import PluginError, UnknownName
from exprlearn.plugin import GrammarSpec
from exprlearn.plugin.manager import Plugins
from exprlearn.plugin.options import Options, bind
from exprlearn.plugin.registry import Registered

if TYPE_CHECKING:
    import keras

SEED = 1


def running_backend() -> str:
    """Name the backend that this process can still use: one process has one."""
    keras = sys.modules.get("keras")
    return str(keras.backend.backend()) if keras is not None else "tensorflow"


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A component under check.

    Attributes:
        entry: the component and where it comes from.
        options: plain option values; what is left out has its default.
        backend: what models are built on in this process.
        reloaded_on: the backends that a model's weights are taken to, each in a new process.
        plugins: what else is installed, such as the constraints that the stages of a curriculum name.
        grammars: texts by name that encodings are checked on; without any, those of shipped grammars.
    """

    entry: Registered[Any]
    options: Mapping[str, Any] = field(default_factory=dict)
    backend: str = field(default_factory=running_backend)
    reloaded_on: tuple[str, ...] = ()
    plugins: Plugins = field(default_factory=Plugins, repr=False)
    grammars: Mapping[str, Callable[[], str]] = field(default_factory=dict)

    @property
    def spec(self) -> Any:
        """Return the spec of the component's kind."""
        return self.entry.spec

    @property
    def kind(self) -> str:
        """Name the component's kind."""
        return str(self.spec.kind)

    @cached_property
    def bound(self) -> Options:
        """Return the options, checked.

        Raises:
            OptionError: values that the component does not take.
        """
        bound: Options = bind(self.entry.spec.options, self.options, where=self.kind)
        return bound

    def make(self) -> Any:
        """Make the component; raises as `bound`."""
        return self.spec.make(self.bound)

    @cached_property
    def model(self) -> keras.Model:
        """Return a model for the small task, built once; nobody changes its weights."""
        from exprlearn.testing.task import build, task_shape

        return build(self, task_shape(self.spec.framing))


def find_subject(kind: str, name: str, plugins: Plugins, **settings: Any) -> Subject:
    """Find a component by kind and name; the settings are attributes of `Subject`.

    Raises:
        PluginError: nothing is called so; with the plugins that failed to load.
    """
    try:
        entry = plugins.registries[kind].entry(name)
    except UnknownName as error:
        raise PluginError("\n".join([str(error), *map(str, plugins.failures)])) from error
    return Subject(entry=entry, **{"plugins": plugins, "grammars": grammars_beside(entry, plugins), **settings})


def grammars_beside(entry: Registered[Any], plugins: Plugins) -> dict[str, Callable[[], str]]:
    """Map the names of the grammars that a component's own plugin brings to their texts; none for a built-in one."""
    if entry.is_built_in:
        return {}
    brought = plugins[GrammarSpec].entries
    return {other.spec.name: other.spec.text for other in brought if other.plugin == entry.plugin}
