"""A component under check, the statements that are held against it, and how that comes out."""

from __future__ import annotations

import contextlib
import io
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from exprlearn.errors import PluginError, UnknownName
from exprlearn.plugin import GrammarSpec, ModelSpec
from exprlearn.plugin.manager import Plugins
from exprlearn.plugin.options import Options, bind
from exprlearn.plugin.registry import Registered

State = Literal["passed", "failed", "not run"]


def running_backend() -> str:
    """Name the backend that this process can still use: one process has one."""
    keras = sys.modules.get("keras")
    return str(keras.backend.backend()) if keras is not None else "tensorflow"


@dataclass(frozen=True, kw_only=True, eq=False)
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
        """Return the spec of the component's kind; of a model, the one that the options choose."""
        spec = self.entry.spec
        return spec.chosen(self.bound) if isinstance(spec, ModelSpec) and spec.variant is not None else spec

    @property
    def kind(self) -> str:
        """Name the component's kind."""
        return str(self.entry.spec.kind)

    @cached_property
    def bound(self) -> Options:
        """Return the options; an `OptionError` tells the values that the component does not take."""
        bound: Options = bind(self.entry.spec.options, self.options, where=self.kind)
        return bound

    def make(self) -> Any:
        """Make the component; raises as `bound`."""
        return self.spec.make(self.bound)


def find_subject(kind: str, name: str, plugins: Plugins, **settings: Any) -> Subject:
    """Find a component by kind and name; the settings are attributes of `Subject`.

    When nothing is called so, a `PluginError` names the plugins that failed to load as well.
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


Run = Callable[[Subject], None]


def always(subject: Subject) -> bool:
    """Let a check apply to every component of its kind."""
    return True


def offers(protocol: type) -> Callable[[Subject], bool]:
    """Let a check apply to the components that offer something besides what all of their kind do."""
    return lambda subject: isinstance(subject.make(), protocol)


@dataclass(frozen=True)
class Check:
    """A statement that holds for every component of a kind.

    Attributes:
        run: raises a `PluginError` that says what is wrong; its name is the statement.
        needs: the check without which this one says nothing.
        applies: whether the statement is about this component at all.
    """

    run: Run
    needs: Run | None = None
    applies: Callable[[Subject], bool] = always

    @property
    def name(self) -> str:
        """Return the statement as the name of a test, without `test_`."""
        return self.run.__name__

    @property
    def statement(self) -> str:
        """Return the statement in words."""
        return self.name.replace("_", " ")


@dataclass(frozen=True)
class CheckOutcome:
    """How a check came out, and in one line why it did not pass."""

    check: Check
    state: State
    why: str = ""


def demand(condition: object, message: str) -> None:
    """Raise `PluginError` with what is wrong unless the condition holds."""
    if not condition:
        raise PluginError(message)


@contextlib.contextmanager
def demand_silence(advice: str = "") -> Iterator[None]:
    """Raise `PluginError` with what is printed to standard output meanwhile, which is for results."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        yield
    demand(not said.getvalue(), f"it prints {said.getvalue()[:60]!r}{advice}")


def through_json(value: Any, what: str) -> Any:
    """Return plain data as JSON gives it back; a `PluginError` says where JSON does not hold it."""
    try:
        return json.loads(json.dumps(value))
    except (TypeError, ValueError) as error:
        raise PluginError(f"JSON does not hold {what}: {error}") from None


def run_checks(checks: Sequence[Check], subject: Subject) -> Iterator[CheckOutcome]:
    """Run every check that is about a component; one whose need is not met is not run."""
    unmet: set[object] = set()
    for check in checks:
        if not check.applies(subject):
            continue
        outcome = _outcome(check, subject) if check.needs not in unmet else _not_run(check)
        if outcome.state != "passed":
            unmet.add(check.run)
        yield outcome


def _outcome(check: Check, subject: Subject) -> CheckOutcome:
    try:
        check.run(subject)
    except KeyboardInterrupt:
        raise
    # A component under check may raise anything; it is told in the outcome and the other checks go on.
    except BaseException as error:
        said = str(error) if isinstance(error, PluginError) else f"{type(error).__name__}: {error}"
        return CheckOutcome(check, "failed", " ".join(said.split()))
    return CheckOutcome(check, "passed")


def _not_run(check: Check) -> CheckOutcome:
    needed = check.needs.__name__.replace("_", " ") if check.needs else ""
    return CheckOutcome(check, "not run", f"needs: {needed}")
