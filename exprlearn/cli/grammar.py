"""`exprlearn grammar`: what a grammar writes, counted, drawn and numbered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from exprlearn.cli.loading import load_plugins
from exprlearn.cli.options import CommandOptions, GrammarArgument, takes
from exprlearn.cli.output import echo, print_document, print_line, print_table
from exprlearn.cli.settings import read_settings

if TYPE_CHECKING:
    from exprlearn.config import Components
    from exprlearn.sampling import ExpressionSpace, Sizes
    from exprlearn.sampling.space_check import Count, SpaceCheck

grammar = typer.Typer(no_args_is_help=True, help="Check, count, sample and number what a grammar writes.")

ExpressionArgument = Annotated[str, typer.Argument(metavar="EXPR")]
IndexArgument = Annotated[str, typer.Argument(metavar="INDEX", help="From 0; any size.")]
CountOption = Annotated[int, typer.Option("-n", "--count", min=1, help="How many.")]
SeedOption = Annotated[int | None, typer.Option(help="Decides what is drawn [0].")]


@grammar.command("check")
@takes("terms brackets range_ set_ json plugin")
def check(options: CommandOptions, name: GrammarArgument) -> None:
    """Prove that every expression has one derivation and can be answered, count, and point at what looks wrong."""
    from exprlearn.arithmetic.programs import refuse_unanswerable

    space = _space("grammar check", name, options)
    found = space.check()
    print_document(_check_document(found)) if options.json else echo(str(found))
    refuse_unanswerable(space)


@grammar.command("count")
@takes("terms brackets range_ set_ json plugin")
def count(options: CommandOptions, name: GrammarArgument) -> None:
    """Count the expressions of every size, exactly; of an ambiguous grammar, the derivations as well."""
    space = _space("grammar count", name, options)
    print_document(space_document(space)) if options.json else _print_counts(space.counts())


@grammar.command("sample")
@takes("count terms brackets range_ seed division set_ json plugin")
def sample(options: CommandOptions, name: GrammarArgument, count: CountOption = 10, seed: SeedOption = None) -> None:
    """Draw expressions with their exact answers; --json prints one object a line."""
    typed = replace(options, grammar=name, seed=seed)
    components = read_settings(typed, load_plugins(options), "grammar sample").components
    for row in sampled_rows(components, count):
        if options.json:
            print_line(row)
        elif row["answer"] is None:
            echo(f"{row['expression']} has no answer under {components.config.division.policy}")
        else:
            echo(f"{row['expression']} = {row['answer']}")


@grammar.command("rank", context_settings={"ignore_unknown_options": True})
@takes("terms brackets range_ set_ plugin")
def rank(options: CommandOptions, name: GrammarArgument, expression: ExpressionArgument) -> None:
    """Print the index of an expression."""
    echo(_space("grammar rank", name, options).rank(expression))


@grammar.command("at", context_settings={"ignore_unknown_options": True})
@takes("terms brackets range_ set_ plugin")
def at(options: CommandOptions, name: GrammarArgument, index: IndexArgument) -> None:
    """Print the expression of an index."""
    from exprlearn.errors import OptionError
    from exprlearn.grammar.languages import count_text

    space = _space("grammar at", name, options)
    try:
        echo(space[int(index)])
    except (ValueError, IndexError):
        raise OptionError(
            f"INDEX: write a whole number from 0 to {count_text(space.size - 1)}, counted from the end when negative;"
            f" got '{index}'"
        ) from None


def _space(command: str, name: str, options: CommandOptions) -> ExpressionSpace:
    from exprlearn.dataset import load_space

    settings = read_settings(replace(options, grammar=name), load_plugins(options), command)
    return load_space(settings.read.config.grammar, settings.components)


def sampled_rows(components: Components, count: int) -> Iterator[dict[str, Any]]:
    """Draw `count` expressions, without repeats while the space lasts; an answer that does not exist is None.

    Raises:
        GrammarError: the grammar cannot be read, compiled or sized.
    """
    from exprlearn.dataset import load_space
    from exprlearn.dataset.drawing.split import split_of
    from exprlearn.grammar.languages import count_text
    from exprlearn.sampling.distinct import draw_distinct
    from exprlearn.sampling.stream import Stream

    config = components.config
    space = load_space(config.grammar, components)
    stream = Stream(space, config.seed, purpose="sample")
    for expression, index in draw_distinct(stream, count):
        yield {
            "expression": expression,
            "answer": _answer(expression, components),
            "index": count_text(index),
            "sizes": space.locate(index)[0].sizes.as_dict(),
            "split": split_of(expression, config.data.level),
        }


def _answer(expression: str, components: Components) -> str | None:
    from exprlearn.arithmetic import answer
    from exprlearn.errors import EvaluationError

    try:
        return answer(expression, components.division)
    except EvaluationError:
        return None


def _check_document(found: SpaceCheck) -> dict[str, Any]:
    return {
        "grammar": found.grammar,
        **_count_document("total", found.total),
        "longest": found.longest,
        "ambiguity": {"level": found.ambiguity.level, "said": str(found.ambiguity)},
        "lints": [{"line": lint.line, "message": lint.message} for lint in found.lints],
    }


def space_document(space: ExpressionSpace) -> dict[str, Any]:
    """Count a space size by size."""
    from exprlearn.sampling.space_check import add_counts

    counts = space.counts()
    strata = [{"sizes": sizes.as_dict(), **_count_document("count", count)} for sizes, count in counts]
    total = add_counts([count for _, count in counts])
    return {"grammar": space.grammar.name, **_count_document("total", total), "strata": strata}


def _count_document(key: str, count: Count) -> dict[str, str | None]:
    """Write a count as decimal digits: expressions under `key`, None where only derivations could be counted."""
    from exprlearn.grammar.languages import count_text

    document = {key: None if count.expressions is None else count_text(count.expressions)}
    if count.expressions != count.derivations:
        document["derivations"] = count_text(count.derivations)
    return document


def _print_counts(counts: Sequence[tuple[Sizes, Count]]) -> None:
    """Print a row for each size, and the sum; derivations have a column where they are not as many as expressions."""
    from exprlearn.report.wording import counted
    from exprlearn.sampling.space_check import add_counts

    total = add_counts([count for _, count in counts])
    measures, columns = list(counts[0][0]), ["expressions"]
    if total.expressions != total.derivations:
        columns.append("derivations")

    def written(count: Count) -> list[str]:
        expressions = "not counted" if count.expressions is None else counted(count.expressions)
        return [expressions, counted(count.derivations)][: len(columns)]

    rows: list[list[Any]] = [[*sizes.values(), *written(count)] for sizes, count in counts]
    rows.append([*("" for _ in measures), *written(total)])
    print_table([*measures, *columns], rows, right=[*measures, *columns], fold=tuple(columns))
