"""Asking the models of runs: loaded when first asked, one question at a time."""

from __future__ import annotations

import json
from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from exprlearn.errors import ExpressionTooLarge
from exprlearn.report.page_sections import written_answers
from exprlearn.runs.run_evaluation import step_row
from exprlearn.runs.schema import Written

if TYPE_CHECKING:
    from exprlearn.plugin.manager import Plugins
    from exprlearn.runs.run import Run

MOST_LOADED, MOST_CHARACTERS = 4, 200


@dataclass
class Asker:
    """Keeps the runs that were asked last; without `plugins` it loads what is installed."""

    plugins: Plugins | None = None
    _runs: OrderedDict[tuple[Path, int], Run] = field(default_factory=OrderedDict)
    # A process has one Keras on one backend, and a model answers one question at a time.
    _lock: Lock = field(default_factory=Lock)
    _backend: str | None = None

    def ask(self, path: Path, expression: str) -> dict[str, Any]:
        """Answer an expression with the run of a folder, with each step; raises as `load` and `Run.predict` do.

        An expression of too many characters is an ExpressionTooLarge.
        """
        if len(expression) > MOST_CHARACTERS:
            raise ExpressionTooLarge(f"{len(expression)} characters; an expression here has at most {MOST_CHARACTERS}")
        with self._lock:
            run = self._loaded(path)
            (prediction,) = run.predict([expression], steps=True)
        row = step_row(prediction, run.components.reversal.target)
        written = written_answers([Written.model_validate_json(json.dumps(row))])
        return {"run": path.name, **row, "chart": written[0].chart.spec if written else None}

    def _loaded(self, path: Path) -> Run:
        from exprlearn.runs.starting import load

        # A run that is still training has better weights after each epoch.
        key = path, (path / "checkpoints").stat().st_mtime_ns if (path / "checkpoints").is_dir() else 0
        if key not in self._runs:
            self._runs[key] = load(path, plugins=self.plugins, backend=self._backend)
            self._backend = self._runs[key].config.training.backend
        self._runs.move_to_end(key)
        while len(self._runs) > MOST_LOADED:
            self._runs.popitem(last=False)
        return self._runs[key]
