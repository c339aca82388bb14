from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from exprlearn.sampling import ExpressionSpace, Stream

TWO_WAYS = 'start: e\ne: e "+" e | e "*" e | "(" e ")" | N\nN: /[1-3]/'

SPACES = {
    "five characters": ExpressionSpace.from_text(TWO_WAYS, characters=5, ambiguity="strings"),
    "by terms": ExpressionSpace.from_text(TWO_WAYS, terms=(1, 3), brackets=(0, 1), ambiguity="strings"),
    "digits side by side": ExpressionSpace.from_text("start: N N?\nN: /[0-9]+/", ranges=(0, 12), ambiguity="strings"),
    "two languages": ExpressionSpace.from_text(
        'start: e\ne: e "+" e | A | B\nA: /[1-4]/\nB: /[3-6]/', terms=(1, 3), ambiguity="strings"
    ),
    "two signs": ExpressionSpace.from_text(
        'start: N ("-"|"--") ("-"|"--") N\nN: /[12]/', operators=(0, 9), ambiguity="strings"
    ),
}


def in_proportion(space: ExpressionSpace, seed: int) -> Stream:
    """A stream that meets every size as often as it has derivations."""
    return Stream(space, seed, mix=[stratum.size for stratum in space.strata])


def test_273_derivations_of_165_expressions_keep_exactly_165() -> None:
    space = SPACES["five characters"]
    blocks = [stratum.block(np.arange(stratum.size)) for stratum in space.strata]
    kept = [text for block in blocks for text in block.expressions[block.canonical].tolist()]
    assert space.size == sum(map(len, blocks)) == 273
    assert len(kept) == len(set(kept)) == len(set(space)) == 165


@pytest.mark.parametrize("name", SPACES)
def test_rows_are_canonical_where_their_index_is(name: str) -> None:
    space, start = SPACES[name], 0
    for stratum in space.strata:
        block = stratum.block(np.arange(stratum.size))
        expected = [space.is_canonical(start + index) for index in range(stratum.size)]
        assert block.canonical.tolist() == expected
        start += stratum.size


def test_chosen_rows_are_not_searched_again() -> None:
    block = SPACES["by terms"].strata[-1].block(np.arange(50))
    rows = np.flatnonzero(block.canonical)
    assert "canonical" in vars(block.chosen(rows))
    assert block.chosen(rows).canonical.all()
    assert "canonical" not in vars(block.stratum.block([1]).chosen(np.array([0])))


@pytest.mark.long
@pytest.mark.parametrize("name", SPACES)
def test_a_stream_leaves_out_all_but_the_least_index(name: str) -> None:
    space = SPACES[name]
    block = Stream(space, seed=4).items(100, 3100)
    assert len(block) == len(block.expressions) == len(block.indices) == 3000
    assert [index for index in block.indices if index >= 0 and not space.is_canonical(index)] == []
    for index, expression, item in zip(block.indices, block.expressions.tolist(), range(100, 3100), strict=True):
        assert (expression == "") == (index < 0)
        assert index < 0 or Stream(space, seed=4).index(item) == index
        assert index < 0 or space[index] == expression


def test_every_expression_of_an_ambiguous_grammar_comes_equally_often() -> None:
    space = SPACES["five characters"]
    passes = 200
    drawn = Counter(in_proportion(space, 1).items(0, 273 * passes).expressions.tolist())
    # The last round of the stream is cut short, by less than one item of each expression.
    assert abs(drawn.pop("") - (273 - 165) * passes) < 108
    assert len(drawn) == 165
    assert set(drawn.values()) <= {passes - 1, passes, passes + 1}


def test_part_of_a_pass_is_even_over_expressions() -> None:
    space = SPACES["five characters"]
    drawn: Counter[str] = Counter()
    for seed in range(400):
        drawn.update(in_proportion(space, seed).items(0, 40).expressions.tolist())
    del drawn[""]
    counts = np.array(list(drawn.values()))
    assert len(counts) == 165
    expected = counts.sum() / 165
    z_score = (((counts - expected) ** 2 / expected).sum() - 164) / np.sqrt(2 * 164)
    assert abs(z_score) < 4


def test_derivations_and_proven_grammars_leave_nothing_out() -> None:
    spaces = [
        ExpressionSpace.from_text(TWO_WAYS, characters=5, ambiguity="derivations"),
        ExpressionSpace.from_file("mixed", terms=2, ambiguity="strings"),
    ]
    for space in spaces:
        assert not any(stratum.is_ambiguous for stratum in space.strata)
        assert min(Stream(space, seed=0).items(0, 500).indices) >= 0
