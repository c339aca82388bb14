from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from pydantic import Field

from exprlearn.plugin import Ending, Header, ObserverSpec, Options, Sample, hookimpl


class Recording(Options):
    fails_in: str = Field(default="", description="The call that raises.")


class Recorder:
    heard: ClassVar[list[Any]] = []

    def __init__(self, options: Recording) -> None:
        self.options = options

    def started(self, header: Header) -> None:
        self._hear("started", header)

    def epoch(self, record: Mapping[str, Any], samples: Sequence[Sample], *, best: bool) -> None:
        self._hear("epoch", record)

    def noted(self, message: str) -> None:
        self._hear("noted", message)

    def finished(self, ending: Ending) -> None:
        self._hear("finished", ending)

    def _hear(self, call: str, what: Any) -> None:
        if call == self.options.fails_in:
            raise SystemExit("no disk") if call == "noted" else RuntimeError("no disk")
        self.heard.append((call, what))


def impossible(options: Any) -> Recorder:
    raise ModuleNotFoundError("No module named 'tracker'")


@hookimpl
def exprlearn_observers() -> Iterator[ObserverSpec]:
    yield ObserverSpec(name="recorder", summary="Remembers every call.", options=Recording, make=Recorder)
    yield ObserverSpec(name="impossible", summary="Needs what nobody has.", make=impossible)
