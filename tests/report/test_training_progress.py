from __future__ import annotations

import contextlib
import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

from exprlearn.cli.progress import Lines, show_training
from exprlearn.report.training_progress import (
    EpochBar,
    LiveTable,
    TrainingLines,
    bar,
    header_lines,
    padded_percent,
    stage_lines,
)
from exprlearn.testing import observer as contract
from exprlearn.training.observers import Observer, Observers, Sample, Silent

HEADER = replace(contract.HEADER, epochs=40, config={})
RECORD = {
    "epoch": 3,
    "examples": 49152,
    "loss": 0.25,
    "exact_match": 0.5,
    "digit_accuracy": 0.75,
    "learning_rate": 0.003,
    "seconds": 12.5,
}
SAMPLES = [Sample("12+34", "46", "46"), Sample("88+77", "155", "165"), Sample("1+1", "", "2")]


def tell(observer: Observer) -> None:
    observer.started(HEADER)
    observer.epoch(RECORD, SAMPLES, best=True)
    observer.finished("all epochs done")


def test_plain_progress_is_one_line_an_epoch(capsys: pytest.CaptureFixture[str]) -> None:
    with show_training("plain", "quickstart") as observer:
        tell(observer)
    *header, line = capsys.readouterr().err.splitlines()
    assert header[0] == "quickstart · grammar mixed · model seq2seq · keras 3.15 on tensorflow 2.21 · seed 0"
    assert "train generated on the fly · validation 1 000 · test 2 000" in header[1]
    assert "about 1·10^15 expressions exist" in header[1]
    assert line.startswith("epoch 3  loss 0.2500  exact  50.0 %  digits  75.0 %")
    assert line.endswith("best  12+34=46 ✓   88+77=155 ✗ 165   1+1=nothing ✗ 2")


@pytest.mark.parametrize(
    ("examples", "sure", "said"),
    [
        (10**15, "exact", "all about 1·10^15 expressions can be drawn"),
        (5000, "exact", "5 000 of about 1·10^15 expressions can be drawn"),
        (5000, "estimate", "about 5 000 of about 1·10^15 expressions can be drawn"),
        (5 * 10**13, "estimate", "about 5·10^13 of about 1·10^15 expressions can be drawn"),
        (5 * 10**13, "at most", "at most 5·10^13 of about 1·10^15 expressions can be drawn"),
    ],
)
def test_the_heading_counts_what_can_be_drawn(examples: int, sure: Any, said: str) -> None:
    header = list(header_lines(replace(HEADER, examples=examples, examples_said=sure), ""))
    assert header[1].endswith(said)


def test_json_progress_is_one_object_an_epoch(capsys: pytest.CaptureFixture[str]) -> None:
    with show_training("json") as observer:
        tell(observer)
    (line,) = capsys.readouterr().err.splitlines()
    document = json.loads(line)
    assert {key: document[key] for key in RECORD} == RECORD
    assert [sample["correct"] for sample in document["samples"]] == [True, False, False]


def test_no_progress_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with show_training("none") as observer:
        tell(observer)
        observer.noted("a checkpoint is damaged")
    assert capsys.readouterr() == ("", "")


def test_auto_is_plain_where_nobody_looks(capsys: pytest.CaptureFixture[str]) -> None:
    with show_training("auto") as observer:
        tell(observer)
    assert "\x1b" not in capsys.readouterr().err


def drawn(**terminal: object) -> str:
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=True, width=140, highlight=False, **terminal)  # type: ignore[arg-type]
    tell(LiveTable("", console))
    return screen.getvalue()


def test_live_progress_draws_the_epoch_and_its_samples() -> None:
    screen = drawn(color_system="standard")
    assert "█████" in screen
    assert "← best" in screen
    assert "\x1b[1;31m155 ✗" in screen
    assert "\x1b[32m46 ✓" in screen


def test_without_colour_a_wrong_answer_is_still_marked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    screen = drawn()
    assert "155 ✗" in screen
    assert "\x1b[1;31m" not in screen
    assert "\x1b[32m" not in screen


def test_live_progress_draws_how_far_an_epoch_is_how_fast_and_how_long_still() -> None:
    screen = io.StringIO()
    table = LiveTable("", Console(file=screen, force_terminal=True, width=140, color_system=None))
    seconds = iter([0.0] * 3 + [float(second) for second in range(1, 99) for _ in range(3)])
    table._bar = EpochBar(lambda: next(seconds))
    table.started(HEADER)
    assert "compiling the first step" in screen.getvalue()
    for done in (1, 65, 129):
        table.advanced(1, done, 256, 64)
    table.advanced(1, 256, 256, 64)
    table.finished("")
    shown = screen.getvalue()
    assert "epoch 1" in shown
    assert "━━━" in shown
    assert re.search(r"50 %  [\d ]+ examples a second  [\d.]+ s left", shown)
    assert "100 %  answering held-out expressions" in shown


