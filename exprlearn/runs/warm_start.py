"""Beginning with the weights of another run: found by their names, and rows and columns of tokens by the tokens.

    weights of the other run          of the new one, whose vocabulary is another
    logits/kernel (96, 14)     ─┐     a layer of the same name: taken
      column of '+'             ├──►    the column of '+', wherever it stands there
      no column of '-'         ─┘       stays as it was drawn

Which axes of a weight belong to the vocabulary shows a second model that is built for one token more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from exprlearn.backend.keras_import import array_of
from exprlearn.config import Components
from exprlearn.config.setting_values import NOTHING
from exprlearn.dataset import load_space
from exprlearn.dataset.held_out_lines import SpaceForms
from exprlearn.dataset.pairs import Pairs
from exprlearn.encoding.vocabulary import SPECIALS, Vocabulary
from exprlearn.errors import DataError, OptionError
from exprlearn.runs.checkpoint import digest_of
from exprlearn.runs.frozen_weights import stable_paths
from exprlearn.runs.preparation import Data
from exprlearn.runs.run import Run
from exprlearn.sampling import ExpressionSpace

if TYPE_CHECKING:
    import keras

#: Names that a message or run.json lists.
MOST_TOLD = 12


@dataclass(frozen=True, kw_only=True)
class WarmStart:
    """What of another run's weights a new run begins with.

    Attributes:
        run: the name of the other run.
        digest: the SHA-256 of its weights.
        taken: the weights that were taken, whole or as far as the vocabularies agree.
        left: those that stay as they were drawn, each with the reason.
        unknown: the tokens that the other run does not know.
    """

    run: str
    digest: str
    taken: Sequence[str]
    left: Mapping[str, str]
    unknown: Sequence[str]

    def document(self) -> dict[str, Any]:
        """Return it as plain values, for JSON."""
        left = dict(list(self.left.items())[:MOST_TOLD])
        known = {"run": self.run, "digest": self.digest, "taken": len(self.taken)}
        return {**known, "left": left, "left_count": len(self.left), "unknown_tokens": list(self.unknown)}

    def notes(self) -> list[str]:
        """Tell in sentences what was taken and what was not."""
        count = len(self.taken) + len(self.left)
        told = [f"begins with {len(self.taken)} of {count} weights of {self.run}"]
        if self.unknown:
            more = len(self.unknown) - MOST_TOLD
            listed = " ".join(self.unknown[:MOST_TOLD]) + (f" and {more} more" if more > 0 else "")
            told.append(f"{self.run} knows nothing of {listed}: rows and columns of these tokens begin anew")
        told += [f"begins anew: {name}, {reason}" for name, reason in list(self.left.items())[:MOST_TOLD]]
        if len(self.left) > MOST_TOLD:
            told.append(f"begins anew: {len(self.left) - MOST_TOLD} weights more")
        return told


def take_weights(model: keras.Model, larger: Any, vocabulary: Vocabulary, source: Run) -> WarmStart:
    """Give a new model the weights of another run that fit, token by token, and tell which do.

    An OptionError says that none of them fits.

    Args:
        model: the new model.
        larger: the same, built for one token more; what of a shape differs belongs to the vocabulary.
        vocabulary: of the new model.
        source: the other run.
    """
    there = dict(zip(stable_paths(source.model), source.model.variables, strict=True))
    shared = _shared_ids(vocabulary, source.encoder.vocabulary)
    sizes = len(vocabulary), len(source.encoder.vocabulary)
    # Where all tokens are the same, whatever follows from their number is too.
    is_same = vocabulary.symbols == source.encoder.vocabulary.symbols
    taken: list[str] = []
    left: dict[str, str] = {}
    for path, variable, grown in zip(stable_paths(model), model.variables, larger.variables, strict=True):
        if np.dtype(variable.dtype).kind != "f":
            continue
        if path not in there:
            left[path] = "which the other run does not have"
            continue
        old = array_of(there[path])
        larger_shape = tuple((variable if is_same else grown).shape)
        new = _joined(array_of(variable), old, larger_shape, shared, sizes)
        if new is None:
            left[path] = f"which is {tuple(variable.shape)} here and {old.shape} there"
            continue
        variable.assign(new)
        taken.append(path)
    name = source.folder.name
    if not taken:
        raise OptionError(f"training.init_from: no weight of {name} fits a weight of this model: leave it out")
    unknown = [symbol for symbol in vocabulary.symbols if symbol not in source.encoder.vocabulary.ids]
    return WarmStart(run=name, digest=digest_of(source.variables), taken=taken, left=left, unknown=unknown)


def _shared_ids(new: Vocabulary, old: Vocabulary) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the ids of the tokens that both know, in the new vocabulary and in the old one, both (n,) intp."""
    symbols = [symbol for symbol in new.symbols if symbol in old.ids]
    special = list(range(len(SPECIALS)))
    new_ids, old_ids = ([*special, *(each.ids[symbol] for symbol in symbols)] for each in (new, old))
    return np.array(new_ids, np.intp), np.array(old_ids, np.intp)


