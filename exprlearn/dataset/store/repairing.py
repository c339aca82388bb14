"""Repairing a dataset folder: what is damaged is made anew, byte for byte."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from exprlearn.dataset.store.failing import refuse_failures
from exprlearn.dataset.store.formats import FORMATS
from exprlearn.dataset.store.manifest import MANIFEST, Manifest, read_manifest
from exprlearn.dataset.store.progress import Progress
from exprlearn.dataset.store.shards import make_shard
from exprlearn.dataset.store.tools import Tools
from exprlearn.dataset.store.verifying import Finding, verify
from exprlearn.dataset.store.workshop import open_workshop
from exprlearn.engines import SerialEngine, run_units
from exprlearn.errors import DataError
from exprlearn.locking import hold
from exprlearn.plugin import Engine, UnitFailure


@dataclass(frozen=True)
class Repaired:
    """What a repair has done.

    Attributes:
        findings: what was wrong.
        made: names of the files that were made anew.
        left: names of the files that do not belong there; whoever put them there may remove them.
    """

    findings: tuple[Finding, ...]
    made: tuple[str, ...]
    left: tuple[str, ...]


def repair(folder: Path, tools: Tools | None = None, *, engine: Engine | None = None) -> Repaired:
    """Make every damaged file of a dataset folder anew; nothing else is removed or replaced.

    Args:
        folder: the dataset folder.
        tools: what its recipe names but does not hold.
        engine: where files are made; this process when left out.

    Raises:
        DataError: the folder has no manifest, a damaged one or one that tells of other files, another process builds or
            repairs it, it cannot be written, or this version makes other bytes.
    """
    folder = Path(folder)
    # Nothing is written to what is no dataset folder.
    read_manifest(folder)
    with hold(folder, f"{folder} is being repaired", DataError):
        return _repaired(folder, tools or Tools(), engine or SerialEngine())


def _repaired(folder: Path, tools: Tools, engine: Engine) -> Repaired:
    """Repair a folder that this process has locked."""
    verified = verify(folder)
    for finding in verified.findings:
        if finding.kind == "miscounted":
            raise DataError(f"{folder}: {finding}, so no build has written this {MANIFEST}: build the folder elsewhere")
    left = tuple(finding.name for finding in verified.findings if finding.kind == "extra")
    made = tuple(finding.name for finding in verified.findings if finding.kind != "extra")
    _make(folder, verified.manifest, tools, made, engine)
    Progress(folder, verified.manifest.recipe).remove_partials(entry.name for entry in verified.manifest.shards)
    return Repaired(verified.findings, made, left)


def _make(folder: Path, manifest: Manifest, tools: Tools, names: Collection[str], engine: Engine) -> None:
    shards = [entry.shard(number) for number, entry in enumerate(manifest.shards) if entry.name in names]
    if shards:
        # What cannot be opened here can be opened nowhere.
        open_workshop(manifest.recipe, tools)
    expected = {entry.name: entry for entry in manifest.shards if entry.name in names}
    work = partial(make_shard, folder, manifest.recipe, tools, manifest.rows, expected=expected)
    failures: dict[str, UnitFailure] = {}
    for place, made in run_units(engine, work, shards):
        if isinstance(made, UnitFailure):
            failures[shards[place].name] = made
        elif made.entry.sha256 != expected[made.entry.name].sha256:
            here = FORMATS[manifest.file_format].made_by()
            raise DataError(
                f"{made.entry.name} comes out with other bytes: it was made by exprlearn {manifest.exprlearn} with "
                f"{manifest.made_by}, here is {here}; use these versions, or build the folder anew elsewhere"
            )
    refuse_failures(failures, len(shards))