def test_plain_progress_tells_how_far_an_epoch_is_when_it_is_long(capsys: pytest.CaptureFixture[str]) -> None:
    clock = SimpleNamespace(now=0.0)
    lines = TrainingLines(Lines("plain"), "", lambda: clock.now)
    lines.started(HEADER)
    capsys.readouterr()
    for second in range(20, 120, 4):
        clock.now = float(second)
        lines.advanced(1, second - 19, 256, 64)
    said = capsys.readouterr().err.splitlines()
    assert said == [
        "epoch 1  5 %  64 examples a second  4 min 3 s left",
        "epoch 1  18 %  64 examples a second  3 min 31 s left",
        "epoch 1  30 %  64 examples a second  2 min 59 s left",
    ]


def test_a_training_tells_its_display_of_steps_and_other_observers_hear_nothing_of_them() -> None:
    heard: list[tuple[int, ...]] = []
    display: Any = SimpleNamespace(
        advanced=lambda *told: heard.append(told), started=None, epoch=None, noted=None, finished=None
    )
    Observers(display, SimpleNamespace(origins={}, observers=[])).advanced(1, 2, 3, 4)  # type: ignore[arg-type]
    Observers(Silent(), SimpleNamespace(origins={}, observers=[])).advanced(1, 2, 3, 4)  # type: ignore[arg-type]
    assert heard == [(1, 2, 3, 4)]


@pytest.mark.parametrize("fail", [lambda: None, lambda: 1 / 0])
def test_the_cursor_comes_back_however_training_ends(
    fail: Callable[[], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=True, width=100)
    monkeypatch.setattr("exprlearn.cli.progress.console", lambda *, stderr: console)

    def train() -> None:
        with show_training("live") as observer:
            observer.started(HEADER)
            fail()

    with contextlib.suppress(ZeroDivisionError):
        train()
    assert screen.getvalue().rindex("\x1b[?25h") > screen.getvalue().rindex("\x1b[?25l")


@pytest.mark.parametrize(("value", "text"), [(0.0, "  0.0 %"), (0.99999, " 99.9 %"), (1.0, "100.0 %")])
def test_only_a_whole_that_is_whole_reads_100(value: float, text: str) -> None:
    assert padded_percent(value) == text


@pytest.mark.parametrize(("value", "drawing"), [(0.0, ""), (1.0, "██████████"), (0.25, "██▌")])
def test_a_bar_grows_with_its_share(value: float, drawing: str) -> None:
    assert bar(value) == drawing.ljust(10)


STAGED = {
    **RECORD,
    "stages": [
        {"stage": "two terms", "examples": 15000, "right": 250, "count": 256},
        {"stage": "three", "examples": 0, "right": 64, "count": 256},
    ],
}


def test_plain_progress_tells_each_stage_of_a_curriculum(capsys: pytest.CaptureFixture[str]) -> None:
    with show_training("plain") as observer:
        observer.epoch(STAGED, SAMPLES, best=True)
    _, first, second = capsys.readouterr().err.splitlines()
    assert first.split() == ["stage", "two", "terms", "exact", "97.7", "%", "trained", "on", "15", "000"]
    assert second.split() == ["stage", "three", "exact", "25.0", "%", "trained", "on", "0"]


def test_the_curriculum_is_told_with_its_schedule() -> None:
    curriculum = {"curriculum": {"name": "sums", "schedule": {"name": "threshold"}}}
    assert next(header_lines(replace(HEADER, config=curriculum), "")).endswith("seed 0 · curriculum sums by threshold")


@pytest.mark.parametrize(("drop", "told"), [("all", "answers alone"), (2, "without its first 2 parts")])
def test_the_header_tells_how_much_of_a_working_is_shown(drop: Any, told: str) -> None:
    config = {"working": {"name": "columns", "drop": drop}}
    assert next(header_lines(replace(HEADER, config=config), "")).endswith(f"seed 0 · working columns, {told}")
    whole = replace(HEADER, config={"working": {"name": "columns", "drop": 0}})
    assert next(header_lines(whole, "")).endswith("seed 0")


def test_the_live_table_draws_the_stages_below_the_samples() -> None:
    lines = [line.plain for line in stage_lines(STAGED)]
    assert lines == ["  two terms  █████████▊  97.7 %     15 000 examples", "  three      ██▌         25.0 %"]
    assert list(stage_lines(RECORD)) == []
