"""`exprlearn grammar`: what a grammar writes, counted and numbered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from exprlearn.cli.options import CommandOptions
from exprlearn.cli.output import echo, print_document, print_table
from exprlearn.cli.settings import Settings, read_settings
from exprlearn.counts import count_text, counted
from exprlearn.errors import OptionError
from exprlearn.sampling import ExpressionSpace, Sizes
from exprlearn.sampling.configured_space import space_of
from exprlearn.sampling.space_check import Count, SpaceCheck, add_counts

if TYPE_CHECKING:
    from exprlearn.dataset import Drawable


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
    """Count the expressions of every size, and where rules are asked for, those that can be drawn under them."""
    settings = read_settings(options, "grammar count")
    space, drawn = space_of(settings.read.config.grammar, settings.grammars), None
    if any(key.startswith(("division", "data")) for key in settings.read.asked()):
        space, drawn = _count_drawn(settings)
    print_document(space_document(space, drawn)) if options.json else _print_counts(space.counts(), drawn)


def _count_drawn(settings: Settings) -> tuple[ExpressionSpace, dict[Sizes | None, Drawable]]:
    """Count by size, and of all sizes under None, what can be drawn under the rules asked for."""
    from exprlearn.dataset import Answering, load_space
    from exprlearn.dataset.acceptance import add_shares, group_by_sizes, measure_acceptance

    components = settings.components
    space = load_space(components.config.grammar, components)
    answering = Answering(components.division, components.constraints, operators=space.calculated_by)
    shares = measure_acceptance(space, answering)
    drawn: dict[Sizes | None, Drawable] = {None: add_shares(shares)}
    drawn.update({sizes: add_shares(group) for sizes, group in group_by_sizes(space, shares).items()})
    return space, drawn


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


def space_document(space: ExpressionSpace, drawn: Mapping[Sizes | None, Drawable] | None = None) -> dict[str, Any]:
    """Count a space size by size, with what can be drawn of each size where that was counted."""

    def counts_of(key: str, sizes: Sizes | None, count: Count) -> dict[str, Any]:
        return {**_count_document(key, count), **({"drawn": drawn[sizes].document()} if drawn else {})}

    counts = space.counts()
    strata = [{"sizes": sizes.as_dict(), **counts_of("count", sizes, count)} for sizes, count in counts]
    total = counts_of("total", None, add_counts([count for _, count in counts]))
    return {"grammar": space.grammar.name, **total, "strata": strata}


def _count_document(key: str, count: Count) -> dict[str, str | None]:
    """Write a count as decimal digits: expressions under `key`, None where only derivations could be counted."""
    document = {key: None if count.expressions is None else count_text(count.expressions)}
    if count.expressions != count.derivations:
        document["derivations"] = count_text(count.derivations)
    return document


def _print_counts(counts: Sequence[tuple[Sizes, Count]], drawn: Mapping[Sizes | None, Drawable] | None = None) -> None:
    """Print a row for each size, and the sum; derivations have a column where they are not as many as expressions."""
    total = add_counts([count for _, count in counts])
    measures, columns = list(counts[0][0]), ["expressions"]
    if total.expressions != total.derivations:
        columns.append("derivations")

    def cells(sizes: Sizes | None, count: Count) -> list[str]:
        expressions = "not counted" if count.expressions is None else counted(count.expressions)
        written = [expressions, counted(count.derivations)][: len(columns)]
        return [*written, str(drawn[sizes])] if drawn else written

    rows: list[list[Any]] = [[*sizes.values(), *cells(sizes, count)] for sizes, count in counts]
    rows.append([*("" for _ in measures), *cells(None, total)])
    headings = [*measures, *columns, *(["drawn"] if drawn else [])]
    print_table(headings, rows, right=headings, fold=tuple(columns))
