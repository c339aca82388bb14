"""Repairing a dataset folder: what is damaged is made anew, byte for byte."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from exprlearn.dataset.store.failing import refuse_failures
from exprlearn.dataset.store.formats import FORMATS
from exprlearn.dataset.store.manifest import Manifest, read_manifest
from exprlearn.dataset.store.shards import make_shard
from exprlearn.dataset.store.tools import Tools
from exprlearn.dataset.store.verifying import Finding, verify
from exprlearn.dataset.store.workshop import open_workshop
from exprlearn.engines import SerialEngine, carry_out
from exprlearn.errors import DataError
from exprlearn.files import partials
from exprlearn.locking import hold
from exprlearn.plugin import Engine, UnitFailure


@dataclass(frozen=True)
class Repaired:
    """What a repair has done.

    Attributes:
        findings: what was wrong.
        made: names of the files that were made anew.
        removed: names of the files that were removed because they did not belong there.
    """

    findings: tuple[Finding, ...]
    made: tuple[str, ...]
    removed: tuple[str, ...]


def repair(folder: Path, tools: Tools | None = None, *, engine: Engine | None = None) -> Repaired:
    """Make every damaged file of a dataset folder anew, and remove files that look like its own and are not.

    Args:
        folder: the dataset folder.
        tools: what its recipe names but does not hold.
        engine: where files are made; this process when left out.

    Raises:
        DataError: the folder has no manifest or a damaged one, another process builds or repairs it, it cannot be
            written, or this version makes other bytes.
    """
    folder = Path(folder)
    # Nothing is written to what is no dataset folder.
    read_manifest(folder)
    with hold(folder, f"{folder} is being repaired", DataError):
        verified = verify(folder)
        removed = tuple(finding.name for finding in verified.findings if finding.kind == "extra")
        made = tuple(finding.name for finding in verified.findings if finding.kind != "extra")
        _make(folder, verified.manifest, tools or Tools(), made, engine or SerialEngine())
        for path in (*(folder / name for name in removed), *partials(folder)):
            _remove(path)
    return Repaired(verified.findings, made, removed)


def _make(folder: Path, manifest: Manifest, tools: Tools, names: Collection[str], engine: Engine) -> None:
    shards = [entry.shard(number) for number, entry in enumerate(manifest.shards) if entry.name in names]
    if shards:
        # What cannot be opened here can be opened nowhere.
        open_workshop(manifest.recipe, tools)
    sums = {entry.name: entry.sha256 for entry in manifest.shards}
    work = partial(make_shard, folder, manifest.recipe, tools, manifest.rows)
    failures: dict[str, UnitFailure] = {}
    for place, made in carry_out(engine, work, shards):
        if isinstance(made, UnitFailure):
            failures[shards[place].name] = made
        elif made.entry.sha256 != sums[made.entry.name]:
            here = FORMATS[manifest.file_format].made_by()
            raise DataError(
                f"{made.entry.name} comes out with other bytes: it was made by exprlearn {manifest.exprlearn} with "
                f"{manifest.made_by}, here is {here}; use these versions, or build the folder anew elsewhere"
            )
    refuse_failures(failures, len(shards))


def _remove(file: Path) -> None:
    try:
        file.unlink()
    except OSError as error:
        raise DataError(f"cannot remove {file}: {error.strerror or error}") from error
