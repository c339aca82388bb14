"""How a training is shown: in a terminal, in a notebook, and to nobody where nobody looks."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import Any

import pytest

from exprlearn.notebook.display import NotebookTable, fitting_display, is_notebook
from exprlearn.plugin import Sample
from exprlearn.report.training_progress import LiveTable, TrainingLines
from exprlearn.testing import observer as contract
from exprlearn.training.observers import Observer, Silent, StepObserver

HEADER = replace(contract.HEADER, run="sums-1", grammar="addition", backend="jax", epochs=2, config={})
RECORD = {"epoch": 1, "examples": 64, "loss": 0.5, "exact_match": 0.5, "digit_accuracy": 0.75, "seconds": 1.0}


def tell(display: Observer) -> None:
    display.started(HEADER)
    if isinstance(display, StepObserver):
        display.advanced(1, 1, 2, 32)
    display.epoch(RECORD, [Sample("1+<2>", "3", "3"), Sample("2+2", "", "4")], best=True)
    display.noted("something worth a line")
    display.finished("all 1 epochs done")


def test_nobody_is_shown_a_training_that_nobody_looks_at(capsys: pytest.CaptureFixture[str]) -> None:
    assert isinstance(fitting_display(None), Silent)
    assert isinstance(fitting_display(False), Silent)
    shown = fitting_display(True)
    assert isinstance(shown, TrainingLines)
    tell(shown)
    assert "grammar addition · model seq2seq" in (said := capsys.readouterr().err)
    assert "epoch 1  loss 0.5000" in said


def test_a_terminal_has_a_live_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    assert isinstance(fitting_display(None), LiveTable)


@pytest.fixture
def notebook() -> Any:
    """A shell of IPython with a kernel, and what it shows."""
    capturing = pytest.importorskip("IPython.core.displaypub").CapturingDisplayPublisher
    shell = pytest.importorskip("IPython.core.interactiveshell").InteractiveShell.instance()
    shell.display_pub = publisher = capturing(parent=shell)
    shell.kernel = object()
    yield publisher
    type(shell).clear_instance()


def test_a_notebook_has_one_table_that_grows(notebook: Any) -> None:
    assert is_notebook()
    display = fitting_display(None)
    assert isinstance(display, NotebookTable)
    tell(display)
    first, *others = notebook.outputs
    assert not first.get("update")
    assert all(other["update"] for other in others)
    assert {each["transient"]["display_id"] for each in notebook.outputs} == {first["transient"]["display_id"]}
    shown = others[-1]["data"]["text/html"]
    assert "<td>0.5000</td>" in shown
    assert "1+&lt;2&gt; = 3 ✓" in shown
    assert "2+2 = nothing ✗ 4" in shown
    assert "something worth a line" in shown
    assert "stopped: all 1 epochs done" in shown
