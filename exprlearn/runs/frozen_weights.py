"""The weights of a model by their paths, and those that are left as they are while it is trained."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from exprlearn.errors import OptionError

if TYPE_CHECKING:
    import keras

_NUMBERED = re.compile(r"(.+?)_\d+")


def stable_paths(model: Any) -> list[str]:
    """Name the variables of a model by their paths, without what depends on how many layers a process built before.

    Keras calls the cells of LSTMs `lstm_cell`, `lstm_cell_1` and so on, through all models of a process.
    """
    names: dict[tuple[str, ...], str] = {}
    counts: dict[tuple[str, ...], int] = {}
    paths = []
    for variable in model.variables:
        parts = tuple(variable.path.split("/"))
        stable: tuple[str, ...] = ()
        for depth, part in enumerate(parts, start=1):
            if parts[:depth] not in names:
                numbered = _NUMBERED.fullmatch(part)
                base = (*stable, numbered[1] if numbered else part)
                count = counts[base] = counts.get(base, -1) + 1
                names[parts[:depth]] = f"{base[-1]}_{count}" if count else base[-1]
            stable = (*stable, names[parts[:depth]])
        paths.append("/".join(stable))
    return paths


def freeze(model: keras.Model, patterns: Iterable[str]) -> None:
    """Leave the weights whose path a pattern is found in as they are.

    An OptionError names a pattern that is none or is found nowhere, or says that nothing is left to be learned.
    """
    paths = stable_paths(model)
    for pattern in patterns:
        try:
            found = [index for index, path in enumerate(paths) if re.search(pattern, path)]
        except re.error as error:
            raise OptionError(f"training.freeze: '{pattern}' is no regular expression: {error}") from None
        if not found:
            raise OptionError(f"training.freeze: '{pattern}' is in the path of no weight: {', '.join(paths)}")
        for index in found:
            model.variables[index].trainable = False
    if not model.trainable_variables:
        raise OptionError("training.freeze: every weight is frozen, and nothing is left to be learned: freeze fewer")
