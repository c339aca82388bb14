"""What a shell offers when a name is to be typed: grammars, components, runs, recipes, plugins.

A path is offered by the shell itself, where no name begins as what was typed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from exprlearn.errors import ExprLearnError

if TYPE_CHECKING:
    from exprlearn.plugin.manager import Plugins

# Fields of the options that name a component of the kind of their own name.
_OF_DATA = ("grammar", "curriculum", "schedule", "division", "working", "tokenizer", "padding", "reversal")
_OF_TRAINING = ("model", "loss", "optimizer", "metric", "callback", "observer", "engine")
_KINDS: Final = {**{name: name for name in (*_OF_DATA, *_OF_TRAINING)}, "monitor": "metric"}
_RUNS: Final = ("run", "first", "evaluated", "removed", "sides", "trained", "resume", "init_from", "reference")
_RECIPES: Final = ("recipe", "recipe_name", "reference")

Complete = Callable[[Any, str], list[str]]


def completion(declared: str) -> Complete | None:
    """Return what completes an option or argument, by the name of its declaration; None where nothing has names.

    >>> completion("recipe_name")(None, "addition-s")
    ['addition-seq2seq']
    >>> completion("epochs") is None
    True
    """
    field = declared.partition(":")[0]
    if field not in (*_KINDS, *_RUNS, *_RECIPES, "kind", "named", "source") or declared == "named:new":
        return None

    def complete(ctx: Any, incomplete: str) -> list[str]:
        try:
            return sorted(name for name in set(_names(declared, field, ctx)) if name.startswith(incomplete))
        except ExprLearnError:
            # What is wrong with runs or plugins is told when the command is run, not between two keys.
            return []

    return complete


def _names(declared: str, field: str, ctx: Any) -> Iterable[str]:
    """Yield every name that can be typed."""
    typed = {} if ctx is None else ctx.params
    if field in _KINDS:
        yield from _components(_KINDS[field])
    if field in _RECIPES:
        from exprlearn.recipes.catalogue import recipes

        yield from (recipe.name for recipe in recipes())
    if field in _RUNS:
        yield from _runs(Path(typed.get("runs") or "runs"))
    if field == "source":
        yield from _components("grammar")
        yield from (f"curriculum/{name}" for name in _components("curriculum"))
    if field == "kind":
        yield from _plugins().registries
    if declared == "named":
        yield from _components(typed.get("kind") or "")
    if declared == "named:plugin":
        plugins = _plugins()
        yield from (source.plugin for source in plugins.sources)
        yield from (failure.plugin for failure in plugins.failures)


def _plugins() -> Plugins:
    from exprlearn.plugin.manager import plugins_from_environment

    return plugins_from_environment()


def _components(kind: str) -> list[str]:
    registries = _plugins().registries
    return list(registries[kind].names) if kind in registries else []


def _runs(folder: Path) -> list[str]:
    from exprlearn.runs.run_folder import run_folders

    found = [run.name for run in run_folders(folder)]
    return [*found, "latest"] if found else []
