"""The hooks around a training: run observers, engines and commands."""

from __future__ import annotations

from collections.abc import Iterable

from exprlearn.plugin.marks import hookspec
from exprlearn.plugin.specs import CommandSpec, EngineSpec, ObserverSpec


@hookspec
def exprlearn_observers() -> Iterable[ObserverSpec]:  # type: ignore[empty-body]
    r'''Yield run observers, for `--observer NAME`.

    An observer hears of the start of a run, of every epoch and of the end, as plain data. What it raises is told
    once, and the run goes on without it.

    Example:
        """A run observer plugin: the held-out samples of the best epoch, as a file in the run folder."""

        from collections.abc import Iterable

        from exprlearn.plugin import ObserverSpec, hookimpl


        class BestSamples:
            """Writes one file, anew whenever an epoch is the best so far."""

            def started(self, header):
                """Remember where the run lies."""
                self.file = header.folder / "best-samples.txt"

            def epoch(self, record, samples, *, best):
                """Write down what the model answers now."""
                if best:
                    lines = [f"{sample.expression}={sample.answer} ({sample.truth})\n" for sample in samples]
                    self.file.write_text("".join(lines), encoding="utf-8")

            def noted(self, message):
                """Leave messages out."""

            def finished(self, ending):
                """Leave the file as it is."""


        @hookimpl
        def exprlearn_observers() -> Iterable[ObserverSpec]:
            """Yield the run observer."""
            yield ObserverSpec(
                name="best-samples", summary="Keeps the answers of the best epoch.", make=lambda options: BestSamples()
            )
    '''


@hookspec
def exprlearn_engines() -> Iterable[EngineSpec]:  # type: ignore[empty-body]
    '''Yield engines, for `--engine NAME`.

    An engine runs units of work that know nothing of each other, such as the files of a dataset or the trials of a
    sweep, in any order. Each leaves a file, so that an engine keeps nothing, and gives up nothing when it is stopped.

    Example:
        """An engine plugin: units in threads, for work that waits more than it computes."""

        from collections.abc import Iterable
        from concurrent.futures import ThreadPoolExecutor, as_completed

        from pydantic import Field

        from exprlearn.engines import attempt
        from exprlearn.plugin import EngineSpec, Options, hookimpl


        class ThreadsOptions(Options):
            """Options of the engine, for `--workers 4`."""

            workers: int = Field(default=4, ge=1, description="Threads.")


        class Threads:
            """Hands units to a pool of threads."""

            def __init__(self, options):
                self.workers = options.workers

            def run(self, work, units):
                """Yield each unit's place and outcome as it ends."""
                with ThreadPoolExecutor(self.workers) as pool:
                    places = {pool.submit(attempt, work, unit): place for place, unit in enumerate(units)}
                    for done in as_completed(places):
                        yield places[done], done.result()

            def close(self):
                """Hold nothing between runs."""


        @hookimpl
        def exprlearn_engines() -> Iterable[EngineSpec]:
            """Yield the engine."""
            yield EngineSpec(name="threads", summary="Several threads.", options=ThreadsOptions, make=Threads)
    '''


@hookspec
def exprlearn_commands() -> Iterable[CommandSpec]:  # type: ignore[empty-body]
    '''Yield commands, for `exprlearn NAME`.

    A command is a Typer application, made when the command is run. Built-in commands are found first, and
    `exprlearn --help` lists those of the plugins that are installed. One of a plugin in one file is reached as
    `exprlearn --plugin factors.py factors 360`.

    Example:
        """A command plugin: `exprlearn factors 360` prints `2*2*2*3*3*5`."""

        from collections.abc import Iterable
        from itertools import count

        from exprlearn.plugin import CommandSpec, hookimpl


        def prime_factors(number):
            """List the prime factors of a number, the smallest first."""
            if number < 2:
                return []
            smallest = next(divisor for divisor in count(2) if number % divisor == 0)
            return [smallest, *prime_factors(number // smallest)]


        def app():
            """Make the command; its arguments and options are typer's."""
            import typer

            application = typer.Typer()

            @application.command()
            def factors(number: int = typer.Argument(min=1, help="From 1 on.")) -> None:
                """Print a number as a product of primes."""
                typer.echo("*".join(map(str, prime_factors(number))) or "1")

            return application


        @hookimpl
        def exprlearn_commands() -> Iterable[CommandSpec]:
            """Yield the command."""
            yield CommandSpec(name="factors", summary="Print a number as a product of primes.", app=app)
    '''
