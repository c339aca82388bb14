"""How many expressions there are: exact counts of every rule for all sizes, and what would be without end."""

from __future__ import annotations

from exprlearn.sampling.counting.chart import Chart
from exprlearn.sampling.counting.choices import Choice, Choices, State

__all__ = ["Chart", "Choice", "Choices", "State"]
