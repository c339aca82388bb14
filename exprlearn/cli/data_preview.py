"""`exprlearn data preview`: what a grammar gives under the constraints, and examples as a model reads them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from exprlearn.cli.options import CommandOptions
from exprlearn.cli.output import echo, print_document, print_table
from exprlearn.cli.settings import read_settings
from exprlearn.config import Components
from exprlearn.dataset import Acceptance, Answering, acceptance, drawable, load_space, longest_answer
from exprlearn.dataset.numbered import NumberedExamples
from exprlearn.encoding.encoder import SHOWN
from exprlearn.grammar.languages import count_text
from exprlearn.report.training_progress import estimated
from exprlearn.report.wording import counted
from exprlearn.runs.preparation import make_encoder
from exprlearn.sampling import ExpressionSpace


def preview(options: CommandOptions) -> None:
    """Print how many expressions there are, which are kept, and the first training examples."""
    document = preview_document(read_settings(options, "data preview").components, options.count)
    print_document(document) if options.json else _print_preview(document)


def preview_document(components: Components, count: int) -> dict[str, Any]:
    """Count, judge and show the first training examples, as plain data."""
    space = load_space(components.config.grammar, components)
    answering = Answering(components.division, components.constraints, operators=space.calculated_by)
    shares = acceptance(space, answering, seed=components.config.seed)
    encoder = make_encoder(space, components)
    check, drawn, shape = space.check(), drawable(space, answering, shares), encoder.shape
    target = longest_answer(space, components.division, components.constraints)
    return {
        "grammar": space.grammar.name,
        "total": count_text(space.size),
        "said": str(check.ambiguity),
        "lints": [str(lint) for lint in check.lints],
        "drawn": {"count": count_text(drawn.examples), "said": drawn.said},
        "notes": list(drawn.notes),
        "strata": strata_document(space, shares),
        "rejected": rejected_shares(shares),
        "longest": {"source": space.longest, "target": target},
        "shape": {
            "source": shape.source_length,
            "target": shape.target_length,
            "vocabulary": shape.vocabulary_size,
        },
        "examples": [
            {
                "expression": example.expression,
                "answer": example.answer,
                "source": asdict(encoder.describe(example.expression)),
                "target": asdict(encoder.describe_answer(example.answer)),
            }
            for example in NumberedExamples(space, components, "train", count).examples
        ],
    }


def strata_document(space: ExpressionSpace, shares: tuple[Acceptance, ...]) -> list[dict[str, Any]]:
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
    return [{**entry, "count": count_text(entry["count"])} for entry in table.values()]


def rejected_shares(shares: tuple[Acceptance, ...]) -> dict[str, float]:
    """Tell which share of the whole space each rule rejects, taken alone; estimated where strata are large."""
    total = sum(each.size for each in shares)
    found: defaultdict[str, float] = defaultdict(float)
    for each in shares:
        for rule, count in each.rejected.items():
            found[rule] += count / each.tried * each.size / total
    return dict(found)


def _print_preview(document: dict[str, Any]) -> None:
    measures = list(document["strata"][0]["sizes"])
    rows = [
        (*each["sizes"].values(), _grouped(each["count"]), f"{'' if each['exact'] else '~'}{each['share']:.1%}")
        for each in document["strata"]
    ]
    print_table((*measures, "expressions", "kept"), rows, right=(*measures, "expressions", "kept"))
    echo()
    for line in _preview_lines(document):
        echo(line)
    echo()
    examples = [
        (each["expression"], each["answer"], _tokens(each["source"]), _tokens(each["target"]))
        for each in document["examples"]
    ]
    print_table(("expression", "answer", "source", "target"), examples)


def _preview_lines(document: dict[str, Any]) -> Iterator[str]:

    yield f"{document['grammar']}: {_grouped(document['total'])} expressions, {document['said']}"
    count, said = document["drawn"]["count"], document["drawn"]["said"]
    drawn = estimated(int(count), said) if count.isdigit() else count
    yield f"{drawn} of them can be drawn under the constraints"
    rejected = ", ".join(f"{rule} {share:.1%}" for rule, share in document["rejected"].items())
    yield f"rejected by each rule taken alone: {rejected or 'none'}"
    longest, shape = document["longest"], document["shape"]
    yield (
        f"longest source {longest['source']} characters, {shape['source']} steps; "
        f"longest target {longest['target']} characters, {shape['target']} steps; {shape['vocabulary']} symbols"
    )
    yield from document["notes"]
    yield from document["lints"]


def _grouped(written: str) -> str:
    """Group the digits of a count; one that is only a power of ten stays as it is."""
    return counted(int(written)) if written.isdigit() else written


def _tokens(steps: Mapping[str, Any]) -> str:
    """Write the tokens of a row in the order in which a model meets them."""
    return " ".join(SHOWN.get(number, token) for number, token in zip(steps["ids"], steps["tokens"], strict=True))
