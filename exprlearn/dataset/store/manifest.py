"""manifest.json: what a dataset folder holds and what it was made from."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from exprlearn.dataset.drawing.slices import Piece
from exprlearn.dataset.drawing.split import Split
from exprlearn.dataset.store.contradictions import contradictions
from exprlearn.dataset.store.plain_files import plain_size, read_plain
from exprlearn.dataset.store.planning import Shard
from exprlearn.dataset.store.recipe import FORMAT, FileFormat, LayoutName, Recipe
from exprlearn.errors import DataError
from exprlearn.files import write_whole
from exprlearn.plugin.kinds.drawing import SplitBy

MANIFEST: Final = "manifest.json"
FORMATS_READ: Final = (1, FORMAT)

# Problems of a manifest that are told.
_TOLD: Final = 5

Count = Annotated[int, Field(ge=0)]
Sum = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Strict(BaseModel):
    """Frozen data that refuses unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class PieceEntry(Strict):
    """Rows of one part, as `Piece` plans them."""

    split: Split
    rows: Count
    skip: Count
    slice: Count
    slices: Annotated[int, Field(ge=1)]


class ShardEntry(Strict):
    """One file: what it holds, how long it is and its sum."""

    name: str
    rows: Count
    bytes: Count
    sha256: Sum
    pieces: list[PieceEntry]

    @classmethod
    def of(cls, shard: Shard, size: int, digest: str) -> ShardEntry:
        """Describe a written file."""
        pieces = [
            PieceEntry(split=each.split, rows=each.rows, skip=each.skip, slice=each.slice, slices=each.slices)
            for each in shard.pieces
        ]
        return cls(name=shard.name, rows=shard.rows, bytes=size, sha256=digest, pieces=pieces)

    def shard(self, number: int) -> Shard:
        """Return the plan of the file."""
        pieces = (Piece(each.split, each.rows, each.skip, each.slice, each.slices) for each in self.pieces)
        return Shard(number, self.name, tuple(pieces))


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


class ProofEntry(Strict):
    """What the proof of a folder says."""

    holds: bool
    by: SplitBy = "content"
    level: str
    counts: dict[Split, Count]
    shared_expressions: dict[str, Count]
    shared_forms: dict[str, Count]
    parsed: dict[str, Any]


class Manifest(Strict):
    """A dataset folder; see the keys of the file. `applied` holds the bounds that its expressions keep to."""

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
    file_format: FileFormat
    layout: LayoutName
    rows: dict[Split, Count]
    asked: dict[Split, Count]
    applied: dict[str, str] = {}
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
        problems = list(contradictions(self))
        if problems:
            raise ValueError("; ".join(problems))
        return self

    @property
    def mixed(self) -> list[str]:
        """The files that hold rows of several splits; only folders of format 1 have some."""
        return [shard.name for shard in self.shards if len({piece.split for piece in shard.pieces if piece.rows}) > 1]

    @property
    def recipe(self) -> Recipe:
        """What the folder was made from."""
        return Recipe(
            config=json.dumps(self.config, sort_keys=True, ensure_ascii=False),
            grammar_name=self.grammar.name,
            grammar_text=self.grammar.text,
            file_format=self.file_format,
            layout=self.layout,
            data_version=self.data_version,
            format=self.format,
        )


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest, with a sum of its own, and rename it into place.

    Raises:
        DataError: it cannot be written.
    """
    document = manifest.model_dump(mode="json")
    text = json.dumps({**document, "sha256": _sum(document)}, indent=1, ensure_ascii=False)
    write_whole(folder / MANIFEST, text + "\n", DataError)


def read_manifest(folder: Path) -> Manifest:
    """Read and check the manifest of a folder.

    Raises:
        DataError: there is none, it is damaged, or of a format that this version does not know.
    """
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
        said = "; ".join(_said(problem) for problem in error.errors()[:_TOLD])
        raise DataError(f"{file} is no manifest of a build: {said}") from error


def _said(problem: Any) -> str:
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
