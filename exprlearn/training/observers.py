"""Those who watch a run: the display of its caller, and the run observers that the config names."""

from __future__ import annotations

import errno
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Any, Protocol, runtime_checkable

from exprlearn.backend.reproducibility import versions
from exprlearn.config import Components
from exprlearn.dataset import Drawable, Splits
from exprlearn.dataset.pairs import PairSplits
from exprlearn.plugin import Ending, Header, RunObserver, Sample
from exprlearn.plugin.tracing import trace_failure
from exprlearn.runs.run import Run


class Observer(Protocol):
    """Watches a training."""

    def started(self, header: Header) -> None:
        """Hear that everything is ready and the first compilation begins."""

    def epoch(self, record: Mapping[str, Any], samples: Sequence[Sample], *, best: bool) -> None:
        """Hear of a finished epoch: a line of metrics.jsonl and the fixed samples."""

    def noted(self, message: str) -> None:
        """Hear something worth a line."""

    def finished(self, reason: str) -> None:
        """Hear why training ended."""


@runtime_checkable
class StepObserver(Protocol):
    """An observer that hears between epochs too."""

    def advanced(self, epoch: int, done: int, steps: int, batch: int) -> None:
        """Hear about once a second that `done` of the `steps` of an epoch are taken, each of `batch` examples."""


class Silent:
    """An observer that says nothing."""

    def started(self, header: Header) -> None:
        """Say nothing."""

    def epoch(self, record: Mapping[str, Any], samples: Sequence[Sample], *, best: bool) -> None:
        """Say nothing."""

    def noted(self, message: str) -> None:
        """Say nothing."""

    def finished(self, reason: str) -> None:
        """Say nothing."""


class Observers:
    """Hands every event to the display and to each run observer; one that raises is named once and hears no more.

    As a context it tells the observers how the run ended, whatever happens.

    Args:
        display: shows the training; what it raises is raised, but that its terminal was closed: then it shows no more.
        components: whose observers hear of it.

    Attributes:
        failures: a line for each observer that raised.
    """

    def __init__(self, display: Observer, components: Components) -> None:
        self.display, self.origins = display, components.origins
        self.failures: list[str] = []
        self._asked = list(components.observers)
        self._listening: list[tuple[str, RunObserver]] = []
        self._reason = ""

    def __enter__(self) -> Observers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            cut = isinstance(error, KeyboardInterrupt)
            self._ended(Ending(reason="interrupted" if cut else str(error) or type(error).__name__))

    def started(self, header: Header) -> None:
        """Hand the header on."""
        self._show(lambda display: display.started(header))
        self._listening = self._asked
        self._tell("started", lambda observer: observer.started(header))

    def epoch(self, record: Mapping[str, Any], samples: Sequence[Sample], *, best: bool) -> None:
        """Hand an epoch on."""
        self._show(lambda display: display.epoch(record, samples, best=best))
        self._tell("epoch", lambda observer: observer.epoch(dict(record), samples, best=best))

    def advanced(self, epoch: int, done: int, steps: int, batch: int) -> None:
        """Tell the display how far an epoch is; observers hear of whole ones."""
        if isinstance(self.display, StepObserver):
            self.display.advanced(epoch, done, steps, batch)

    def noted(self, message: str) -> None:
        """Hand a message on."""
        self._show(lambda display: display.noted(message))
        self._tell("noted", lambda observer: observer.noted(message))

    def finished(self, reason: str) -> None:
        """Tell the display that training ended; observers hear of it when the run has been evaluated."""
        self._reason = reason
        self._show(lambda display: display.finished(reason))

    def evaluated(self, document: Mapping[str, Any]) -> None:
        """Tell the observers how the run ended, with the report as plain data."""
        self._ended(Ending(reason=self._reason, report=document))

    def _show(self, call: Callable[[Observer], None]) -> None:
        try:
            call(self.display)
        except OSError as error:
            if error.errno != errno.EIO:
                raise
            # The training goes on, and is told in its folder.
            self.display = Silent()

    def _ended(self, ending: Ending) -> None:
        self._tell("finished", lambda observer: observer.finished(ending))
        self._listening = []

    def _tell(self, stage: str, call: Callable[[RunObserver], None]) -> None:
        for pair in [*self._listening]:
            try:
                if pair in self._listening:
                    call(pair[1])
            except KeyboardInterrupt:
                raise
            # An observer may raise anything, a wish to leave the program as well; the training goes on without it.
            except BaseException as error:
                self._listening.remove(pair)
                self._name(pair[0], stage, error)

    def _name(self, name: str, stage: str, error: BaseException) -> None:
        trace_failure(error)
        plugin, distribution, version = self.origins[f"observer {name}"]
        said = " ".join(f"{type(error).__name__}: {error}".split())
        line = f"observer {plugin}/{name.rpartition('/')[2]} ({distribution} {version}) failed in {stage}: {said}"
        self.failures.append(line)
        self.noted(f"{line}; it hears no more of this run")


def run_header(run: Run, drawn: Drawable, splits: Splits, *, done: int = 0) -> Header:
    """Collect everything that decides the result, and count what the splits share; `done` epochs lie behind."""
    config, found = run.config, versions()
    shown = splits.validation[0]
    (written,) = run.answerer.texts(splits.validation.expressions[:1], splits.validation.answers[:1]).tolist()
    source, target = run.answerer.rules.shown(run.encoder, shown.expression, written)
    proof = splits.proof(beside=[stage.splits for stage in run.stages])
    return Header(
        run=run.folder.name,
        grammar=config.subject,
        model=config.model.name,
        backend=config.training.backend,
        versions=f"keras {found['keras']} on {config.training.backend} {found[config.training.backend]}",
        seed=config.seed,
        counts={"train": config.data.train, "validation": len(splits.validation), "test": len(splits.test)},
        shared=proof.shared + proof.shown,
        lines=proof.lines,
        left_out=proof.left_out,
        expressions=drawn.expressions,
        source=source,
        target=target,
        vocabulary_size=len(run.encoder.vocabulary),
        parameters=run.model.count_params(),
        epochs=config.training.epochs,
        folder=run.folder.path,
        config=config.model_dump(mode="json"),
        done=done,
        examples=drawn.examples,
        examples_said=drawn.said,
        examples_between=(drawn.low, drawn.high),
        split_by=splits.split_by if isinstance(splits, PairSplits) else "",
    )
