"""The proof of a dataset: every row by its keys, and the first rows of each part once more by their texts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from exprlearn.dataset.examples import Examples
from exprlearn.dataset.parts import PARTS, Part
from exprlearn.dataset.proof import Proof, prove
from exprlearn.dataset.store.held_out import Shared, added
from exprlearn.dataset.store.planning import Piece
from exprlearn.dataset.store.shards import Made
from exprlearn.dataset.store.workshop import Workshop
from exprlearn.errors import DataError

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
    """

    level: str
    counts: Mapping[Part, int]
    shared: Shared
    parsed: Proof

    @property
    def holds(self) -> bool:
        """Tell whether no two parts share anything."""
        return self.parsed.holds and not any(count for counts in self.shared.values() for count in counts)

    def as_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON."""
        return {
            "holds": self.holds,
            "level": self.level,
            "counts": dict(self.counts),
            "shared_expressions": {pair: texts for pair, (texts, _) in self.shared.items()},
            "shared_forms": {pair: forms for pair, (_, forms) in self.shared.items()},
            "parsed": self.parsed.as_dict(),
        }


def prove_folder(workshop: Workshop, made: Iterable[Made]) -> FolderProof:
    """Prove that the parts of a dataset share nothing.

    Raises:
        DataError: they do, which is a fault of exprlearn.
    """
    counts, level = workshop.plan.counts, workshop.components.config.data.level
    first = {str(part): _first(workshop, part) for part in PARTS}
    proof = FolderProof(level, counts, added(each.shared for each in made), prove(first, level))
    if not proof.holds:
        raise DataError(f"parts of the data share expressions, which must not be: {proof.as_dict()}")
    return proof


def proof_sentence(proof: Mapping[str, Any]) -> str:
    """Say a stored proof in one line a reader can check."""
    counts = ", ".join(f"{count} {part}" for part, count in proof["counts"].items())
    texts, forms = (sum(proof[name].values()) for name in ("shared_expressions", "shared_forms"))
    parsed = sum(proof["parsed"]["counts"].values())
    return (
        f"{counts}; shared by two of them: {texts} expressions, {forms} {proof['level']} forms "
        f"(every row by its key, {parsed} of them by their texts as well)"
    )


def _first(workshop: Workshop, part: Part) -> Examples:
    piece = max(workshop.plan.pieces(part), key=lambda each: each.rows, default=Piece(part, 0))
    pieces = workshop.rows(replace(piece, rows=min(piece.rows, PARSED)))
    return Examples.concatenate([Examples(rows.expressions, rows.answers) for rows in pieces])
