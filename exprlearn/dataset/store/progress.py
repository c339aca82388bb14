"""The notes of a build on its way, so that it can go on after any interruption.

They lie in `.building/` inside the dataset folder until the manifest is written: the recipe, and for every finished
file what the manifest will say of it.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from exprlearn import locking
from exprlearn.dataset.store.card import CARD
from exprlearn.dataset.store.dataset_recipe import DatasetRecipe
from exprlearn.dataset.store.evaluation_task import TASK
from exprlearn.dataset.store.manifest import MANIFEST, ShownLines, is_whole, plain_size, read_plain
from exprlearn.dataset.store.planning import Shard
from exprlearn.dataset.store.shards import ShardRecord
from exprlearn.errors import DataError
from exprlearn.files import partials, reporting, write_whole
from exprlearn.locking import Lock

NOTES: Final = ".building"
RECIPE: Final = "recipe.json"


class Progress:
    """The notes of one dataset folder; a `DataError` says why they cannot be written or removed."""

    def __init__(self, folder: Path, recipe: DatasetRecipe) -> None:
        self.folder, self.notes, self.recipe = folder, folder / NOTES, recipe

    def begin(self) -> None:
        """Begin a build, or go on with one; a `DataError` says that the folder holds anything else."""
        with reporting(f"cannot write {self.folder}", DataError):
            if plain_size(self.notes / RECIPE) is not None:
                self._refuse_another_recipe()
                return
            self._refuse_foreign_files()
            self.notes.mkdir(parents=True, exist_ok=True)
        write_whole(self.notes / RECIPE, json.dumps(asdict(self.recipe), ensure_ascii=False), DataError)

    def remove_partials(self, names: Iterable[str]) -> None:
        """Remove what killed writers of these files, and of their notes, have left."""
        named = set(names)
        with reporting(f"cannot tidy {self.folder}", DataError):
            found = partials(self.folder, {*named, CARD, TASK, MANIFEST})
            if self.notes.is_dir():
                found += partials(self.notes, {RECIPE, *(f"{name}.json" for name in named)})
            for partial in found:
                partial.unlink(missing_ok=True)

    def note(self, made: ShardRecord) -> None:
        """Note that a file is finished."""
        # Notes of files whose workings show nothing say nothing of lines, so that an older exprlearn reads them too.
        silent = {"lines"} if made.lines == ShownLines() else None
        document = {"recipe": self.recipe.digest, **made.model_dump(mode="json", exclude=silent)}
        write_whole(self._note_of(made.entry.name), json.dumps(document), DataError)

    def finished(self, shard: Shard) -> ShardRecord | None:
        """Return what was noted of a file when that file is still whole."""
        made = self._noted(shard)
        is_made = made is not None and is_whole(self.folder / shard.name, made.entry.bytes, made.entry.sha256)
        return made if is_made else None

    def end(self) -> None:
        """Forget the notes, once the manifest is written."""
        with reporting(f"cannot remove {self.notes}", DataError):
            if self.notes.is_dir():
                shutil.rmtree(self.notes)

    def _noted(self, shard: Shard) -> ShardRecord | None:
        try:
            document: dict[str, Any] = json.loads(read_plain(self._note_of(shard.name)))
            recipe = document.pop("recipe")
            made = ShardRecord.model_validate(document)
        except (DataError, ValueError, AttributeError, KeyError, RecursionError, ValidationError):
            # Without a note that can be read, a file counts as not made.
            return None
        return made if recipe == self.recipe.digest and made.entry.shard(shard.number) == shard else None

    def _note_of(self, name: str) -> Path:
        return self.notes / f"{name}.json"

    def _refuse_another_recipe(self) -> None:
        file = self.notes / RECIPE
        try:
            # Older builds say nothing of the format.
            begun = DatasetRecipe(**{"format": 1, **json.loads(read_plain(file))})
        except (ValueError, TypeError, RecursionError) as error:
            raise DataError(f"{file} is damaged: remove the folder, and build it anew") from error
        refuse_differences(self.folder, begun, self.recipe)

    def _refuse_foreign_files(self) -> None:
        if not self.folder.exists():
            return
        foreign = sorted(path.name for path in self.folder.iterdir() if path.name not in (NOTES, locking.NAME))
        if foreign:
            raise DataError(f"{self.folder} holds other files, such as {foreign[0]}: name a new or an empty folder")


def hold_folder(folder: Path, *, shared: bool = False) -> Lock:
    """Make a folder that is going to be built, and take its lock; a `DataError` says who has it."""
    with reporting(f"cannot write {folder}", DataError):
        folder.mkdir(parents=True, exist_ok=True)
    return locking.hold(folder, f"{folder} is being built", DataError, shared=shared)


def refuse_differences(folder: Path, there: DatasetRecipe, asked: DatasetRecipe) -> None:
    """Refuse to mix the rows of two recipes in one folder; a `DataError` names every difference."""
    if there.renewed != asked:
        differences = "; ".join(there.renewed.differences(asked))
        raise DataError(f"{folder} was begun with other settings ({differences}): name another folder")
