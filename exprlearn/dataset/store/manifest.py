"""manifest.json: what a dataset folder holds and what it was made from."""

from __future__ import annotations

import json
from collections.abc import Iterator
from hashlib import file_digest, sha256
from pathlib import Path
from stat import S_ISREG
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from exprlearn.dataset.drawing.slices import Piece
from exprlearn.dataset.drawing.split import SPLITS, Split
from exprlearn.dataset.store.dataset_recipe import FORMAT, MAY_BE_BLANK, DatasetRecipe, FileFormat, LayoutName
from exprlearn.dataset.store.formats import FORMATS
from exprlearn.dataset.store.planning import Shard, file_names, files_for
from exprlearn.errors import DataError
from exprlearn.files import reporting, write_whole
from exprlearn.plugin.kinds.drawing import SplitBy
from exprlearn.reading import read_bytes

MANIFEST: Final = "manifest.json"
FORMATS_READ: Final = (1, FORMAT)

# A stranger may have put anything into a folder: plain files alone are read, and none before its size is known.
#: No manifest is longer: a hundred thousand shards take half of it.
LARGEST: Final = 1 << 26

# Problems of a manifest that are named.
_NAMED: Final = 5

Count = Annotated[int, Field(ge=0)]
Sum = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Strict(BaseModel):
    """Frozen data that refuses unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ShardEntry(Strict):
    """One file: what it holds, how long it is and its sum."""

    name: str
    rows: Count
    bytes: Count
    sha256: Sum
    pieces: list[Piece]

    @classmethod
    def of(cls, shard: Shard, size: int, digest: str) -> ShardEntry:
        """Describe a written file."""
        return cls(name=shard.name, rows=shard.rows, bytes=size, sha256=digest, pieces=list(shard.pieces))

    def shard(self, number: int) -> Shard:
        """Return the plan of the file."""
        return Shard(number, self.name, tuple(self.pieces))


class GrammarEntry(Strict):
    """The grammar, word for word."""

    name: str
    sha256: Sum
    text: str


class SizeEntry(Strict):
    """One size vector: rows of the dataset, expressions of the space."""

    sizes: dict[str, int]
    rows: Count
    expressions: Annotated[str, Field(pattern=r"^[0-9]+$")]


class DrawnEntry(Strict):
    """How many expressions can be drawn under the constraints, as `Drawable.document` says it."""

    count: str
    low: str
    high: str
    said: Literal["exact", "estimate", "at most"]
    text: str


class ShownLines(Strict):
    """What the workings of rows show.

    Attributes:
        shown: expressions in them, of training rows.
        held_out: those of them that have the form of a validation or a test row.
        left_out: training examples that were left out, since their workings show a held-out expression.
    """

    shown: Count = 0
    held_out: Count = 0
    left_out: Count = 0

    def __add__(self, other: ShownLines) -> ShownLines:
        return ShownLines(
            shown=self.shown + other.shown,
            held_out=self.held_out + other.held_out,
            left_out=self.left_out + other.left_out,
        )


class ProofEntry(Strict):
    """What the proof of a folder says."""

    holds: bool
    by: SplitBy = "content"
    level: str
    counts: dict[Split, Count]
    shared_expressions: dict[str, Count]
    shared_forms: dict[str, Count]
    lines: ShownLines | None = None
    parsed: dict[str, Any]


class Manifest(Strict):
    """A dataset folder; see the keys of the file.

    `applied` holds the bounds that its expressions keep to, `drawn` how many there are under its constraints, and
    `difficulty` the points that a tenth, a half and nine tenths of its training rows have at most; of folders that were
    built before nothing is known of these.
    """

    format: Literal[1, 2] = FORMAT
    data_version: int
    exprlearn: str
    made_by: str
    seed: int
    grammar: GrammarEntry
    division: dict[str, Any]
    constraints: list[dict[str, Any]]
    level: str
    config: dict[str, Any]
    beside: str = ""
    earlier: str = ""
    template: str = ""
    file_format: FileFormat
    layout: LayoutName
    rows: dict[Split, Count]
    asked: dict[Split, Count]
    applied: dict[str, str] = {}
    drawn: DrawnEntry | None = None
    difficulty: tuple[int, int, int] | None = None
    sizes: list[SizeEntry]
    proof: dict[str, Any]
    notes: list[str]
    components: dict[str, list[str]]
    encoder: dict[str, Any] | None
    shards: list[ShardEntry]

    @field_validator("proof")
    @classmethod
    def _proof_says_what_a_proof_says(cls, value: dict[str, Any]) -> dict[str, Any]:
        ProofEntry.model_validate(value)
        return value

    @model_validator(mode="after")
    def _counts_agree(self) -> Self:
        problems = list(_contradictions(self))
        if problems:
            raise ValueError("; ".join(problems))
        return self

    @property
    def mixed(self) -> list[str]:
        """The files that hold rows of several splits; only folders of format 1 have some."""
        return [shard.name for shard in self.shards if len({piece.split for piece in shard.pieces if piece.rows}) > 1]

    @property
    def recipe(self) -> DatasetRecipe:
        """What the folder was made from."""
        return DatasetRecipe(
            config=json.dumps(self.config, sort_keys=True, ensure_ascii=False),
            grammar_name=self.grammar.name,
            grammar_text=self.grammar.text,
            file_format=self.file_format,
            layout=self.layout,
            data_version=self.data_version,
            format=self.format,
            beside=self.beside,
            earlier=self.earlier,
            template=self.template,
        )


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest, with a sum of its own, and rename it into place; a `DataError` says why it cannot be."""
    document = manifest.model_dump(mode="json")
    for key in MAY_BE_BLANK:
        if not document[key]:
            # So an older exprlearn reads it too.
            del document[key]
    text = json.dumps({**document, "sha256": _sum(document)}, indent=1, ensure_ascii=False)
    write_whole(folder / MANIFEST, text + "\n", DataError)


