"""Which settings are tried: every combination, or independent draws; both are asked for in one go."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from exprlearn.sweep.drawing import Settings, drawn, grid
from exprlearn.sweep.section import SweepSection

if TYPE_CHECKING:
    from exprlearn.sweep.ending import End


class Search(Protocol):
    """Says what to try next."""

    def ask(self) -> list[Settings]:
        """Return the settings of the next trials; none when enough were tried."""

    def tell(self, ends: Sequence[End]) -> None:
        """Hear how the trials asked for last ended, in their order."""


class AtOnce:
    """A search whose trials are known before the first has ended."""

    def __init__(self, settings: list[Settings]) -> None:
        self._settings = settings

    def ask(self) -> list[Settings]:
        """Return all settings, once."""
        asked, self._settings = self._settings, []
        return asked

    def tell(self, ends: Sequence[End]) -> None:
        """Learn nothing from it."""


def search_of(section: SweepSection) -> Search:
    """Make the search that a section names; optuna is imported only where it is asked for.

    Raises:
        BackendError: optuna is not installed.
    """
    if section.search == "optuna":
        from exprlearn.sweep.optuna import OptunaSearch

        return OptunaSearch(section)
    if section.search == "random":
        return AtOnce([drawn(section.parameters, section.seed, index) for index in range(section.trials or 0)])
    return AtOnce(grid(section.parameters))
