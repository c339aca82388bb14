"""Run observers that hand what they hear on to trackers of experiments: TensorBoard and MLflow.

Each needs a library of its own, which is imported when the observer is made, and named when it is missing.
"""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import Field

from exprlearn.plugin import ObserverSpec, Options, RunObserver, hookimpl
from exprlearn_trackers.needs import needed


class TensorBoardOptions(Options):
    """Options of the observer `tensorboard`."""

    folder: str = Field(default="tensorboard", min_length=1, description="Where event files go, below the run folder.")


class MlflowOptions(Options):
    """Options of the observer `mlflow`."""

    tracking_uri: str = Field(
        default="sqlite:///mlflow.db",
        min_length=1,
        description="Where runs are kept: a file, or the address of a server.",
    )
    experiment: str = Field(default="exprlearn", min_length=1, description="The experiment that runs belong to.")


def make_tensorboard(options: TensorBoardOptions) -> RunObserver:
    """Make the observer; ExprLearnError when tensorboardX is missing."""
    needed("tensorboardX", extra="tensorboard")
    from exprlearn_trackers.tensorboard import TensorBoard

    return TensorBoard(options.folder)


def make_mlflow(options: MlflowOptions) -> RunObserver:
    """Make the observer; ExprLearnError when MLflow or what its store needs is missing."""
    needed("mlflow", "sqlalchemy", "alembic", extra="mlflow")
    from exprlearn_trackers.mlflow import Mlflow

    return Mlflow(options.tracking_uri, options.experiment)


@hookimpl
def exprlearn_observers() -> Iterable[ObserverSpec]:
    """Yield the observers, for `--observer tensorboard` and `--observer mlflow`."""
    yield ObserverSpec(
        name="tensorboard",
        summary="Curves and samples for TensorBoard, in the run folder.",
        options=TensorBoardOptions,
        make=make_tensorboard,
    )
    yield ObserverSpec(
        name="mlflow",
        summary="Settings, curves and test scores in an MLflow store, a file unless told otherwise.",
        options=MlflowOptions,
        make=make_mlflow,
    )
