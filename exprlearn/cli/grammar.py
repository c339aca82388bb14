"""`exprlearn grammar`: what a grammar writes, counted, drawn and numbered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from exprlearn.cli.drawing import drawn
from exprlearn.cli.loading import load_plugins
from exprlearn.cli.options import DivisionOption, JsonOption, PluginFilesOption, SetOption
from exprlearn.cli.output import echo, print_document, print_line
from exprlearn.cli.settings import settings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from exprlearn.sampling import ExpressionSpace
    from exprlearn.sampling.checking import Check

grammar = typer.Typer(no_args_is_help=True, help="Check, count, sample and number what a grammar writes.")

SIZES = "Sizes"
GrammarArgument = Annotated[str, typer.Argument(metavar="G", help="A .lark file or a shipped grammar's name.")]
TermsOption = Annotated[
    str | None, typer.Option("--terms", metavar="2..4", help="How many numbers.", rich_help_panel=SIZES)
]
BracketsOption = Annotated[
    str | None, typer.Option("--brackets", metavar="0..2", help="How many pairs of brackets.", rich_help_panel=SIZES)
]
RangeOption = Annotated[
    str | None, typer.Option("--range", metavar="1..99", help="Smallest and largest number.", rich_help_panel=SIZES)
]


@grammar.command("check")
def check(
    name: GrammarArgument,
    terms: TermsOption = None,
    brackets: BracketsOption = None,
    range_: RangeOption = None,
    set_: SetOption = None,
    json: JsonOption = False,
    plugin: PluginFilesOption = None,
) -> None:
    """Prove that every expression has one derivation and can be answered, count, and point at what looks wrong."""
    from exprlearn.arithmetic.programs import refuse_unanswerable

    space = _space("grammar check", name, {"terms": terms, "brackets": brackets, "range": range_}, set_, plugin)
    found = space.check()
    print_document(_checked(found)) if json else echo(str(found))
    refuse_unanswerable(space)


@grammar.command("count")
def count(
    name: GrammarArgument,
    terms: TermsOption = None,
    brackets: BracketsOption = None,
    range_: RangeOption = None,
    set_: SetOption = None,
    json: JsonOption = False,
    plugin: PluginFilesOption = None,
) -> None:
    """Count the expressions of every size, exactly; of an ambiguous grammar, the derivations as well."""
    space = _space("grammar count", name, {"terms": terms, "brackets": brackets, "range": range_}, set_, plugin)
    from exprlearn.cli.counting import counted_space, print_counts

    print_document(counted_space(space)) if json else print_counts(space.counts())


@grammar.command("sample")
def sample(
    name: GrammarArgument,
    count: Annotated[int, typer.Option("-n", "--count", min=1, help="How many.")] = 10,
    terms: TermsOption = None,
    brackets: BracketsOption = None,
    range_: RangeOption = None,
    seed: Annotated[int | None, typer.Option("--seed", help="Decides what is drawn [0].")] = None,
    division: DivisionOption = None,
    set_: SetOption = None,
    json: JsonOption = False,
    plugin: PluginFilesOption = None,
) -> None:
    """Draw expressions with their exact answers; --json prints one object a line."""
    flags = {"grammar.terms": terms, "grammar.brackets": brackets, "grammar.range": range_, "seed": seed}
    flags |= {"grammar.name": name, "division.policy": division}
    components = settings(load_plugins(plugin), flags, command="grammar sample", sets=set_).components
    for row in drawn(components, count):
        if json:
            print_line(row)
        elif row["answer"] is None:
            echo(f"{row['expression']} has no answer under {components.config.division.policy}")
        else:
            echo(f"{row['expression']} = {row['answer']}")


@grammar.command("rank", context_settings={"ignore_unknown_options": True})
def rank(
    name: GrammarArgument,
    expression: Annotated[str, typer.Argument(metavar="EXPR")],
    terms: TermsOption = None,
    brackets: BracketsOption = None,
    range_: RangeOption = None,
    set_: SetOption = None,
    plugin: PluginFilesOption = None,
) -> None:
    """Print the index of an expression."""
    echo(
        _space("grammar rank", name, {"terms": terms, "brackets": brackets, "range": range_}, set_, plugin).rank(
            expression
        )
    )


@grammar.command("at", context_settings={"ignore_unknown_options": True})
def at(
    name: GrammarArgument,
    index: Annotated[str, typer.Argument(metavar="INDEX", help="From 0; any size.")],
    terms: TermsOption = None,
    brackets: BracketsOption = None,
    range_: RangeOption = None,
    set_: SetOption = None,
    plugin: PluginFilesOption = None,
) -> None:
    """Print the expression of an index."""
    space = _space("grammar at", name, {"terms": terms, "brackets": brackets, "range": range_}, set_, plugin)
    echo(_at(space, index))


def _space(
    command: str,
    name: str,
    sizes: Mapping[str, str | None],
    sets: Sequence[str] | None,
    plugin: Sequence[Path] | None,
) -> ExpressionSpace:
    from exprlearn.runs.preparation import load_space

    flags = {"grammar.name": name, **{f"grammar.{measure}": value for measure, value in sizes.items()}}
    chosen = settings(load_plugins(plugin), flags, command=command, sets=sets)
    return load_space(chosen.read.config.grammar, chosen.components)


def _at(space: ExpressionSpace, index: str) -> str:
    """Write the expression of an index.

    Raises:
        OptionError: what came is no index of the space.
    """
    from exprlearn.errors import OptionError
    from exprlearn.grammar.numerals import count_text

    try:
        return space[int(index)]
    except (ValueError, IndexError):
        raise OptionError(
            f"INDEX: write a whole number from 0 to {count_text(space.size - 1)}, counted from the end when negative;"
            f" got '{index}'"
        ) from None


def _checked(found: Check) -> dict[str, Any]:
    from exprlearn.cli.counting import count_document

    return {
        "grammar": found.grammar,
        **count_document("total", found.total),
        "longest": found.longest,
        "ambiguity": {"level": found.ambiguity.level, "said": str(found.ambiguity)},
        "lints": [{"line": lint.line, "message": lint.message} for lint in found.lints],
    }
