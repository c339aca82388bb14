"""How many expressions there are: exact counts of every rule for all sizes, and what would be without end."""

from __future__ import annotations

from exprlearn.sampling.counting.chart import CountChart
from exprlearn.sampling.counting.choices import Choices, DerivationChoice, State

__all__ = ["Choices", "CountChart", "DerivationChoice", "State"]
