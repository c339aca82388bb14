"""How far an epoch is: a bar, how fast it goes and how long it still takes."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from rich.progress import BarColumn, Progress, TaskID, TextColumn

from exprlearn.report.wording import counted, lasting

BAR_WIDTH = 30


class EpochBar:
    """Draws and words the steps of one epoch after the other; the first call, which compiles, counts for no rate.

    Args:
        clock: tells seconds.
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        columns = (
            TextColumn("  {task.description}"),
            BarColumn(BAR_WIDTH),
            TextColumn("{task.percentage:3.0f} %  {task.fields[words]}"),
        )
        self.drawing = Progress(*columns, auto_refresh=False, get_time=clock)
        self._epoch, self._task = 0, TaskID(0)

    def advance(self, epoch: int, done: int, steps: int, batch: int) -> None:
        """Note that so many steps of an epoch are done, each of `batch` examples."""
        if epoch != self._epoch:
            for task in self.drawing.task_ids:
                self.drawing.remove_task(task)
            self._epoch, self._task = epoch, self.drawing.add_task(f"epoch {epoch}", total=steps, words="")
        self.drawing.update(self._task, completed=done)
        self.drawing.update(self._task, words=self._words(done == steps, batch))

    def _words(self, is_done: bool, batch: int) -> str:
        """Say what happens now."""
        task = self.drawing.tasks[0]
        if is_done:
            return "answering held-out expressions"
        if not task.speed or task.time_remaining is None:
            return ""
        return f"{counted(round(task.speed * batch))} examples a second  {lasting(task.time_remaining)} left"

    def line(self) -> str:
        """Write the epoch as a line without a bar."""
        task = self.drawing.tasks[0]
        return f"{task.description}  {task.percentage:.0f} %  {task.fields['words']}".rstrip()
