"""Engines: where independent units of work run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, TypeVar

from exprlearn.plugin.spec import Kind, Spec, hookspec

Unit = TypeVar("Unit")
Result = TypeVar("Result")


@dataclass(frozen=True)
class UnitFailure:
    """A unit of work that did not end well, as plain data that any process can take along.

    Attributes:
        said: what went wrong, in one line.
        is_expected: whether the work raised an `ExprLearnError`, which is told without a traceback.
        trace: the traceback of what it raised; empty when the worker was lost.
    """

    said: str
    is_expected: bool = False
    trace: str = ""

    def __str__(self) -> str:
        return self.said


class Engine(Protocol):
    """Runs independent units of work: each is a function of plain data alone and leaves its result as a file."""

    @property
    def workers(self) -> int:
        """Tell how many units run at once."""

    def run(self, work: Callable[[Unit], Result], units: Sequence[Unit]) -> Iterator[tuple[int, Result | UnitFailure]]:
        """Yield the index of every unit once, as it ends, with what `work` returns for it, or with a `UnitFailure`.

        One attempt is enough: anyone who asks tries again. `work` is a function that other processes can import, or a
        `functools.partial` of one; `exprlearn.engines.attempt` calls it and turns what it raises into a `UnitFailure`.
        """

    def close(self) -> None:
        """Let go of what it holds between runs."""


@dataclass(frozen=True, kw_only=True)
class EngineSpec(Spec):
    """Where independent units of work run.

    Attributes:
        make: returns the engine for its options; it starts nothing before the first unit is to run.
    """

    kind: ClassVar[str] = "engine"
    make: Callable[[Any], Engine]


@hookspec
def exprlearn_engines() -> Iterable[EngineSpec]:  # type: ignore[empty-body]
    """Yield engines, for `--engine NAME`.

    An engine runs units of work that know nothing of each other, such as the files of a dataset or the trials of a
    sweep, in any order. Each leaves a file, so that an engine keeps nothing, and gives up nothing when it is stopped.
    """


KIND = Kind(
    spec=EngineSpec,
    hook=exprlearn_engines,
    component=Engine,
    works_with={"exprlearn.plugin:UnitFailure": ()},
    example="threads",
    command="exprlearn data build sums --grammar sums --train 10000 --engine {name} --workers 2",
    page="engines",
)
