"""The run folder: everything a run was made of and everything it made."""

from __future__ import annotations

import os
import re
import shutil
import uuid
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from exprlearn.errors import OptionError, RunError, suggest
from exprlearn.locking import Lock, hold, is_held
from exprlearn.runs.run_files import append_lines, read_json, read_lines, read_text, write_json, write_lines, write_text
from exprlearn.runs.schema import Facts, OfEpoch

FORMAT = 1
LATEST = "latest"
#: Bytes of the file `latest`, and characters of a name that messages show.
MOST_NAME, MOST_SHOWN = 4096, 80

_NAME = re.compile(r"\w([^/\\]*[^/\\\s])?")
#: Bytes; every file system takes 255, and what is being written has a longer name.
_LONGEST_NAME = 200


@dataclass(frozen=True)
class RunFolder:
    """The files of one run; what cannot be read or written is a RunError."""

    path: Path

    @property
    def name(self) -> str:
        """Return the run's name."""
        return self.path.name

    @property
    def checkpoints(self) -> Path:
        """Return the folder of checkpoints."""
        return self.path / "checkpoints"

    def hold(self) -> Lock:
        """Take the lock of a run that is going to be trained; a RunError names the process that trains it already."""
        return hold(self.path, f"run {self.name} is being trained", RunError)

    def write_config(self, toml: str) -> None:
        """Keep the resolved config."""
        write_text(self.path / "config.toml", toml)

    def write_run(self, document: Mapping[str, Any]) -> None:
        """Keep versions, components and the state of the run."""
        write_json(self.path / "run.json", {"format": FORMAT, **document})

    def append_epoch(self, record: Mapping[str, Any], samples: Iterable[Mapping[str, Any]]) -> None:
        """Add an epoch to metrics.jsonl and its samples to samples.jsonl."""
        append_lines(self.path / "metrics.jsonl", [record])
        append_lines(self.path / "samples.jsonl", samples)

    def forget_after(self, epoch: int) -> None:
        """Drop the epochs that a resumed run is going to do again."""
        for name in ("metrics.jsonl", "samples.jsonl"):
            rows = read_lines(self.path / name, OfEpoch)
            write_lines(self.path / name, [row for row in rows if row["epoch"] <= epoch])

    def read_text(self, name: str) -> str:
        """Read a text of the run."""
        return read_text(self.path / name)

    def read_json(self, name: str, kind: type[BaseModel] | None = None) -> dict[str, Any]:
        """Read a JSON document of the run, of this format, whose keys are what `kind` says."""
        document = read_json(self.path / name, kind)
        if document.get("format") != FORMAT:
            found = repr(document.get("format"))[:80]
            raise RunError(f"the run {self.path} has {name} of format {found}, this exprlearn reads format {FORMAT}")
        return document

    def read_facts(self) -> dict[str, Any]:
        """Read what run.json says."""
        return self.read_json("run.json", Facts)


def state_of(path: Path, facts: Mapping[str, Any]) -> Any:
    """Return the state of a run as its facts say it; one that says it is in training and is not is `interrupted`."""
    state = facts.get("state")
    return "interrupted" if state == "training" and not is_held(path) else state


def check_name(runs: Path, name: str) -> None:
    """Refuse a name that no new run can have: with an OptionError one that is none, with a RunError one that is taken.

    >>> check_name(Path("runs"), "latest")
    Traceback (most recent call last):
    exprlearn.errors.OptionError: --name latest: it means the newest run; choose another name
    """
    if name.casefold() == LATEST:
        raise OptionError(f"--name {name}: it means the newest run; choose another name")
    if not (_NAME.fullmatch(name) and name.isprintable() and len(name.encode()) <= _LONGEST_NAME):
        raise OptionError(
            f"--name {name[:_LONGEST_NAME]!r}: a name begins with a letter or a digit, holds no / or \\ and no control "
            f"characters, and has at most {_LONGEST_NAME} bytes"
        )
    if os.path.lexists(runs / name):
        raise RunError(f"the run {runs / name} exists already: choose another --name")


