"""When a training ends, and how Ctrl-C, SIGTERM and a terminal that is closed end it."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

#: How the reason of a training that time ended begins.
TIME_UP = "time limit"
SIGNALS = {signal.SIGINT: "interrupted", signal.SIGTERM: "terminated", signal.SIGHUP: "hung up"}


@dataclass
class Interruption:
    """Whether somebody asked to stop, and how; asking once more stops at once."""

    reason: str | None = None


@contextmanager
def interruption(say: Callable[[str], None]) -> Iterator[Interruption]:
    """Turn the first signal of the block into a wish to stop after the steps at hand; `say` it was heard.

    SIGHUP may come from the system and from the shell, so that a second one is the same wish; where it is ignored, as
    under `nohup`, it stays so.
    """
    wish = Interruption()
    if threading.current_thread() is not threading.main_thread():
        yield wish
        return

    terminals = [stream for stream in (1, 2) if os.isatty(stream)]

    def ask(number: int, frame: FrameType | None) -> None:
        if number == signal.SIGHUP:
            _leave(terminals)
        if wish.reason is not None:
            if number == signal.SIGHUP:
                return
            raise KeyboardInterrupt
        wish.reason = SIGNALS[signal.Signals(number)]
        say("saving after the steps at hand; Ctrl-C again stops at once")

    heard = [number for number in SIGNALS if (number, signal.getsignal(number)) != (signal.SIGHUP, signal.SIG_IGN)]
    before = {number: signal.signal(number, ask) for number in heard}
    try:
        yield wish
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _leave(terminals: list[int]) -> None:
    """Write into the void from now on: writing to a terminal that is closed fails."""
    void = os.open(os.devnull, os.O_WRONLY)
    for stream in terminals:
        os.dup2(void, stream)
    os.close(void)


@dataclass
class Stopping:
    """Says after every epoch, and in the middle of one, whether training is over, and why.

    Args:
        settings: the `[training]` section, with `epochs`, `target`, `max_seconds` and `patience`.
        wish: the user's wish to stop.
        until: the one epoch to stop after, as when a run is done again; None asks the settings.
        heard: returns the wish that counts, this process's or that of another one.
        is_lower_better: whether a lower score is a better one.
    """

    settings: Any
    wish: Interruption = field(default_factory=Interruption)
    until: int | None = None
    heard: Callable[[str | None], str | None] = lambda wish: wish
    is_lower_better: bool = False

    @property
    def last(self) -> int:
        """Return the epoch after which none is begun."""
        epochs = int(self.settings.epochs)
        return epochs if self.until is None else min(self.until, epochs)

    @property
    def all_done(self) -> str:
        """Say that the last epoch is done."""
        return f"all {self.last} epochs done" if self.until is None else f"{self.until} epochs done, as asked"

    def within(self, *, seconds: float) -> str | None:
        """Return why training ends in the middle of an epoch, or None.

        Args:
            seconds: spent so far.
        """
        wish, limit = self.heard(self.wish.reason), self.settings.max_seconds
        if wish is not None or self.until is not None or limit is None:
            return wish
        return f"{TIME_UP} of {self.settings.max_time}" if seconds > limit else None

    def reason(
        self,
        *,
        epoch: int,
        score: float,
        improved_epoch: int,
        seconds: float,
        last: float,
        asked: str | None = None,
    ) -> str | None:
        """Return why training ends after `epoch`, or None.

        Args:
            epoch: epochs done.
            score: what decides, on the validation split, after this epoch.
            improved_epoch: the first epoch with the best.
            seconds: spent so far.
            last: seconds that the next epoch will take as far as is known; one that would end past the limit is not
                begun.
            asked: why a callback ends the training, if one does.
        """
        wish, wanted = self.heard(self.wish.reason), self.settings
        if wish is not None:
            return wish
        if self.until is not None:
            return self.all_done if epoch >= self.until else None
        if asked is not None:
            return asked
        if wanted.target is not None and (score <= wanted.target if self.is_lower_better else score >= wanted.target):
            return f"target {wanted.target:g} reached"
        if epoch >= wanted.epochs:
            return self.all_done
        if wanted.max_seconds is not None and seconds + last > wanted.max_seconds:
            return f"{TIME_UP} of {wanted.max_time}"
        if wanted.patience is not None and epoch - improved_epoch >= wanted.patience:
            return f"no better for {wanted.patience} epochs"
        return None
