"""`exprlearn data preview`: what a model will see, and how much of it there is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

import typer

from exprlearn.cli.loading import load_plugins
from exprlearn.cli.options import (
    ConfigOption,
    DivisionOption,
    JsonOption,
    PaddingOption,
    PluginFilesOption,
    ReversalOption,
    SeedOption,
    SetOption,
    TokenizerOption,
)
from exprlearn.cli.output import echo, print_document, print_table
from exprlearn.cli.settings import settings

CountOption = Annotated[int, typer.Option("-n", "--count", min=1, help="How many examples.")]


def preview(
    grammar: Annotated[str, typer.Argument(metavar="G", help="A .lark file or a shipped grammar's name.")],
    count: CountOption = 8,
    config: ConfigOption = None,
    set_: SetOption = None,
    seed: SeedOption = None,
    division: DivisionOption = None,
    tokenizer: TokenizerOption = None,
    padding: PaddingOption = None,
    reversal: ReversalOption = None,
    json: JsonOption = False,
    plugin: PluginFilesOption = None,
) -> None:
    """Count what a grammar gives under the constraints, and show training examples as a model reads them."""
    flags = {
        "grammar.name": grammar,
        "seed": seed,
        "division.policy": division,
        "tokenizer.name": tokenizer,
        "padding.name": padding,
        "reversal.name": reversal,
    }
    from exprlearn.cli.data_previewing import previewed

    chosen = settings(load_plugins(plugin), flags, command="data preview", file=config, sets=set_)
    document = previewed(chosen.components, count)
    print_document(document) if json else _print(document)


def _print(document: dict[str, Any]) -> None:
    _print_counts(document["strata"])
    echo()
    for line in _lines(document):
        echo(line)
    echo()
    rows = [
        (each["expression"], each["answer"], _shown(each["source"]), _shown(each["target"]))
        for each in document["examples"]
    ]
    print_table(("expression", "answer", "source", "target"), rows)


def _print_counts(strata: list[dict[str, Any]]) -> None:
    measures = list(strata[0]["sizes"])
    rows = [
        (*each["sizes"].values(), _count(each["count"]), f"{'' if each['exact'] else '~'}{each['share']:.1%}")
        for each in strata
    ]
    print_table((*measures, "expressions", "kept"), rows, right=(*measures, "expressions", "kept"))


def _lines(document: dict[str, Any]) -> Iterator[str]:
    from exprlearn.cli.progress_words import estimated

    yield f"{document['grammar']}: {_count(document['total'])} expressions, {document['said']}"
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


def _count(written: str) -> str:
    """Group the digits of a count; one that is only a power of ten stays as it is."""
    from exprlearn.report.wording import counted

    return counted(int(written)) if written.isdigit() else written


def _shown(steps: Mapping[str, Any]) -> str:
    """Write the tokens of a row in the order in which a model meets them."""
    from exprlearn.encoding.encoder import SHOWN

    return " ".join(SHOWN.get(number, token) for number, token in zip(steps["ids"], steps["tokens"], strict=True))