def read_manifest(folder: Path) -> Manifest:
    """Read and check the manifest of a folder; a `DataError` says that there is none, or none that can be read."""
    file = folder / MANIFEST
    document = _read(file)
    known = document.pop("sha256", None)
    found = document.get("format")
    if found not in FORMATS_READ:
        raise DataError(
            f"{file} is of format {found!r}, this exprlearn reads formats up to {FORMAT}: use a matching version"
        )
    if known != _sum(document):
        raise DataError(f"{file} was altered after it was written: build the folder anew, or restore this file")
    try:
        return Manifest.model_validate(document)
    except ValidationError as error:
        said = "; ".join(_describe(problem) for problem in error.errors()[:_NAMED])
        raise DataError(f"{file} is no manifest of a build: {said}") from error


def _describe(problem: Any) -> str:
    where = ".".join(map(str, problem["loc"]))
    return f"{where}: {problem['msg']}" if where else str(problem["msg"])


def _read(file: Path) -> dict[str, Any]:
    if plain_size(file) is None:
        raise DataError(f"{file.parent} is no finished dataset folder, it has no {MANIFEST}: exprlearn data build OUT")
    try:
        document = json.loads(read_plain(file))
    except (ValueError, RecursionError) as error:
        raise DataError(f"{file} cannot be read: {error}") from error
    if not isinstance(document, dict):
        raise DataError(f"{file} is no manifest: it holds no JSON object")
    return document


def _sum(document: dict[str, Any]) -> str:
    return sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()


def _contradictions(manifest: Manifest) -> Iterator[str]:
    """List what no build would have written: names, numbers of files and counts that do not fit, a clause each."""
    wanted: Any = manifest.config.get("data")
    data: dict[str, Any] = wanted if isinstance(wanted, dict) else {}
    if set(manifest.asked) != set(SPLITS) or any(data.get(split) != rows for split, rows in manifest.asked.items()):
        yield "asked: its config asks for other rows"
        return
    names, files = [shard.name for shard in manifest.shards], data.get("shards", 1)
    if not isinstance(files, int) or not names or names != _names(manifest, files):
        yield f"shards: they are not the files that a build with data.shards={files} writes"
    if manifest.format > 1 and any(len(shard.pieces) != 1 for shard in manifest.shards):
        yield "shards: a file has not rows of exactly one split"
    yield from _miscounted(manifest)


def _names(manifest: Manifest, files: int) -> list[str] | None:
    """Name the files that there should be; None where there should be another number of them."""
    suffix, shards = FORMATS[manifest.file_format].suffix, manifest.shards
    if manifest.format > 1:
        splits = [piece.split for shard in shards for piece in shard.pieces[:1]]
        return file_names(splits, suffix) if sum(files_for(manifest.asked, files)) == len(shards) else None
    return [f"shard-{number:05d}-of-{files:05d}{suffix}" for number in range(files)] if files == len(shards) else None


def _miscounted(manifest: Manifest) -> Iterator[str]:
    pieces = [piece for shard in manifest.shards for piece in shard.pieces]
    for split in SPLITS:
        there, said = sum(piece.rows for piece in pieces if piece.split == split), manifest.rows.get(split)
        if said != there or there > manifest.asked[split]:
            yield f"rows: {said} {split} rows, {there} in its files, {manifest.asked[split]} asked for"
    for shard in manifest.shards:
        if shard.rows != sum(piece.rows for piece in shard.pieces):
            yield f"shards: {shard.name} has other rows than its pieces"
    if any(piece.slice >= piece.slices for piece in pieces):
        yield "shards: a slice has a number beyond the last"


def plain_size(file: Path) -> int | None:
    """Return the bytes of a plain file; None where there is none: nothing, a link, a folder, a pipe or a device."""
    try:
        found = file.lstat()
    except OSError:
        return None
    return found.st_size if S_ISREG(found.st_mode) else None


def read_plain(file: Path) -> bytes:
    """Read a plain file; a `DataError` says that it is none, too large, or cannot be read."""
    size = plain_size(file)
    if size is None:
        raise DataError(f"{file} is missing or no plain file")
    # Memory is taken for as much as may be read, not only for as much as there is.
    return read_bytes(file, min(size, LARGEST), DataError)


def is_whole(file: Path, size: int, digest: str) -> bool:
    """Tell whether a plain file is there, as long as it was and with the same sum; raises as `sum_of` does."""
    return plain_size(file) == size and sum_of(file) == digest


def sum_of(file: Path) -> str:
    """Compute the sha256 of a file, in hexadecimal; a `DataError` says why it cannot be read."""
    with reporting(f"cannot read {file}", DataError), file.open("rb") as stream:
        return file_digest(stream, "sha256").hexdigest()
