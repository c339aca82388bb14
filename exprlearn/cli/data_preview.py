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
from exprlearn.counts import count_text, counted
from exprlearn.dataset import Acceptance, Answering, drawable, load_space, longest_answer
from exprlearn.dataset.acceptance import add_shares, group_by_sizes, measure_acceptance
from exprlearn.dataset.numbered import NumberedExamples
from exprlearn.encoding.encoder import SHOWN
from exprlearn.runs.preparation import make_encoder
from exprlearn.sampling import ExpressionSpace


def preview(options: CommandOptions) -> None:
    """Print how many expressions there are, which are kept, and the first training examples."""
    document = preview_document(read_settings(options, "data preview").components, options.count)
    print_document(document) if options.json else _print_preview(document)


def preview_document(components: Components, count: int) -> dict[str, Any]:
    """Count, check and show the first training examples, as plain data."""
    space = load_space(components.config.grammar, components)
    answering = Answering(components.division, components.constraints, operators=space.calculated_by)
    shares = measure_acceptance(space, answering)
    encoder = make_encoder(space, components)
    check, drawn, shape = space.check(), drawable(space, answering, shares), encoder.shape
    target = longest_answer(space, components.division, components.constraints)
    return {
        "grammar": space.grammar.name,
        "total": count_text(space.size),
        "said": str(check.ambiguity),
        "lints": [str(lint) for lint in check.lints],
        "drawn": drawn.document(),
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
    """List for each size vector how many expressions there are, and how many of them are examples."""
    table = []
    for sizes, group in group_by_sizes(space, shares).items():
        found = add_shares(group)
        share = sum(each.share * (each.size / found.expressions) for each in group)
        said = {"count": count_text(found.expressions), "drawn": found.document(), "share": share}
        table.append({"sizes": sizes.as_dict(), **said, "exact": found.said == "exact"})
    return table


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
        (*each["sizes"].values(), _grouped(each["count"]), each["drawn"]["text"], f"{each['share']:.1%}")
        for each in document["strata"]
    ]
    numbers = (*measures, "expressions", "drawn", "kept")
    print_table(numbers, rows, right=numbers)
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
    yield f"{document['drawn']['text']} of them can be drawn under the constraints"
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
