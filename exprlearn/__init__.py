"""exprlearn: an extensible expression-learning toolkit in which a Lark grammar is the data specification."""

from __future__ import annotations

__version__ = "0.1.0"
