"""The observer `mlflow`: a run in an MLflow store, which goes on when the run goes on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from time import time
from typing import Any

from mlflow.entities import Metric, Param, RunTag
from mlflow.tracking import MlflowClient

from exprlearn.plugin import Ending, Header, Sample
from exprlearn_trackers.plain import measured, settings_of

KEPT = "mlflow-run.txt"
LONGEST = 5_000
AT_ONCE = 100


class Mlflow:
    """Keeps settings as parameters, the numbers of each epoch as metrics, and the test's beside them.

    The id of the MLflow run lies in the run folder, so that a run that goes on goes on there too.
    """

    def __init__(self, tracking_uri: str, experiment: str) -> None:
        self.tracking_uri, self.experiment = tracking_uri, experiment
        self.epochs = 0

    def started(self, header: Header) -> None:
        """Begin an MLflow run, or go on with the one that the run folder names."""
        self.client = MlflowClient(tracking_uri=self.tracking_uri)
        self.epochs, kept = header.done, header.folder / KEPT
        if header.done and kept.is_file():
            self.run = kept.read_text(encoding="utf-8").strip()
            self.client.update_run(self.run, status="RUNNING")
        else:
            self.run = self._new_run(header)
            kept.write_text(f"{self.run}\n", encoding="utf-8")

    def epoch(self, record: Mapping[str, Any], samples: Sequence[Sample], *, best: bool) -> None:
        """Log the numbers of an epoch."""
        self.epochs = int(record["epoch"])
        self._log(measured(record))

    def noted(self, message: str) -> None:
        """Keep the newest message as a tag."""
        self.client.set_tag(self.run, "note", message[:LONGEST])

    def finished(self, ending: Ending) -> None:
        """Log the scores of the test and end the MLflow run."""
        self._log({f"test.{name}": number for name, number in measured(ending.report or {}).items()})
        self.client.set_tag(self.run, "ending", ending.reason[:LONGEST])
        self.client.set_terminated(self.run, "KILLED" if ending.report is None else "FINISHED")

    def _new_run(self, header: Header) -> str:
        found = self.client.get_experiment_by_name(self.experiment)
        experiment = found.experiment_id if found else self.client.create_experiment(self.experiment)
        run: str = self.client.create_run(experiment, run_name=header.run).info.run_id
        settings = [Param(name, value[:LONGEST]) for name, value in settings_of(header.config)]
        for first in range(0, len(settings), AT_ONCE):
            self.client.log_batch(run, params=settings[first : first + AT_ONCE])
        tags = {"folder": str(header.folder), "backend": header.backend, "versions": header.versions}
        self.client.log_batch(run, tags=[RunTag(name, value) for name, value in tags.items()])
        return run

    def _log(self, numbers: Mapping[str, float]) -> None:
        now = int(1000 * time())
        self.client.log_batch(self.run, [Metric(name, number, now, self.epochs) for name, number in numbers.items()])
