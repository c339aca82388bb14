"""What is said of a finished folder: its proof, its notes, its sizes, all in the manifest.

The proof looks at every row by its keys, and at the first rows of each split once more by their texts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from exprlearn import __version__
from exprlearn.config.setting_values import write_range
from exprlearn.dataset.drawing.rows import Examples
from exprlearn.dataset.drawing.slices import Piece
from exprlearn.dataset.drawing.split import SPLITS, Split
from exprlearn.dataset.splits import Proof, prove
from exprlearn.dataset.store.builder import DatasetBuilder
from exprlearn.dataset.store.formats import FORMATS
from exprlearn.dataset.store.manifest import GrammarEntry, Manifest, SizeEntry
from exprlearn.dataset.store.shards import ShardRecord, Shared, ShownLines, added
from exprlearn.errors import DataError
from exprlearn.plugin.kinds.drawing import SplitBy
from exprlearn.sampling import ExpressionSpace

#: Rows of each split whose texts are parsed anew.
PARSED: Final = 10_000


def describe(builder: DatasetBuilder, made: Sequence[ShardRecord]) -> Manifest:
    """Write down what a folder holds.

    Raises:
        DataError: its splits share expressions, which is a fault of exprlearn.
    """
    recipe, grammar, sections = builder.recipe, builder.space.grammar, builder.recipe.sections
    origins = builder.components.origins
    kinds = [kind for kind in origins if kind.split()[0] in {"division", "constraint", *sections}]
    return Manifest(
        data_version=recipe.data_version,
        exprlearn=__version__,
        made_by=FORMATS[recipe.file_format].made_by(),
        seed=sections["seed"],
        grammar=GrammarEntry(name=grammar.name, sha256=grammar.digest, text=grammar.text),
        division=sections["division"],
        constraints=sections["data"]["constraints"],
        level=sections["data"]["level"],
        config=sections,
        file_format=recipe.file_format,
        layout=recipe.layout,
        rows=dict(builder.plan.counts),
        asked=recipe.asked,
        applied=applied_bounds(builder.space),
        sizes=[
            SizeEntry(sizes=sizes, rows=rows, expressions=str(size)) for sizes, rows, size in sizes_table(builder, made)
        ],
        proof=prove_folder(builder, made).as_dict(),
        notes=notes(builder, made),
        components={kind: list(origins[kind]) for kind in kinds},
        encoder=None if builder.encoder is None else builder.encoder.to_json(),
        shards=[each.entry for each in made],
    )


@dataclass(frozen=True)
class FolderProof:
    """What the splits of a dataset share: nothing, if it holds.

    Attributes:
        level: which expressions count as one form.
        counts: rows of each split.
        shared: expressions and forms that two splits share, all rows looked at.
        parsed: the same from the texts alone, for the first rows of each split.
        by: what decides on the split of an expression; by position, forms are counted and may be shared.
        lines: what the workings of training rows show; None where none are written.
    """

    level: str
    counts: Mapping[Split, int]
    shared: Shared
    parsed: Proof
    by: SplitBy = "content"
    lines: ShownLines | None = None

    @property
    def holds(self) -> bool:
        """Tell whether no two splits share what they must not: expressions, and by content forms too."""
        must_not = [texts if self.by == "position" else texts + forms for texts, forms in self.shared.values()]
        shown = self.lines.held_out if self.lines else 0
        return self.parsed.holds and not any(must_not) and not shown

    def as_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON."""
        return {
            "holds": self.holds,
            "by": self.by,
            "level": self.level,
            "counts": dict(self.counts),
            "shared_expressions": {pair: texts for pair, (texts, _) in self.shared.items()},
            "shared_forms": {pair: forms for pair, (_, forms) in self.shared.items()},
            **({"lines": self.lines.model_dump()} if self.lines else {}),
            "parsed": self.parsed.as_dict(),
        }


def prove_folder(builder: DatasetBuilder, made: Iterable[ShardRecord]) -> FolderProof:
    """Prove that the splits of a dataset share nothing; by position, that they share no expression.

    Raises:
        DataError: they do, which is a fault of exprlearn.
    """
    data, counts = builder.components.config.data, builder.plan.counts
    first = {str(split): _first(builder, split) for split in SPLITS}
    parsed = prove(first, data.level, data.split)
    made = list(made)
    lines = sum((each.lines for each in made), ShownLines()) if builder.recipe.has_working else None
    proof = FolderProof(data.level, counts, added(each.shared for each in made), parsed, data.split, lines)
    if not proof.holds:
        raise DataError(f"parts of the data share expressions, which must not be: {proof.as_dict()}")
    return proof


