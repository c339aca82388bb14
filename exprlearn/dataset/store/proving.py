"""The proof of a dataset: every row by its keys, and the first rows of each part once more by their texts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from exprlearn.dataset.drawing.rows import Examples
from exprlearn.dataset.drawing.slices import Piece
from exprlearn.dataset.drawing.split import SPLITS, Split
from exprlearn.dataset.proof import Proof, prove
from exprlearn.dataset.store.held_out import Shared, added
from exprlearn.dataset.store.shards import Made
from exprlearn.dataset.store.workshop import Workshop
from exprlearn.errors import DataError
from exprlearn.plugin.kinds.drawing import SplitBy

#: Rows of each part whose texts are parsed anew.
PARSED: Final = 10_000


@dataclass(frozen=True)
class FolderProof:
    """What the parts of a dataset share: nothing, if it holds.

    Attributes:
        level: which expressions count as one form.
        counts: rows of each part.
        shared: expressions and forms that two parts share, all rows looked at.
        parsed: the same from the texts alone, for the first rows of each part.
        by: what decides on the part of an expression; by position, forms are counted and may be shared.
    """

    level: str
    counts: Mapping[Split, int]
    shared: Shared
    parsed: Proof
    by: SplitBy = "content"

    @property
    def holds(self) -> bool:
        """Tell whether no two parts share what they must not: expressions, and by content forms too."""
        must_not = [texts if self.by == "position" else texts + forms for texts, forms in self.shared.values()]
        return self.parsed.holds and not any(must_not)

    def as_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON."""
        return {
            "holds": self.holds,
            "by": self.by,
            "level": self.level,
            "counts": dict(self.counts),
            "shared_expressions": {pair: texts for pair, (texts, _) in self.shared.items()},
            "shared_forms": {pair: forms for pair, (_, forms) in self.shared.items()},
            "parsed": self.parsed.as_dict(),
        }


def prove_folder(workshop: Workshop, made: Iterable[Made]) -> FolderProof:
    """Prove that the parts of a dataset share nothing; by position, that they share no expression.

    Raises:
        DataError: they do, which is a fault of exprlearn.
    """
    data, counts = workshop.components.config.data, workshop.plan.counts
    first = {str(part): _first(workshop, part) for part in SPLITS}
    parsed = prove(first, data.level, data.split)
    proof = FolderProof(data.level, counts, added(each.shared for each in made), parsed, data.split)
    if not proof.holds:
        raise DataError(f"parts of the data share expressions, which must not be: {proof.as_dict()}")
    return proof


def proof_sentence(proof: Mapping[str, Any]) -> str:
    """Say a stored proof in one line a reader can check."""
    counts = ", ".join(f"{count} {part}" for part, count in proof["counts"].items())
    texts, forms = (sum(proof[name].values()) for name in ("shared_expressions", "shared_forms"))
    parsed = sum(proof["parsed"]["counts"].values())
    looked_at = f"(every row by its key, {parsed} of them by their texts as well)"
    # Folders built before parts by position could be written say nothing of it.
    if proof.get("by", "content") == "content":
        return f"{counts}; shared by two of them: {texts} expressions, {forms} {proof['level']} forms {looked_at}"
    return (
        f"{counts}; by position: {texts} expressions are shared by two of them, {forms} rows have a {proof['level']} "
        f"form that a later part has too {looked_at}"
    )


def _first(workshop: Workshop, part: Split) -> Examples:
    piece = max(workshop.plan.pieces(part), key=lambda each: each.rows, default=Piece(part, 0))
    pieces = workshop.rows(replace(piece, rows=min(piece.rows, PARSED)))
    return Examples.concatenate([Examples(rows.expressions, rows.answers) for rows in pieces])
