"""exprlearn: an extensible expression-learning toolkit in which a Lark grammar is the data specification.

The names below are all a notebook needs. Each is imported when it is first used, so that `import exprlearn` is quick.

    import exprlearn as xl

    xl.evaluate("12/5+1")                     # Fraction(17, 5)
    space = xl.ExpressionSpace.from_file("mixed", terms=(2, 6))
    data = xl.dataset("addition", size=6_000, seed=0)
    lessons = xl.curriculum("sums")
    run = xl.train(data, model="seq2seq", target=0.97)
    run = xl.train("pairs.csv")
    run = xl.load("latest")
    run.predict("12+34")
    run.history
    xl.runs()
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from exprlearn import curriculum as curriculum
    from exprlearn import dataset as dataset
    from exprlearn import runs as runs
    from exprlearn.arithmetic import evaluate as evaluate
    from exprlearn.errors import ExprLearnError as ExprLearnError
    from exprlearn.notebook import train as train
    from exprlearn.runs.run import Run as Run
    from exprlearn.runs.starting import load as load
    from exprlearn.sampling import ExpressionSpace as ExpressionSpace

__version__ = "0.1.0"

_PLACES = {
    "ExprLearnError": "exprlearn.errors",
    "ExpressionSpace": "exprlearn.sampling",
    "Run": "exprlearn.runs.run",
    "evaluate": "exprlearn.arithmetic",
    "load": "exprlearn.runs.starting",
    "train": "exprlearn.notebook",
}

__all__ = ["ExprLearnError", "ExpressionSpace", "Run", "curriculum", "dataset", "evaluate", "load", "runs", "train"]


def __getattr__(name: str) -> Any:
    # These rooms can be called, as the functions that open a curriculum, make a dataset and list the runs.
    if name in ("curriculum", "dataset", "runs"):
        return import_module(f"exprlearn.{name}")
    if name not in _PLACES:
        raise AttributeError(f"module 'exprlearn' has no attribute {name!r}: it has {', '.join(__all__)}")
    return getattr(import_module(_PLACES[name]), name)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
