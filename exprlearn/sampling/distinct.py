"""Expressions drawn one after the other, none twice before all have come."""

from __future__ import annotations

from collections.abc import Iterator

from exprlearn.errors import GrammarError
from exprlearn.sampling.space import ExpressionSpace
from exprlearn.sampling.stream import Stream

_FEW, _LEAST, _CHUNK = 64, 16, 4096

_PATIENCE = 100_000
"""About how many microseconds to draw on without a new expression."""


def draw_distinct(stream: Stream, count: int) -> Iterator[tuple[str, int]]:
    """Draw expressions with their indices; they come again, in another order, only when all have come.

    Of an ambiguous space an expression is drawn by its least index, so that all are equally likely; a `GrammarError`
    refuses a grammar of which next to all derivations write what others have written.
    """
    space, drawn = stream.space, set[int]()
    given = start = since = waited = 0
    first, passed = space.strata[0], stream.whole_pass
    costs = first.ranker.steps(space.longest) if first.is_ambiguous else space.longest
    if first.is_ambiguous and costs > 4 * _PATIENCE:
        raise _rare(space)
    while given < count:
        size = max(1, min(_CHUNK, max(_LEAST, count - given), _PATIENCE // costs if first.is_ambiguous else _CHUNK))
        before = given
        for text, index in _items(stream, start, start + size, is_few=count <= _FEW):
            if index not in drawn and given < count:
                drawn.add(index)
                given += 1
                yield text, index
            if len(drawn) == space.size:
                drawn, since = set(), start + size
        start += size
        waited = 0 if given > before else waited + size * costs
        if waited > _PATIENCE and not drawn:
            raise _rare(space)
        # Two passes hold all expressions, wherever they begin.
        if waited > _PATIENCE or start - since > 2 * passed:
            drawn, since, waited = set(), start, 0


def _items(stream: Stream, start: int, stop: int, is_few: bool) -> Iterator[tuple[str, int]]:
    """Make items, without void ones; a few one by one, so that no tables are made for them."""
    if is_few:
        indices = [stream.index(item) for item in range(start, stop)]
        for index in indices:
            if not stream.space.strata[0].is_ambiguous or stream.space.is_canonical(index):
                yield stream.space[index], index
        return
    block = stream.items(start, stop)
    pairs = zip(block.expressions.tolist(), block.indices, strict=True)
    yield from ((text, index) for text, index in pairs if index >= 0)


def _rare(space: ExpressionSpace) -> GrammarError:
    return GrammarError(
        "next to every derivation writes an expression that others write as well, or one that is too long to find out:"
        " write the rules so that each expression has one, or draw derivations with"
        " --set grammar.ambiguity=derivations",
        path=space.grammar.location,
    )