def proof_sentence(proof: Mapping[str, Any]) -> str:
    """Say a stored proof in one line a reader can check."""
    counts = ", ".join(f"{count} {split}" for split, count in proof["counts"].items())
    texts, forms = (sum(proof[name].values()) for name in ("shared_expressions", "shared_forms"))
    parsed = sum(proof["parsed"]["counts"].values())
    looked_at = f"(every row by its key, {parsed} of them by their texts as well)"
    # Folders built before splits by position could be written say nothing of it.
    if proof.get("by", "content") == "content":
        said = f"{counts}; shared by two of them: {texts} expressions, {forms} {proof['level']} forms {looked_at}"
        return said + _lines_sentence(proof.get("lines"))
    return (
        f"{counts}; by position: {texts} expressions are shared by two of them, {forms} rows have a {proof['level']} "
        f"form that a later part has too {looked_at}"
    )


def _lines_sentence(lines: Mapping[str, int] | None) -> str:
    if not lines:
        return ""
    return (
        f"; in the workings of train: {lines['shown']} expressions, {lines['held_out']} of them held out, "
        f"since {lines['left_out']} examples that would show some were left out"
    )


def _first(builder: DatasetBuilder, split: Split) -> Examples:
    piece = max(builder.plan.pieces(split), key=lambda each: each.rows, default=Piece(split, 0))
    pieces = builder.rows(replace(piece, rows=min(piece.rows, PARSED)))
    return Examples.concatenate([Examples(rows.expressions, rows.answers) for rows in pieces])


def notes(builder: DatasetBuilder, made: Sequence[ShardRecord]) -> list[str]:
    """List what a user should know, a sentence each."""
    return [*_repeated(builder), *_smaller(builder), *builder.drawing.notes(_training(made))]


def sizes_table(builder: DatasetBuilder, made: Sequence[ShardRecord]) -> list[tuple[dict[str, int], int, int]]:
    """List for each size vector: the sizes, how many rows there are, how many expressions the space has."""
    table: dict[str, tuple[dict[str, int], int, int]] = {}
    for place, stratum in enumerate(builder.space.strata):
        _, rows, size = table.get(str(stratum.sizes), ({}, 0, 0))
        rows += sum(each.sizes[place] for each in made)
        table[str(stratum.sizes)] = stratum.sizes.as_dict(), rows, size + stratum.size
    return list(table.values())


def applied_bounds(space: ExpressionSpace) -> dict[str, str]:
    """Write the sizes and numbers that a space has, whether its settings bound them or its grammar.

    >>> applied_bounds(ExpressionSpace.from_file("nested", terms=(2, 3), ranges="0..5"))
    {'terms': '2..3', 'brackets': '0..1', 'depth': '0..4', 'NUMBER': '0..5'}
    >>> applied_bounds(ExpressionSpace.from_file("addition"))['terms']
    '2'
    """
    spans = {name: [stratum.sizes[name] for stratum in space.strata] for name in space.strata[0].sizes}
    bounds = {name: (min(values), max(values)) for name, values in spans.items()}
    deepest = {"depth": space.bounds["depth"]} if "depth" in space.bounds else {}
    numbers: dict[str, tuple[int, int]] = {}
    for language in space.specification.languages:
        low, high = numbers.get(name := language.name.partition("[")[0], (language.lowest, language.highest))
        numbers[name] = min(low, language.lowest), max(high, language.highest)
    found = bounds | deepest | numbers
    return {name: str(low) if low == high else write_range((low, high)) for name, (low, high) in found.items()}


def _repeated(builder: DatasetBuilder) -> Iterator[str]:
    if builder.space.mode == "derivations":
        yield "derivations are drawn, so an expression that has several may come several times in a split"


def _smaller(builder: DatasetBuilder) -> Iterator[str]:
    counts, asked = builder.plan.counts, builder.recipe.asked
    for split in SPLITS:
        if counts[split] < asked[split]:
            yield f"{split} has {counts[split]} examples instead of {asked[split]}: the space holds no more"


def _training(made: Sequence[ShardRecord]) -> list[tuple[Piece, int]]:
    shards = ((each.entry.shard(number), each.reached) for number, each in enumerate(made))
    return [(piece, reached) for shard, reached in shards for piece in shard.pieces if piece.split == "train"]
