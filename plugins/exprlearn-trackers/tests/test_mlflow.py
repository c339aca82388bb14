from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from mlflow.tracking import MlflowClient

from exprlearn.plugin import Ending, Header
from exprlearn_trackers import MlflowOptions, make_mlflow

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:sqlalchemy", "ignore::ResourceWarning")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> str:
    return f"sqlite:///{tmp_path_factory.mktemp('store') / 'mlflow.db'}"


def tell(store: str, header: Header, epochs: range, ending: Ending) -> str:
    observer = make_mlflow(MlflowOptions(tracking_uri=store, experiment="sums"))
    observer.started(header)
    for epoch in epochs:
        observer.epoch({"epoch": epoch, "loss": 1 / epoch}, [], best=False)
    observer.finished(ending)
    return Path(header.folder, "mlflow-run.txt").read_text().strip()


def test_a_run_is_kept_with_its_settings_curves_and_scores(store: str, header: Header) -> None:
    name = tell(store, header, range(1, 3), Ending(reason="done", report={"exact_match": {"value": 0.5}}))
    run = MlflowClient(tracking_uri=store).get_run(name)
    assert (run.info.run_name, run.info.status) == ("addition-1", "FINISHED")
    assert run.data.params == {"seed": "0", "model.name": "seq2seq", "model.units": "128"}
    assert run.data.metrics == {"loss": 0.5, "test.exact_match.value": 0.5}
    assert run.data.tags["ending"] == "done"


def test_a_run_that_goes_on_goes_on_in_the_store(store: str, header: Header) -> None:
    first = tell(store, header, range(1, 3), Ending(reason="interrupted"))
    client = MlflowClient(tracking_uri=store)
    assert client.get_run(first).info.status == "KILLED"
    second = tell(store, replace(header, done=2), range(3, 5), Ending(reason="done", report={}))
    assert second == first
    assert [point.step for point in client.get_metric_history(first, "loss")] == [1, 2, 3, 4]


def test_two_runs_are_two_runs_of_one_experiment(store: str, header: Header, tmp_path: Path) -> None:
    folders = [tmp_path / "one", tmp_path / "other"]
    for folder in folders:
        folder.mkdir()
    names = {tell(store, replace(header, folder=folder), range(0), Ending(reason="interrupted")) for folder in folders}
    client = MlflowClient(tracking_uri=store)
    assert len(names) == 2
    assert len({client.get_run(name).info.experiment_id for name in names}) == 1
