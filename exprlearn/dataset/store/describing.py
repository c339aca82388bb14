"""What is said of a finished folder: its proof, its notes, its sizes, all in the manifest.

The proof looks at every row by its keys, and at the first rows of each split once more by their texts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np

from exprlearn import __version__
from exprlearn.config.setting_values import write_range
from exprlearn.dataset.acceptance import drawable
from exprlearn.dataset.difficulty import spread
from exprlearn.dataset.drawing.rows import Examples
from exprlearn.dataset.drawing.slices import Piece
from exprlearn.dataset.drawing.split import SPLITS, Split
from exprlearn.dataset.splits import prove
from exprlearn.dataset.store.builder import DatasetBuilder
from exprlearn.dataset.store.formats import FORMATS
from exprlearn.dataset.store.manifest import DrawnEntry, GrammarEntry, Manifest, ProofEntry, ShownLines, SizeEntry
from exprlearn.dataset.store.shards import ShardRecord, added
from exprlearn.errors import DataError
from exprlearn.sampling import ExpressionSpace
from exprlearn.sampling.stratum import Sizes

#: Rows of each split whose texts are parsed anew.
PARSED: Final = 10_000


def describe(builder: DatasetBuilder, made: Sequence[ShardRecord]) -> Manifest:
    """Write down what a folder holds; raises as `prove_folder` does."""
    recipe, grammar, sections = builder.recipe, builder.space.grammar, builder.recipe.sections
    origins = builder.components.origins
    points = sum((Counter(each.points) for each in made), Counter[int]())
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
        beside=recipe.beside,
        earlier=recipe.earlier,
        template=recipe.template,
        file_format=recipe.file_format,
        layout=recipe.layout,
        rows=dict(builder.plan.counts),
        asked=recipe.asked,
        applied=applied_bounds(builder.space),
        drawn=DrawnEntry.model_validate(drawable(builder.space, builder.answering).document()),
        difficulty=spread(np.repeat(*np.array(sorted(points.items()), np.int64).reshape(-1, 2).T)),
        sizes=sizes_table(builder, made),
        # Folders without workings say nothing of lines.
        proof=prove_folder(builder, made).model_dump(exclude_none=True),
        notes=list(notes(builder, made)),
        components={kind: list(origins[kind]) for kind in kinds},
        encoder=None if builder.encoder is None else builder.encoder.to_json(),
        shards=[each.entry for each in made],
    )


def prove_folder(builder: DatasetBuilder, made: Sequence[ShardRecord]) -> ProofEntry:
    """Prove that splits share nothing, by position no expression; a `DataError` is a fault of exprlearn."""
    data, shared = builder.components.config.data, added(each.shared for each in made)
    first = {str(split): _first(builder, split) for split in SPLITS}
    parsed = prove(first, data.level, data.split, operators=builder.space.calculated_by)
    lines = sum((each.lines for each in made), ShownLines())
    # By position, forms are counted and may be shared.
    must_not = [texts if data.split == "position" else texts + forms for texts, forms in shared.values()]
    proof = ProofEntry(
        holds=parsed.holds and not any(must_not) and not lines.held_out,
        by=data.split,
        level=data.level,
        counts=dict(builder.plan.counts),
        shared_expressions={pair: texts for pair, (texts, _) in shared.items()},
        shared_forms={pair: forms for pair, (_, forms) in shared.items()},
        lines=lines if builder.recipe.has_working else None,
        parsed=parsed.as_dict(),
    )
    if not proof.holds:
        raise DataError(f"parts of the data share expressions, which must not be: {proof.model_dump()}")
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


def notes(builder: DatasetBuilder, made: Sequence[ShardRecord]) -> Iterator[str]:
    """List what a user should know, a sentence each."""
    if builder.space.mode == "derivations":
        yield "derivations are drawn, so an expression that has several may come several times in a split"
    counts, asked = builder.plan.counts, builder.recipe.asked
    for split in SPLITS:
        if counts[split] < asked[split]:
            yield f"{split} has {counts[split]} examples instead of {asked[split]}: the space holds no more"
    pieces = ((piece, each.reached) for each in made for piece in each.entry.pieces)
    yield from builder.drawing.notes([(piece, reached) for piece, reached in pieces if piece.split == "train"])


def sizes_table(builder: DatasetBuilder, made: Sequence[ShardRecord]) -> list[SizeEntry]:
    """Count the rows, and the expressions of the space, of each size vector."""
    rows, expressions = Counter[Sizes](), Counter[Sizes]()
    for index, stratum in enumerate(builder.space.strata):
        rows[stratum.sizes] += sum(each.sizes[index] for each in made)
        expressions[stratum.sizes] += stratum.size
    return [
        SizeEntry(sizes=sizes.as_dict(), rows=rows[sizes], expressions=str(size)) for sizes, size in expressions.items()
    ]


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
