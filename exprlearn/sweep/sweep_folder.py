"""What a sweep folder keeps besides its run folders: what it is a sweep of, and which trials failed.

A folder that cannot be read or written, or belongs to something else, is a DataError.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence, Set
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError

from exprlearn import locking
from exprlearn.config import Components, RunConfig, leaves
from exprlearn.errors import DataError, OptionError, RunError
from exprlearn.files import write_whole
from exprlearn.locking import Lock
from exprlearn.plugin import UnitFailure
from exprlearn.reading import MOST_JSON, json_value, read_bytes
from exprlearn.runs.run_folder import RunFolder
from exprlearn.runs.starting import read_run_config
from exprlearn.sweep.plan import SweepPlan
from exprlearn.sweep.trial import FORMAT, RESULT, TRIALS, End, Result, Trial, TrialFailure

SWEEP, FAILURES = "sweep.json", "failures"
#: Says how long the search goes on, not what it is: more trials may be asked for later.
MAY_CHANGE: Final = "sweep.trials"

Kept = TypeVar("Kept", bound=BaseModel)


class SweepFolder:
    """The folder of a sweep."""

    def __init__(self, path: Path) -> None:
        self.path = path
        #: Names of trials by their config and grammar, once one has no folder of its own name.
        self._names: dict[tuple[str, str], str] | None = None

    def hold(self) -> Lock:
        """Take the lock of the folder, and make the folder when there is none."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DataError(f"cannot write {self.path}: {error.strerror or error}") from error
        return locking.hold(self.path, f"sweep {self.path.name} is being carried out", DataError)

    def begin(self, plan: SweepPlan) -> None:
        """Begin or resume a sweep in the folder."""
        asked = {"sweep": plan.section.model_dump(mode="json"), "config": plan.base.config.model_dump(mode="json")}
        try:
            if (self.path / SWEEP).is_file():
                self._refuse_another(asked, plan.base)
            elif self.path.exists() and any(file.name != locking.NAME for file in self.path.iterdir()):
                raise DataError(f"{self.path} holds other files: name a new or an empty folder with --out")
            (self.path / TRIALS).mkdir(parents=True, exist_ok=True)
            (self.path / FAILURES).mkdir(exist_ok=True)
        except OSError as error:
            raise DataError(f"cannot write {self.path}: {error.strerror or error}") from error
        document = json.dumps({"format": FORMAT, **asked}, indent=2, ensure_ascii=False)
        write_whole(self.path / SWEEP, document + "\n", DataError)

    def named(self, trials: Sequence[Trial], base: Components) -> list[Trial]:
        """Name each trial as the run folder that it has here, which an older exprlearn may have named otherwise.

        A newer one knows more settings, and so the same ones have another hash; what they are is read from the folders.
        """
        if all((self.path / TRIALS / trial.name).is_dir() for trial in trials):
            return list(trials)
        if self._names is None:
            self._names = dict(self._read_names({trial.name for trial in trials}, base))
        return [replace(each, name=self._names.get((each.config, each.grammar_text), each.name)) for each in trials]

    def _read_names(self, known: Set[str], base: Components) -> Iterator[tuple[tuple[str, str], str]]:
        """Walk over the config, as JSON, the grammar and the name of each run folder whose name is not known."""
        for path in sorted((self.path / TRIALS).glob("*")):
            if path.is_dir() and path.name not in known:
                run = RunFolder(path)
                # Which settings a damaged folder was begun with nobody knows.
                with suppress(RunError, OptionError, ValidationError):
                    config = base.completed(read_run_config(run)).model_dump(mode="json")
                    yield (json.dumps(config, sort_keys=True), run.read_text("grammar.lark")), path.name

    def end(self, trial: Trial, until: int | None) -> End | None:
        """Return how a trial ended before that was to come to an epoch; None when it has something left to do."""
        result = _read(self.path / TRIALS / trial.name / RESULT, Result)
        if result is not None and result.reaches(until):
            return End(trial, "done", result, until=until)
        failure = _read(self._failure(trial), TrialFailure)
        return None if failure is None else End(trial, "failed", failure=failure)

    def fail(self, trial: Trial, failure: UnitFailure) -> TrialFailure:
        """Remember that a trial failed."""
        kept = TrialFailure(trial=trial.name, settings=dict(trial.settings), **asdict(failure))
        write_whole(self._failure(trial), kept.model_dump_json(indent=2) + "\n", DataError)
        return kept

    def forget_failures(self) -> None:
        """Forget which trials failed, so that they are tried again."""
        for file in (self.path / FAILURES).glob("*.json"):
            file.unlink()

    def _failure(self, trial: Trial) -> Path:
        return self.path / FAILURES / f"{trial.name}.json"

    def _refuse_another(self, asked: dict[str, Any], base: Components) -> None:
        file = self.path / SWEEP
        try:
            kept = json_value(read_bytes(file, MOST_JSON, DataError))
            # What a newer exprlearn can set besides was as by default.
            config = base.completed(RunConfig.model_validate(kept["config"])).model_dump(mode="json")
            there = dict(leaves({"sweep": kept["sweep"], "config": config}))
        except (ValueError, KeyError, TypeError, ValidationError, OptionError) as error:
            raise DataError(f"{file} is damaged: name another folder with --out") from error
        here = dict(leaves(asked))
        changed = [
            f"{key.removeprefix('config.')}: {there.get(key)} here, {here.get(key)} asked for"
            for key in {**there, **here}
            if there.get(key) != here.get(key) and key != MAY_CHANGE
        ]
        if changed:
            settings = "; ".join(changed)
            raise DataError(f"{self.path} was begun with other settings ({settings}): name another folder with --out")


def _read(file: Path, model: type[Kept]) -> Kept | None:
    """Read a file that was written whole; None where there is none, or one of another format."""
    try:
        return model.model_validate_json(read_bytes(file, MOST_JSON, DataError))
    except (DataError, ValidationError):
        # Without a note that can be read, a trial counts as not done; its checkpoint is still there.
        return None
