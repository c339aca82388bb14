from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from exprlearn.errors import OptionError
from exprlearn.plugin import Header, ObserverSpec
from exprlearn.plugin.manager import Plugins
from exprlearn.runs.run_files import write_lines

PLUGINS = Plugins(only=(), strict=True)
ROWS = [{"epoch": epoch, "loss": 1 / epoch} for epoch in (1, 2, 3)]


def test_the_table_has_a_line_for_each_epoch(header: Header, tmp_path: Path) -> None:
    table = PLUGINS[ObserverSpec].make("csv")
    table.started(replace(header, folder=tmp_path))
    for row in ROWS[:2]:
        table.epoch(row, [], best=False)
    assert (tmp_path / "epochs.csv").read_text() == "epoch,loss\n1,1.0\n2,0.5\n"


def test_a_run_that_goes_on_has_each_epoch_once(header: Header, tmp_path: Path) -> None:
    write_lines(tmp_path / "metrics.jsonl", ROWS)
    table = PLUGINS[ObserverSpec].make("csv", {"file": "all.csv"})
    table.started(replace(header, folder=tmp_path, done=2))
    table.epoch({**ROWS[2], "stage": "hard"}, [], best=False)
    assert (tmp_path / "all.csv").read_text() == f"epoch,loss,stage\n1,1.0,\n2,0.5,\n3,{1 / 3},hard\n"


@pytest.mark.parametrize("name", ["../epochs.csv", "/tmp/epochs.csv", "run.json", ".csv", ""])
def test_the_table_lies_in_the_run_folder_and_replaces_nothing_there(name: str) -> None:
    with pytest.raises(OptionError, match=r"observer\.file"):
        PLUGINS[ObserverSpec].make("csv", {"file": name})
