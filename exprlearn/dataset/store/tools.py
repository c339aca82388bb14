"""What a machine brings along to make a dataset: plugins, and an encoder where ids are written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from exprlearn.plugin.manager import Plugins, plugins_from_environment

if TYPE_CHECKING:
    from exprlearn.config import Components
    from exprlearn.sampling import ExpressionSpace


class IdWriter(Protocol):
    """Writes expressions and answers as ids, as `exprlearn.encoding.Encoder` does."""

    def sources(self, expressions: NDArray[np.str_]) -> NDArray[np.int32]:
        """Return rows (n, source_length) int32."""

    def targets(self, answers: NDArray[np.str_]) -> NDArray[np.int32]:
        """Return rows (n, target_length) int32."""

    def to_json(self) -> dict[str, Any]:
        """Describe the vocabulary and the rows."""


@dataclass(frozen=True)
class Tools:
    """What a recipe names but does not hold.

    Attributes:
        plugin_files: one-file plugins to load.
        plugin_names: installed plugins to load, comma-separated; None loads all.
        encoder: makes what writes ids; needed by the layout `tokens` alone. A function at the top of a module, so that
            other processes find it too.
    """

    plugin_files: tuple[Path, ...] = ()
    plugin_names: str | None = None
    encoder: Callable[[ExpressionSpace, Components], IdWriter] | None = None

    def plugins(self) -> Plugins:
        """Load the plugins.

        Raises:
            PluginError: a named file or name that cannot be had.
        """
        return plugins_from_environment(only=self.plugin_names, files=self.plugin_files)
