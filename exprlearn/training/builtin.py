"""The built-in run observers, registered through the same hook as anybody's."""

from __future__ import annotations

from collections.abc import Iterable

from exprlearn.plugin import ObserverSpec, hookimpl
from exprlearn.training.epoch_table import EpochTable, EpochTableOptions


@hookimpl
def exprlearn_observers() -> Iterable[ObserverSpec]:
    """Yield the built-in run observers."""
    yield ObserverSpec(
        name="csv",
        summary="Keeps a table of all epochs in the run folder, for spreadsheets.",
        options=EpochTableOptions,
        make=EpochTable,
    )
