"""`exprlearn grammar`: what a grammar writes, counted and numbered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from exprlearn.cli.options import CommandOptions
from exprlearn.cli.output import echo, print_document, print_table
from exprlearn.cli.settings import read_settings
from exprlearn.errors import OptionError
from exprlearn.grammar.languages import count_text
from exprlearn.report.wording import counted
from exprlearn.sampling import ExpressionSpace, Sizes
from exprlearn.sampling.configured_space import space_of
from exprlearn.sampling.space_check import Count, SpaceCheck, add_counts


def check(options: CommandOptions) -> None:
    """Check a grammar, then refuse one with an expression that nothing can answer."""
    # Counting and numbering need no arithmetic.
    from exprlearn.arithmetic.programs import refuse_unanswerable
    from exprlearn.dataset import load_space

    settings = read_settings(options, "grammar check")
    space = load_space(settings.read.config.grammar, settings.components)
    found = space.check()
    print_document(_check_document(found)) if options.json else echo(str(found))
    refuse_unanswerable(space)


def count(options: CommandOptions) -> None:
    """Count the expressions of every size."""
    space = _space("grammar count", options)
    print_document(space_document(space)) if options.json else _print_counts(space.counts())


def rank(options: CommandOptions) -> None:
    """Print the index of an expression."""
    echo(_space("grammar rank", options).rank(options.expression))


def at(options: CommandOptions) -> None:
    """Print the expression of an index."""
    space = _space("grammar at", options)
    try:
        echo(space[int(options.index)])
    except (ValueError, IndexError):
        raise OptionError(
            f"INDEX: write a whole number from 0 to {count_text(space.size - 1)}, counted from the end when negative;"
            f" got '{options.index}'"
        ) from None


def _space(command: str, options: CommandOptions) -> ExpressionSpace:
    """Count what a grammar writes; what its signs stand for counts nothing."""
    settings = read_settings(options, command)
    return space_of(settings.read.config.grammar, settings.grammars)


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
    counts = space.counts()
    strata = [{"sizes": sizes.as_dict(), **_count_document("count", count)} for sizes, count in counts]
    total = add_counts([count for _, count in counts])
    return {"grammar": space.grammar.name, **_count_document("total", total), "strata": strata}


def _count_document(key: str, count: Count) -> dict[str, str | None]:
    """Write a count as decimal digits: expressions under `key`, None where only derivations could be counted."""
    document = {key: None if count.expressions is None else count_text(count.expressions)}
    if count.expressions != count.derivations:
        document["derivations"] = count_text(count.derivations)
    return document


def _print_counts(counts: Sequence[tuple[Sizes, Count]]) -> None:
    """Print a row for each size, and the sum; derivations have a column where they are not as many as expressions."""
    total = add_counts([count for _, count in counts])
    measures, columns = list(counts[0][0]), ["expressions"]
    if total.expressions != total.derivations:
        columns.append("derivations")

    def cells(count: Count) -> list[str]:
        expressions = "not counted" if count.expressions is None else counted(count.expressions)
        return [expressions, counted(count.derivations)][: len(columns)]

    rows: list[list[Any]] = [[*sizes.values(), *cells(count)] for sizes, count in counts]
    rows.append([*("" for _ in measures), *cells(total)])
    print_table([*measures, *columns], rows, right=[*measures, *columns], fold=tuple(columns))
