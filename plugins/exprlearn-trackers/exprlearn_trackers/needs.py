"""What an observer needs, and how it is installed."""

from __future__ import annotations

from importlib.util import find_spec

from exprlearn import ExprLearnError


def needed(*modules: str, extra: str) -> None:
    """Make sure that modules can be imported, without importing them.

    Raises:
        ExprLearnError: one cannot; with the command that installs the extra.
    """
    missing = [module for module in modules if find_spec(module) is None]
    if missing:
        raise ExprLearnError(
            f"the observer '{extra}' needs {', '.join(missing)}, which is not installed: "
            f"python -m pip install 'exprlearn-trackers[{extra}]'"
        )
