"""Building a dataset folder, and what is damaged of it anew: resumable, idempotent, the same bytes on any engine."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from exprlearn.dataset.drawing.split import Split
from exprlearn.dataset.store.builder import DatasetBuilder, Tools, open_builder
from exprlearn.dataset.store.card import CARD, card
from exprlearn.dataset.store.checking import VerificationFinding, verify
from exprlearn.dataset.store.dataset_recipe import DatasetRecipe
from exprlearn.dataset.store.describing import describe
from exprlearn.dataset.store.evaluation_task import TASK, evaluation_task
from exprlearn.dataset.store.formats import FORMATS
from exprlearn.dataset.store.manifest import MANIFEST, Manifest, read_manifest, write_manifest
from exprlearn.dataset.store.planning import Shard
from exprlearn.dataset.store.progress import Progress, hold_folder, refuse_differences
from exprlearn.dataset.store.shards import ShardRecord, make_shard, make_shards
from exprlearn.engines import SerialEngine
from exprlearn.errors import DataError, OptionError
from exprlearn.files import reporting, sync_folder, write_whole
from exprlearn.locking import hold
from exprlearn.plugin import Engine

#: Hears of every finished file: its name, its rows, and whether it was there before.
Heard = Callable[[str, int, bool], None]


@dataclass(frozen=True)
class Built:
    """A dataset folder after a build.

    Attributes:
        written: names of the files that were written now, without notes on the way.
        missing: how many files are still to be made, by other calls with other `only`.
        manifest: what the folder holds; None while files are missing.
    """

    folder: Path
    written: tuple[str, ...]
    missing: int
    manifest: Manifest | None


def build(
    folder: Path,
    recipe: DatasetRecipe,
    tools: Tools | None = None,
    *,
    engine: Engine | None = None,
    only: Collection[int] | None = None,
    heard: Heard | None = None,
) -> Built:
    """Build a dataset folder, or go on with one; a finished one is verified and left alone.

    Args:
        folder: a new or empty folder, or one that this recipe was begun in.
        recipe: what to make.
        tools: what the recipe names but does not hold.
        engine: where files are made; this process when left out.
        only: numbers of the files to make in this call; a call without it finishes the folder.
        heard: hears of every finished file.

    Raises:
        DataError: the folder belongs to something else or another process builds it, files cannot be made, or there
            are no such examples.
        OptionError: more files than rows, or a number that no file has.
    """
    progress, tools = Progress(Path(folder), recipe), tools or Tools()
    if not (progress.folder / MANIFEST).exists():
        # What cannot be made leaves no folder.
        _choose(open_builder(recipe, tools).plan.shards, only)
    with hold_folder(progress.folder, shared=only is not None):
        if (progress.folder / MANIFEST).exists():
            return _check_finished(progress)
        return _build(progress, tools, engine or SerialEngine(), only, heard or (lambda *_: None))


def _build(progress: Progress, tools: Tools, engine: Engine, only: Collection[int] | None, heard: Heard) -> Built:
    """Build a folder that this process has locked."""
    builder = open_builder(progress.recipe, tools)
    shards = _choose(builder.plan.shards, only)
    progress.begin()
    names = [shard.name for shard in builder.plan.shards]
    if only is None:
        progress.remove_partials(names)
    made = {shard.number: found for shard in shards if (found := progress.finished(shard)) is not None}
    for each in made.values():
        heard(each.entry.name, each.entry.rows, True)
    waiting = [shard for shard in shards if shard.number not in made]
    work = partial(_make_and_note, progress, tools, builder.plan.counts)
    for shard, record in make_shards(engine, work, waiting):
        made[shard.number] = record
        heard(shard.name, record.entry.rows, False)
    written = tuple(shard.name for shard in waiting)
    if only is not None:
        return Built(progress.folder, written, len(builder.plan.shards) - len(made), None)
    # Workers that were killed have left theirs.
    progress.remove_partials(names)
    manifest = _finish(progress, builder, [made[number] for number in sorted(made)])
    beside = [name for name in (CARD, TASK, MANIFEST) if (progress.folder / name).is_file()]
    return Built(progress.folder, (*written, *beside), 0, manifest)


def _check_finished(progress: Progress) -> Built:
    """Check a finished folder and leave it alone, but for what a killed build has left."""
    manifest = read_manifest(progress.folder)
    # A finished folder of an older format stays what it is.
    refuse_differences(progress.folder, replace(manifest.recipe, format=progress.recipe.format), progress.recipe)
    findings = verify(progress.folder).findings
    if findings:
        damages = "; ".join(map(str, findings))
        raise DataError(f"{damages}: exprlearn data repair {progress.folder}")
    progress.remove_partials(shard.name for shard in manifest.shards)
    progress.end()
    return Built(progress.folder, (), 0, manifest)


def _choose(shards: Sequence[Shard], only: Collection[int] | None) -> list[Shard]:
    unknown = sorted(set(only or ()) - {shard.number for shard in shards})
    if unknown:
        raise OptionError(f"there is no shard {unknown[0]}: they are numbered from 0 to {len(shards) - 1}")
    return [shard for shard in shards if only is None or shard.number in only]


def _make_and_note(progress: Progress, tools: Tools, counts: Mapping[Split, int], shard: Shard) -> ShardRecord:
    made = make_shard(progress.folder, progress.recipe, tools, counts, shard)
    progress.note(made)
    return made


def _finish(progress: Progress, builder: DatasetBuilder, made: Sequence[ShardRecord]) -> Manifest:
    manifest = describe(builder, made)
    with reporting(f"cannot write {progress.folder}", DataError):
        sync_folder(progress.folder)
    write_whole(progress.folder / CARD, card(manifest), DataError)
    if (task := evaluation_task(manifest)) is not None:
        write_whole(progress.folder / TASK, task, DataError)
    write_manifest(progress.folder, manifest)
    progress.end()
    return manifest


@dataclass(frozen=True)
class Repaired:
    """What a repair has found and done.

    Attributes:
        made: names of the files that were made anew.
        left: names of the files that do not belong there; anyone who put them there may remove them.
    """

    findings: tuple[VerificationFinding, ...]
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
        return _repair(folder, tools or Tools(), engine or SerialEngine())


def _repair(folder: Path, tools: Tools, engine: Engine) -> Repaired:
    """Repair a folder that this process has locked."""
    verified = verify(folder)
    for finding in verified.findings:
        if finding.kind == "miscounted":
            raise DataError(f"{folder}: {finding}, so no build has written this {MANIFEST}: build the folder elsewhere")
    left = tuple(finding.name for finding in verified.findings if finding.kind == "extra")
    made = tuple(finding.name for finding in verified.findings if finding.kind != "extra")
    _make_again(folder, verified.manifest, tools, made, engine)
    Progress(folder, verified.manifest.recipe).remove_partials(entry.name for entry in verified.manifest.shards)
    return Repaired(verified.findings, made, left)


def _make_again(folder: Path, manifest: Manifest, tools: Tools, names: Collection[str], engine: Engine) -> None:
    shards = [entry.shard(number) for number, entry in enumerate(manifest.shards) if entry.name in names]
    if shards:
        # What cannot be opened here can be opened nowhere.
        open_builder(manifest.recipe, tools)
    expected = {entry.name: entry for entry in manifest.shards}
    work = partial(make_shard, folder, manifest.recipe, tools, manifest.rows, expected=expected)
    for shard, made in make_shards(engine, work, shards):
        if made.entry.sha256 != expected[shard.name].sha256:
            here = FORMATS[manifest.file_format].made_by()
            raise DataError(
                f"{shard.name} comes out with other bytes: it was made by exprlearn {manifest.exprlearn} with "
                f"{manifest.made_by}, here is {here}; use these versions, or build the folder anew elsewhere"
            )
