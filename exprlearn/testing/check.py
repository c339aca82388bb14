"""A check: a statement about a component that is held against it, and how that comes out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from exprlearn.errors import PluginError
from exprlearn.testing.subject import Subject

State = Literal["passed", "failed", "not run"]


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

    run: Callable[[Subject], None]
    needs: Callable[[Subject], None] | None = None
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