def _joined(
    new: NDArray[Any],
    old: NDArray[Any],
    grown: tuple[int, ...],
    shared: tuple[NDArray[np.intp], NDArray[np.intp]],
    sizes: tuple[int, int],
) -> NDArray[Any] | None:
    """Return `new` (its shape) with what of `old` it has a place for; None where the shapes do not agree.

    >>> ids = np.array([0, 2]), np.array([0, 1])
    >>> _joined(np.zeros((3, 1)), np.array([[5.0], [6.0]]), (4, 1), ids, (3, 2)).tolist()
    [[5.0], [0.0], [6.0]]
    >>> _joined(np.zeros((3, 1)), np.zeros((2, 1)), (3, 1), ids, (3, 2)) is None
    True
    """
    if new.ndim != old.ndim:
        return None
    here, there = [], []
    for axis, (size, larger) in enumerate(zip(new.shape, grown, strict=True)):
        if larger != size and (size, old.shape[axis]) == sizes:
            here.append(shared[0])
            there.append(shared[1])
        elif larger == size == old.shape[axis]:
            here.append(np.arange(size))
            there.append(np.arange(size))
        else:
            return None
    joined = new.copy()
    joined[np.ix_(*here)] = old[np.ix_(*there)]
    return joined


def refuse_leaks(components: Components, learned: Sequence[Data], source: Run) -> None:
    """Refuse with a DataError to begin with a run that may have learned what the new one holds out.

    Args:
        components: of the new run.
        learned: what it holds examples out of: its own expressions or pairs, and those of its stages.
        source: the other run.
    """
    name, new, old = source.folder.name, components.config, source.config
    for key, here, there in (
        ("data.split", new.data.split, old.data.split),
        ("data.level", new.data.level, old.data.level),
    ):
        if here != there or "position" in (here, there):
            raise DataError(
                f"{name} has {key}={there} and the new run {key}={here}, so that it may have learned what the new one "
                f"holds out: begin with a run that was split by content at the same level"
            )
    for each in (*learned, source.pairs):
        if isinstance(each, Pairs) and each.splits is not None:
            raise DataError(
                f"a column says how the pairs of {each.name} are split: {name} may have learned what the new run "
                "holds out: leave the column out, or begin with other weights"
            )
    if old.working.name == NOTHING and source.components.model.framing != "rewriting":
        return
    seen = SpaceForms.of(load_space(old.grammar, source.components, text=source.grammar_text))
    if not all(isinstance(each, ExpressionSpace) and seen.include(SpaceForms.of(each)) for each in learned):
        raise DataError(
            f"{name} learned from workings, whose lines it chose for its own grammar: they may show what a run with "
            "other numbers or more of them holds out; begin with a run of --working none, or keep to its numbers"
        )


def name_source(source: Path, runs: Path) -> str:
    """Name a run as a config does: by its name where it lies below `runs`, else by its whole path."""
    path = source.resolve()
    return path.name if path.parent == runs.resolve() else str(path)


def with_source(components: Components, name: str) -> Components:
    """Return components whose config says by its own name which run it begins with."""
    training = components.config.training.model_copy(update={"init_from": name})
    return replace(components, config=components.config.model_copy(update={"training": training}))
