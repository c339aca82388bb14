"""`exprlearn data`: look at data, write it, check it, repair it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from exprlearn.cli.data_audit import audit
from exprlearn.cli.data_build import build, mixed_files, tools_for
from exprlearn.cli.loading import load_plugins, open_engine
from exprlearn.cli.options import GrammarArgument, Options, takes
from exprlearn.cli.output import echo, note, print_document, print_table
from exprlearn.cli.settings import read_settings

if TYPE_CHECKING:
    from exprlearn.config import Components
    from exprlearn.dataset import Acceptance
    from exprlearn.dataset.store import Finding
    from exprlearn.sampling import ExpressionSpace

data = typer.Typer(no_args_is_help=True, help="Look at data, write it to files, check and mend them.")

FolderArgument = Annotated[Path, typer.Argument(metavar="OUT", help="A dataset folder.")]
ExamplesOption = Annotated[int, typer.Option("-n", "--count", min=1, help="How many examples.")]


@data.command("preview")
@takes("config set_ seed division tokenizer padding reversal json plugin")
def preview(options: Options, grammar: GrammarArgument, count: ExamplesOption = 8) -> None:
    """Count what a grammar gives under the constraints, and show training examples as a model reads them."""
    settings = read_settings(replace(options, grammar=grammar), load_plugins(options), "data preview")
    document = preview_document(settings.components, count)
    print_document(document) if options.json else _print_preview(document)


data.command("build")(build)


@data.command("verify")
@takes("json")
def verify(options: Options, out: FolderArgument) -> None:
    """Compare every file of a dataset folder with its manifest; exit 1 when one is not as it was written."""
    from exprlearn.dataset.store import verify as verify_folder

    verified = verify_folder(out)
    shards, rows = len(verified.manifest.shards), sum(verified.manifest.rows.values())
    for sentence in mixed_files(verified.manifest, out):
        note(sentence)
    if options.json:
        print_document({"folder": str(out), "shards": shards, "rows": rows, "findings": _listed(verified.findings)})
    elif verified.findings:
        echo("\n".join(map(str, verified.findings)))
        echo(f"\nmend it with: exprlearn data repair {out}")
    else:
        echo(f"{out}: {shards} shards, {rows} rows, all as they were written")
    if verified.findings:
        raise typer.Exit(1)


@data.command("repair")
@takes("engine workers ray_address json plugin plugins")
def repair(options: Options, out: FolderArgument) -> None:
    """Make damaged files of a dataset folder anew, byte for byte; exit 1 while others lie there that do not belong."""
    from exprlearn.dataset.store import repair as repair_folder

    with open_engine(options, load_plugins(options)) as engine:
        repaired = repair_folder(out, tools_for(options), engine=engine)
    if options.json:
        findings = _listed(repaired.findings)
        print_document({"folder": str(out), "findings": findings, "made": repaired.made, "left": repaired.left})
    elif not repaired.findings:
        echo(f"{out}: nothing to mend")
    else:
        for finding in repaired.findings:
            echo(f"{finding}: {'left alone, remove it yourself' if finding.kind == 'extra' else 'made anew'}")
    if repaired.left:
        raise typer.Exit(1)


data.command("audit")(audit)


def _listed(findings: tuple[Finding, ...]) -> list[dict[str, str]]:
    return [{"kind": finding.kind, "name": finding.name, "detail": finding.detail} for finding in findings]


def preview_document(components: Components, count: int) -> dict[str, Any]:
    """Count, judge and show the first training examples, as plain data.

    Raises:
        GrammarError: the grammar cannot be read, compiled or sized.
        DataError: next to nothing is an example, or the settings' way to draw fits no such space.
    """
    from exprlearn.dataset import Answering, acceptance, drawable, load_space, longest_answer
    from exprlearn.dataset.drawing.numbered import NumberedExamples
    from exprlearn.grammar.numerals import count_text
    from exprlearn.runs.preparation import make_encoder

    space = load_space(components.config.grammar, components)
    answering = Answering(components.division, components.constraints)
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
    from exprlearn.grammar.numerals import count_text

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
    from exprlearn.cli.training_progress import estimated

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
    from exprlearn.report.wording import counted

    return counted(int(written)) if written.isdigit() else written


def _tokens(steps: Mapping[str, Any]) -> str:
    """Write the tokens of a row in the order in which a model meets them."""
    from exprlearn.encoding.encoder import SHOWN

    return " ".join(SHOWN.get(number, token) for number, token in zip(steps["ids"], steps["tokens"], strict=True))
