from __future__ import annotations

import os
import signal

import pytest

from exprlearn.config import TrainingSection
from exprlearn.training.stopping import Interruption, Stopping, interruption


def reason(
    *, wish=None, epoch=3, score=0.5, improved_epoch=3, seconds=10.0, last=1.0, asked=None, lower=False, **settings
):
    stopping = Stopping(TrainingSection(**settings), Interruption(wish), is_lower_better=lower)
    return stopping.reason(
        epoch=epoch, score=score, improved_epoch=improved_epoch, seconds=seconds, last=last, asked=asked
    )


def test_training_goes_on_while_nothing_stops_it():
    assert reason() is None


@pytest.mark.parametrize(
    ("told", "given"),
    [
        ("interrupted", {"wish": "interrupted"}),
        ("target 0.5 reached", {"target": 0.5}),
        ("target 2.5 reached", {"target": 2.5, "monitor": "rmse", "score": 2.0, "lower": True}),
        ("large: a weight of 7", {"asked": "large: a weight of 7", "target": 0.5}),
        ("all 3 epochs done", {"epochs": 3}),
        ("time limit of 10s", {"max_time": "10s"}),
        ("no better for 2 epochs", {"patience": 2, "improved_epoch": 1}),
    ],
)
def test_each_rule_stops_and_says_so(told, given):
    assert reason(**given) == told


def test_an_epoch_that_would_end_past_the_limit_is_not_begun():
    assert reason(max_time="10s", seconds=8.0, last=1.0) is None
    assert reason(max_time="10s", seconds=8.0, last=3.0) == "time limit of 10s"


def test_without_a_limit_time_does_not_stop():
    assert reason(max_time="none", seconds=1e9) is None


def test_time_and_a_wish_cut_every_epoch_the_first_too():
    timed = Stopping(TrainingSection(max_time="10s"))
    assert timed.within(seconds=9.0) is None
    assert timed.within(seconds=11.0) == "time limit of 10s"
    assert Stopping(TrainingSection(), Interruption("terminated")).within(seconds=0.0) == "terminated"
    assert Stopping(TrainingSection(max_time="10s"), until=3).within(seconds=11.0) is None


def test_a_second_hangup_is_the_same_wish_and_one_that_is_ignored_stays_so():
    # Whoever started the tests may have let it be ignored.
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    try:
        with interruption(lambda said: None) as wish:
            for _ in range(2):
                os.kill(os.getpid(), signal.SIGHUP)
            assert wish.reason == "hung up"
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        with interruption(lambda said: None) as wish:
            os.kill(os.getpid(), signal.SIGHUP)
            assert wish.reason is None
    finally:
        signal.signal(signal.SIGHUP, before)


@pytest.mark.parametrize(("number", "reason"), [(signal.SIGINT, "interrupted"), (signal.SIGTERM, "terminated")])
def test_the_first_signal_is_a_wish_and_the_second_stops_at_once(number, reason):
    before, said = signal.getsignal(number), []
    with interruption(said.append) as wish:
        os.kill(os.getpid(), number)
        assert wish.reason == reason
        assert "Ctrl-C again stops at once" in said[0]
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), number)
    assert signal.getsignal(number) is before


def test_a_run_that_is_done_again_stops_after_its_epochs_and_for_nothing_else():
    stopping = Stopping(TrainingSection(target=0.5, max_time="1s", patience=1), until=3)
    said = {"score": 1.0, "asked": "enough", "improved_epoch": 1, "seconds": 99.0, "last": 9.0}
    assert [stopping.reason(epoch=epoch, **said) for epoch in (1, 2, 3)] == [None, None, "3 epochs done, as asked"]


@pytest.mark.parametrize(("until", "last"), [(None, 3), (2, 2), (9, 3)])
def test_no_epoch_is_begun_after_the_last_or_after_the_one_asked_for(until, last):
    assert Stopping(TrainingSection(epochs=3), until=until).last == last
