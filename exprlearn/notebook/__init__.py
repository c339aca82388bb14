"""The walk as one call, for notebooks and scripts."""

from __future__ import annotations

from exprlearn.notebook.training import train

__all__ = ["train"]
