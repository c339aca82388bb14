"""Counts of a space as a table and as plain data: expressions, and derivations where these are not the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from exprlearn.cli.output import print_table

if TYPE_CHECKING:
    from exprlearn.sampling import ExpressionSpace, Sizes
    from exprlearn.sampling.checking import Count


def counted_space(space: ExpressionSpace) -> dict[str, Any]:
    """Count a space size by size."""
    from exprlearn.sampling.checking import add_counts

    counts = space.counts()
    strata = [{"sizes": sizes.as_dict(), **count_document("count", count)} for sizes, count in counts]
    total = add_counts([count for _, count in counts])
    return {"grammar": space.grammar.name, **count_document("total", total), "strata": strata}


def count_document(key: str, count: Count) -> dict[str, str | None]:
    """Write a count as decimal digits: expressions under `key`, None where only derivations could be counted."""
    from exprlearn.grammar.languages import count_text

    document = {key: None if count.expressions is None else count_text(count.expressions)}
    if count.expressions != count.derivations:
        document["derivations"] = count_text(count.derivations)
    return document


def print_counts(counts: Sequence[tuple[Sizes, Count]]) -> None:
    """Print a row for each size, and the sum; derivations have a column where they are not as many as expressions."""
    from exprlearn.report.wording import counted
    from exprlearn.sampling.checking import add_counts

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