def _plain(prefix: str) -> str:
    """Leave of a prefix, which may come from the name of a file, what any name can begin with."""
    plain = re.sub(r"[^\w.+-]+", "-", prefix).lstrip("-.+") or "run"
    return plain.encode()[: _LONGEST_NAME - 8].decode(errors="ignore")


def create(runs: Path, name: str | None, prefix: str) -> RunFolder:
    """Make a new run folder below `runs`, `prefix-1`, `prefix-2`, … unless `name` is given, and point `latest` at it.

    A name is refused as `check_name` does, and a folder that cannot be made is a RunError.
    """
    if name is not None:
        check_name(runs, name)
    wanted = [name] if name is not None else (f"{_plain(prefix)}-{number}" for number in range(1, 1_000_000))
    try:
        runs.mkdir(parents=True, exist_ok=True)
        for candidate in wanted:
            try:
                (runs / candidate).mkdir()
            except FileExistsError:
                continue
            (runs / candidate / "checkpoints").mkdir()
            write_text(runs / LATEST, candidate + "\n")
            return RunFolder(runs / candidate)
    except OSError as error:
        raise RunError(f"cannot make a run folder below {runs}: {error.strerror or error}") from error
    raise RunError(f"the run {runs / str(name)} exists already: choose another --name")


def find(reference: str | Path, runs: Path = Path("runs")) -> RunFolder:
    """Find a run by path, by name below `runs`, or as `latest`; a RunError says where there is none, and which are."""
    path = Path(reference)
    if str(reference) == LATEST:
        if not os.path.lexists(runs / LATEST):
            raise RunError(f"there is no run below {runs}/ yet: exprlearn train")
        path = _latest(runs)
    elif not os.path.isdir(path) and os.path.isdir(runs / path):
        path = runs / path
    elif path.name == LATEST and os.path.isfile(path):
        path = _latest(path.parent)
    if not os.path.isdir(path):
        said = str(reference)[:MOST_SHOWN]
        names = sorted(folder.name for folder in run_folders(runs))
        raise RunError(f"no run '{said}', neither a folder nor a name below {runs}/: {suggest(said, names)}")
    if not os.path.isfile(path / "run.json"):
        raise RunError(f"{path} is no run folder: it has no run.json; exprlearn runs list")
    return RunFolder(path)


def remove(folder: RunFolder) -> None:
    """Remove a run with everything it made; `latest` then names the run that was written last, if there is one.

    A run that is a link, is being trained or cannot be removed is a RunError.
    """
    runs = folder.path.parent
    if folder.path.is_symlink():
        raise RunError(f"{folder.path} is a link: remove it yourself, and what it leads to if you like")
    going = runs / f".{folder.name}.{uuid.uuid4().hex[:8]}"
    folder.hold().release()
    try:
        # Under another name at once: half a run would be listed as a damaged one.
        folder.path.rename(going)
        shutil.rmtree(going)
        if (runs / LATEST).is_file() and read_text(runs / LATEST, most=MOST_NAME).strip() == folder.name:
            left = run_folders(runs)
            if left:
                write_text(runs / LATEST, left[-1].name + "\n")
            else:
                (runs / LATEST).unlink()
    except OSError as error:
        raise RunError(f"cannot remove the run {folder.path}: {error.strerror or error}") from error


def run_folders(runs: Path) -> list[Path]:
    """List the run folders below `runs`, the one that was written last at the end."""
    marks = []
    for mark in runs.glob("*/run.json"):
        # What goes away while it is looked at is not there, and a name with a dot is a folder on its way.
        with suppress(OSError):
            if not mark.parent.name.startswith("."):
                marks.append((mark.stat().st_mtime_ns, mark.parent.name, mark.parent))
    return [folder for *_, folder in sorted(marks)]


def _latest(runs: Path) -> Path:
    name = read_text(runs / LATEST, most=MOST_NAME).strip()
    if not os.path.isfile(runs / name / "run.json") or Path(name).name != name:
        raise RunError(
            f"{runs / LATEST} names '{name[:MOST_SHOWN]}', which is no run there: name one (exprlearn runs list)"
        )
    return runs / name
