"""What a preview tells, as plain data."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from exprlearn.config import Components
    from exprlearn.dataset import Acceptance
    from exprlearn.encoding import Encoder
    from exprlearn.sampling import ExpressionSpace


def previewed(components: Components, count: int) -> dict[str, Any]:
    """Count, judge and show the first training examples.

    Raises:
        GrammarError: the grammar cannot be read, compiled or sized.
        DataError: next to nothing is an example, or the settings' way to draw fits no such space.
    """
    from exprlearn.dataset import Answering, acceptance, drawable, load_space, longest_answer
    from exprlearn.grammar.numerals import count_text
    from exprlearn.runs.preparation import make_encoder

    space = load_space(components.config.grammar, components)
    answering = Answering(components.division, components.constraints)
    shares = acceptance(space, answering, seed=components.config.seed)
    encoder = make_encoder(space, components)
    check, drawn = space.check(), drawable(space, answering, shares)
    return {
        "grammar": space.grammar.name,
        "total": count_text(space.size),
        "said": str(check.ambiguity),
        "lints": [str(lint) for lint in check.lints],
        "drawn": {"count": count_text(drawn.examples), "said": drawn.said},
        "notes": list(drawn.notes),
        "strata": strata(space, shares),
        "rejected": rejected(shares),
        "longest": {
            "source": space.longest,
            "target": longest_answer(space, components.division, components.constraints),
        },
        "shape": {
            "source": encoder.shape.source_length,
            "target": encoder.shape.target_length,
            "vocabulary": encoder.shape.vocabulary_size,
        },
        "examples": _examples(space, components, encoder, count),
    }


def strata(space: ExpressionSpace, shares: tuple[Acceptance, ...]) -> list[dict[str, Any]]:
    """List for each size vector how many expressions there are, and which share of them are examples."""
    table: dict[str, dict[str, Any]] = {}
    for stratum, found in zip(space.strata, shares, strict=True):
        entry = table.setdefault(
            str(stratum.sizes), {"sizes": stratum.sizes.as_dict(), "count": 0, "share": 0.0, "exact": True}
        )
        before = entry["count"]
        entry["count"] = before + found.size
        entry["share"] = (before * entry["share"] + found.size * found.share) / entry["count"]
        entry["exact"] &= found.is_exact
    from exprlearn.grammar.numerals import count_text

    return [{**entry, "count": count_text(entry["count"])} for entry in table.values()]


def rejected(shares: tuple[Acceptance, ...]) -> dict[str, float]:
    """Tell which share of the whole space each rule rejects, taken alone; estimated where strata are large."""
    total = sum(each.size for each in shares)
    found: defaultdict[str, float] = defaultdict(float)
    for each in shares:
        for rule, count in each.rejected.items():
            found[rule] += count / each.tried * each.size / total
    return dict(found)


def _examples(space: ExpressionSpace, components: Components, encoder: Encoder, count: int) -> list[dict[str, Any]]:
    from exprlearn.dataset.drawing.numbered import NumberedExamples

    return [
        {
            "expression": example.expression,
            "answer": example.answer,
            "source": asdict(encoder.describe(example.expression)),
            "target": asdict(encoder.describe_answer(example.answer)),
        }
        for example in NumberedExamples(space, components, "train", count).examples
    ]
