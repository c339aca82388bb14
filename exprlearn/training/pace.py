"""How many steps one compiled call takes, so that a wish to stop is heard soon."""

from __future__ import annotations

#: How long a call should take; while it runs, no signal is heard and no checkpoint written.
CALL_SECONDS = 1.0

#: How old the last checkpoint may get in the middle of an epoch.
CHECKPOINT_SECONDS = 60.0

_MOST_GROWTH = 8


class Pace:
    """Finds, from how long calls took, how many steps the next one takes.

    Where an epoch is cut changes nothing but that, so that the clock may decide. The first call, of one step, compiles.

    >>> pace = Pace(call_seconds=1.0)
    >>> for seconds in (20.0, 0.01, 0.08, 0.64):
    ...     pace.note(pace.steps, seconds)
    >>> pace.steps
    100
    """

    def __init__(self, call_seconds: float | None = None) -> None:
        self.call_seconds = CALL_SECONDS if call_seconds is None else call_seconds
        self.steps = 1

    def note(self, steps: int, seconds: float) -> None:
        """Learn that so many steps took so long."""
        wanted = int(steps * self.call_seconds / max(seconds, 1e-9))
        self.steps = max(1, min(wanted, _MOST_GROWTH * self.steps))
