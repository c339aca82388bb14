from __future__ import annotations

import errno
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from exprlearn.config import Components, RunConfig, resolve
from exprlearn.errors import PluginError
from exprlearn.plugin import Header, ObserverSpec
from exprlearn.plugin.manager import Plugins
from exprlearn.training.observers import Observers, Silent

FILE = Path(__file__).parents[1] / "plugin" / "distributions" / "watchers" / "exprlearn_watchers.py"
PLUGINS = Plugins(only=(), files=[FILE], strict=True)


class Display(Silent):
    def __init__(self) -> None:
        self.notes: list[str] = []

    def noted(self, message: str) -> None:
        self.notes.append(message)


def test_a_training_goes_on_when_its_terminal_is_closed_and_only_then(header: Header) -> None:
    class Closed(Display):
        number = errno.EIO

        def epoch(self, *arguments: Any, **further: Any) -> None:
            raise OSError(self.number, "what a terminal says")

    display = Closed()
    assert walk(header, display) == []
    assert display.notes == ["a line"]
    display.number = errno.ENOSPC
    with pytest.raises(OSError, match="what a terminal says"):
        walk(header, display)


@pytest.fixture
def heard() -> Iterator[list[Any]]:
    recorder = type(PLUGINS[ObserverSpec].make("recorder"))
    recorder.heard.clear()
    yield recorder.heard
    recorder.heard.clear()


def components(*observers: Any) -> Components:
    return resolve(RunConfig.model_validate({"training": {"observers": list(observers)}}), PLUGINS)


def walk(header: Header, display: Display, *observers: Any) -> list[str]:
    with Observers(display, components(*observers)) as audience:
        audience.started(header)
        audience.noted("a line")
        for epoch in (1, 2):
            audience.epoch({"epoch": epoch}, [], best=True)
        audience.finished("all 2 epochs done")
        audience.judged({"exact_match": 1})
    return audience.failures


def cut(header: Header, error: BaseException) -> None:
    with Observers(Display(), components("recorder")) as audience:
        audience.started(header)
        raise error


def test_an_observer_hears_the_run_from_start_to_report(header: Header, heard: list[Any]) -> None:
    assert walk(header, Display(), "recorder") == []
    assert [call for call, _ in heard] == ["started", "noted", "epoch", "epoch", "finished"]
    ending = heard[-1][1]
    assert (ending.reason, ending.report) == ("all 2 epochs done", {"exact_match": 1})


@pytest.mark.parametrize("call", ["started", "epoch", "noted", "finished"])
def test_an_observer_that_raises_is_named_once_and_the_others_hear_on(
    header: Header, heard: list[Any], call: str
) -> None:
    display = Display()
    failures = walk(header, display, {"name": "recorder", "fails_in": call}, "recorder")
    raised = "SystemExit" if call == "noted" else "RuntimeError"
    assert failures == [f"observer exprlearn_watchers/recorder ({FILE} file) failed in {call}: {raised}: no disk"]
    assert sorted(display.notes) == sorted(["a line", f"{failures[0]}; it hears no more of this run"])
    others = [what for what, _ in heard]
    assert others.count("epoch") >= 2
    assert others.count("finished") == 1


def test_a_run_that_fails_is_told_to_have_no_report(header: Header, heard: list[Any]) -> None:
    with pytest.raises(ValueError, match="nan"):
        cut(header, ValueError("the loss became nan"))
    assert [call for call, _ in heard] == ["started", "finished"]
    assert (heard[-1][1].reason, heard[-1][1].report) == ("the loss became nan", None)


def test_a_run_that_never_started_is_told_to_nobody(heard: list[Any]) -> None:
    with pytest.raises(KeyboardInterrupt), Observers(Display(), components("recorder")):
        raise KeyboardInterrupt
    assert heard == []


def test_an_interrupted_run_is_called_so(header: Header, heard: list[Any]) -> None:
    with pytest.raises(KeyboardInterrupt):
        cut(header, KeyboardInterrupt())
    assert (heard[-1][1].reason, heard[-1][1].report) == ("interrupted", None)


def test_an_observer_that_cannot_be_made_stops_before_anything_is_trained() -> None:
    said = r"observer exprlearn_watchers/impossible .* cannot be made: ModuleNotFoundError: No module named 'tracker'"
    with pytest.raises(PluginError, match=said):
        components("impossible")
