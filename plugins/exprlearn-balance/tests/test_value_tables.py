"""Tables of values, against every expression made and evaluated one by one."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from math import comb

import numpy as np
import pytest

from exprlearn.arithmetic import Operation, block_values, calculations, compile_skeletons, evaluate, parse
from exprlearn.errors import DataError, DivisionByZero
from exprlearn.sampling import ExpressionSpace
from exprlearn.sampling.stratum import Stratum
from exprlearn_balance.value_descent import descend
from exprlearn_balance.value_graph import ValueGraph
from exprlearn_balance.value_tables import MOST_WAYS, ValueRules, ValueTable, ValueTables

SIGNED = """
?start: sum
?sum: product | sum "+" product | sum "−" product
?product: atom | product "×" atom | product "/" DIVISOR
?atom: NUMBER | "-" atom | "(" sum ")"
NUMBER: /[0-2]/
DIVISOR: /[02]/
"""
FLAT = "start: N (OP N)~1..3\nOP: /[-+*\\/]/\nN: /[0-3]/"
RIGHT = '?start: N | N "+" start | N "*" N\nN: /[1-4]/'

SPACES = {
    "addition": ExpressionSpace.from_file("addition", ranges="0..40"),
    "division": ExpressionSpace.from_file("division", ranges="1..40"),
    "sums": ExpressionSpace.from_file("sums", terms=(2, 3), ranges="0..12"),
    "flat": ExpressionSpace.from_file("flat", terms=(2, 3), ranges="0..12"),
    "mixed": ExpressionSpace.from_file("mixed", terms=(2, 3), ranges="1..4"),
    "nested": ExpressionSpace.from_file("nested", terms=(2, 4), ranges="0..2"),
    "characters": ExpressionSpace.from_file("mixed", terms=(2, 3), characters=(3, 7), ranges="8..11"),
    "weighted": ExpressionSpace.from_file("mixed", terms=3, brackets=0, ranges="1..4", weights={"add": 3}),
    "signed, two languages": ExpressionSpace.from_text(SIGNED, terms=(1, 3), brackets=(0, 1), operators=(0, 3)),
    "rules without precedence": ExpressionSpace.from_text(FLAT),
    "rules to the right": ExpressionSpace.from_text(RIGHT, terms=(1, 4)),
}


def tables_of(stratum: Stratum, rules: ValueRules | None = None) -> tuple[ValueTables, int]:
    graph = ValueGraph()
    root = graph.add(stratum)
    assert root is not None
    return ValueTables(graph, [root], rules or ValueRules()), root


def counts_of(table: ValueTable) -> dict[Fraction, int]:
    rows = zip(table.numerators.tolist(), table.denominators.tolist(), table.counts.tolist(), strict=True)
    return {Fraction(numerator, denominator): count for numerator, denominator, count in rows}


def brute_force(stratum: Stratum, operation: Operation = "exact") -> Counter[Fraction]:
    found: Counter[Fraction] = Counter()
    for expression in stratum:
        try:
            found[evaluate(expression, operation=operation)] += 1
        except DivisionByZero:
            continue
    return found


@pytest.mark.parametrize("operation", ["exact", "floor"])
@pytest.mark.parametrize("name", SPACES)
def test_counts_of_every_value_equal_brute_force(name: str, operation: Operation) -> None:
    for stratum in SPACES[name].strata:
        tables, root = tables_of(stratum, ValueRules(division=operation))
        assert counts_of(tables[root]) == brute_force(stratum, operation)


def test_three_terms_up_to_nine_have_897_values() -> None:
    (stratum,) = ExpressionSpace.from_file("mixed", terms=3, brackets=0).strata
    tables, root = tables_of(stratum)
    assert len(tables[root]) == 897
    assert tables[root].total == stratum.size == 11664
    assert counts_of(tables[root]) == brute_force(stratum)


def test_four_terms_with_brackets_are_counted_like_block_values() -> None:
    (stratum,) = ExpressionSpace.from_file("mixed", terms=4, brackets=1).strata
    found: Counter[tuple[int, int]] = Counter()
    for start in range(0, stratum.size, 1 << 19):
        block = stratum.block(np.arange(start, min(start + (1 << 19), stratum.size)))
        values = block_values(block, compile_skeletons(block.skeletons))
        pairs = values.numerators[values.defined] * 10**6 + values.denominators[values.defined]
        for pair, count in zip(*(each.tolist() for each in np.unique(pairs, return_counts=True)), strict=True):
            found[pair] += count
    tables, root = tables_of(stratum)
    table = tables[root]
    keys = (table.numerators * 10**6 + table.denominators).tolist()
    assert dict(zip(keys, table.counts.tolist(), strict=True)) == dict(found)


@pytest.mark.parametrize("name", ["mixed", "flat", "rules without precedence"])
def test_values_that_do_not_count_are_left_out(name: str) -> None:
    def small(numerators: object, denominators: object) -> object:
        return (np.abs(numerators) < 5) & (denominators == 1)  # type: ignore[call-overload]

    for stratum in SPACES[name].strata:
        tables, root = tables_of(stratum, ValueRules(keep=small))  # type: ignore[arg-type]
        expected = {value: count for value, count in brute_force(stratum).items() if value in range(-4, 5)}
        assert counts_of(tables[root]) == expected


@pytest.mark.parametrize("operation", ["exact", "floor"])
def test_divisions_with_a_remainder_are_left_out_when_asked(operation: Operation) -> None:
    for stratum in SPACES["mixed"].strata:
        expected: Counter[Fraction] = Counter()
        for expression in stratum:
            try:
                steps = calculations(parse(expression))
            except DivisionByZero:
                continue
            if all(step.result[1] == 1 for step in steps):
                expected[evaluate(expression)] += 1
        tables, root = tables_of(stratum, ValueRules(division=operation, divides_evenly=True))
        assert counts_of(tables[root]) == expected


@pytest.mark.parametrize("name", SPACES)
def test_every_expression_is_reached_once_by_its_value_and_number(name: str) -> None:
    for stratum in SPACES[name].strata:
        tables, root = tables_of(stratum)
        table = tables[root]
        values = np.repeat(np.arange(len(table)), table.counts)
        ranks = np.concatenate([np.arange(count) for count in table.counts.tolist()])
        chosen = descend(tables, root, values, ranks)
        skeletons = [stratum.skeleton(number) for number in chosen.skeletons.tolist()]
        written = []
        for skeleton, fillers in zip(skeletons, chosen.fillers.tolist(), strict=True):
            texts = [""] * len(fillers)
            for column, filler in zip(skeleton.columns, fillers, strict=True):
                texts[column] = stratum.slots[column].text(filler)
            written.append(skeleton.write(stratum.literals, texts))
        assert len(set(written)) == len(written) == table.total
        found = [Fraction(int(table.numerators[row]), int(table.denominators[row])) for row in values.tolist()]
        assert found == [evaluate(text) for text in written]


def test_counts_past_64_bits_are_exact() -> None:
    (stratum,) = ExpressionSpace.from_file("sums", terms=70, ranges="0..1").strata
    tables, root = tables_of(stratum)
    table = tables[root]
    assert table.counts.tolist() == [comb(70, ones) for ones in range(71)]
    chosen = descend(tables, root, np.full(3, 35), np.array([0, 10**20, comb(70, 35) - 1], object))
    assert chosen.fillers.sum(axis=1).tolist() == [35, 35, 35]
    assert len({*map(tuple, chosen.fillers.tolist())}) == 3


def test_tables_that_would_be_too_large_say_so() -> None:
    for name, options in (("flat", {}), ("mixed", {"terms": 6})):
        graph = ValueGraph()
        space = ExpressionSpace.from_file(name, **options)  # type: ignore[arg-type]
        roots = [root for stratum in space.strata if (root := graph.add(stratum)) is not None]
        with pytest.raises(DataError, match=r"too large: .*choose a narrower range"):
            ValueTables(graph, roots)
    assert MOST_WAYS < 10**8


def test_values_past_64_bits_are_refused() -> None:
    (stratum,) = ExpressionSpace.from_text('start: N "*" N\nN: /[0-9]{1,13}/', ranges=f"{2**40}..{2**40 + 3}").strata
    with pytest.raises(DataError, match="leave 64 bits"):
        tables_of(stratum)
