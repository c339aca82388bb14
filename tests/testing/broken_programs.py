"""A plugin of broken run observers, engines and commands: each is named after the one check that it fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import Field

from exprlearn.engines import SerialEngine
from exprlearn.plugin import CommandSpec, Ending, EngineSpec, Header, ObserverSpec, Options, Sample, hookimpl


class Quiet:
    folder = Path()

    def started(self, header: Header) -> None:
        self.folder = header.folder

    def epoch(self, record: Mapping[str, Any], samples: Sequence[Sample], *, best: bool) -> None:
        pass

    def noted(self, message: str) -> None:
        pass

    def finished(self, ending: Ending) -> None:
        pass


class Hasty(Quiet):
    def __init__(self) -> None:
        Path("watched.txt").touch()


class Surprised(Quiet):
    def epoch(self, record: Mapping[str, Any], samples: Sequence[Sample], *, best: bool) -> None:
        print(record["accuracy"])


class Beginner(Quiet):
    def started(self, header: Header) -> None:
        (header.folder / "pictures").mkdir()


class Hopeful(Quiet):
    def finished(self, ending: Ending) -> None:
        (self.folder / "result.txt").write_text(str(ending.report["exact_match"]))  # type: ignore[index]


class Talkative(Quiet):
    def noted(self, message: str) -> None:
        print(message)


class Grasping(Quiet):
    def epoch(self, record: Mapping[str, Any], samples: Sequence[Sample], *, best: bool) -> None:
        del record["seconds"]  # type: ignore[attr-defined]


class Tidy(Quiet):
    def finished(self, ending: Ending) -> None:
        (self.folder / "metrics.jsonl").unlink()
        (self.folder / "metrics.jsonl").touch()


@hookimpl
def exprlearn_observers() -> Iterator[ObserverSpec]:
    observers: dict[str, Callable[[], Quiet]] = {
        "making-it-touches-nothing": Hasty,
        "it-hears-a-whole-run": Surprised,
        "it-hears-a-run-that-goes-on": Beginner,
        "it-hears-of-a-run-without-a-report": Hopeful,
        "it-prints-nothing-to-standard-output": Talkative,
        "it-changes-nothing-that-it-hears": Grasping,
        "it-leaves-the-files-of-the-run-alone": Tidy,
    }
    for name, make in observers.items():
        yield ObserverSpec(name=name, summary="Broken.", make=lambda options, make=make: make())


class Lazy(SerialEngine):
    workers = 0


class Busybody(SerialEngine):
    def run(self, work: Callable[[Any], Any], units: Sequence[Any]) -> Iterator[tuple[int, Any]]:
        yield from super().run(work, units)
        if not units:
            yield 0, None


class Forgetful(SerialEngine):
    def run(self, work: Callable[[Any], Any], units: Sequence[Any]) -> Iterator[tuple[int, Any]]:
        yield from super().run(work, units[:-1])


class Fragile(SerialEngine):
    def run(self, work: Callable[[Any], Any], units: Sequence[Any]) -> Iterator[tuple[int, Any]]:
        return ((place, work(unit)) for place, unit in enumerate(units))


class Spent(SerialEngine):
    closed = False

    def run(self, work: Callable[[Any], Any], units: Sequence[Any]) -> Iterator[tuple[int, Any]]:
        return iter(()) if self.closed else super().run(work, units)

    def close(self) -> None:
        self.closed = True


@hookimpl
def exprlearn_engines() -> Iterator[EngineSpec]:
    engines: dict[str, Callable[[], SerialEngine]] = {
        "it-tells-how-many-units-run-at-once": Lazy,
        "without-units-nothing-comes": Busybody,
        "every-unit-comes-once-with-its-result": Forgetful,
        "a-unit-that-raises-is-a-failure-and-the-others-go-on": Fragile,
        "it-can-be-used-again-after-it-was-closed": Spent,
    }
    for name, make in engines.items():
        yield EngineSpec(name=name, summary="Broken.", make=lambda options, make=make: make())


class Unread(Options):
    units: int = Field(default=3, description="Nobody asks for it.")


def greet(name: Annotated[str, typer.Option(help="Who is greeted.")] = "you") -> None:
    """Greet somebody."""


def silent(name: str = "you") -> None:
    """Greet somebody."""


def greeting(command: Callable[..., None] = greet) -> typer.Typer:
    app = typer.Typer()
    app.command()(command)
    return app


def printing() -> typer.Typer:
    print("making")
    return greeting()


def heavy() -> typer.Typer:
    import jax

    assert jax.__version__
    return greeting()


@hookimpl
def exprlearn_commands() -> Iterator[CommandSpec]:
    apps: dict[str, Callable[[], Any]] = {
        "its-app-is-a-typer-application": lambda: print,
        "making-its-app-prints-nothing": printing,
        "every-command-and-option-has-help": lambda: greeting(silent),
        "asking-for-its-help-leaves-keras-out": heavy,
    }
    for name, app in apps.items():
        yield CommandSpec(name=name, summary="Broken.", app=app)
    yield CommandSpec(name="its-options-are-those-of-typer", summary="Broken.", app=greeting, options=Unread)
