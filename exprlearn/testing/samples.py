"""Expressions, answers and blocks that components are checked on, spread evenly over small spaces."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np

from exprlearn.arithmetic import Operation, Values, block_values, compile_skeletons
from exprlearn.arithmetic.divisions import ExactOnlyPolicy
from exprlearn.encoding import Alphabet, Encoder, alphabet_of
from exprlearn.grammar import grammar_from_text, shipped_text
from exprlearn.sampling import Block, ExpressionSpace

if TYPE_CHECKING:
    from exprlearn.testing.check import Subject

SHIPPED = ("addition", "mixed", "nested")
PER_STRATUM, LONGEST_ANSWER = 12, 8
ANSWERS = ("0", "7", "-7", "10", "99", "-100", "12345678", "-1234567")


@dataclass(frozen=True, eq=False)
class Sampled:
    """A space with expressions of each of its strata, and the alphabet of both."""

    space: ExpressionSpace

    @cached_property
    def alphabet(self) -> Alphabet:
        """The alphabet of the expressions, and of whole answers."""
        return alphabet_of(self.space, ExactOnlyPolicy(), longest_answer=LONGEST_ANSWER)

    @cached_property
    def expressions(self) -> list[str]:
        """Some expressions of each stratum, the first and the last among them."""
        return [str(text) for block in self.blocks for text in block.expressions]

    @cached_property
    def blocks(self) -> list[Block]:
        """A block of each stratum."""
        return [stratum.block(spread(stratum.size)) for stratum in self.space.strata]


def spread(size: int) -> list[int]:
    """Choose numbers below `size`, evenly, both ends among them.

    >>> spread(3), len(spread(10**30))
    ([0, 1, 2], 12)
    """
    last = min(size, PER_STRATUM) - 1
    return [(size - 1) * step // max(last, 1) for step in range(last + 1)]


def find_misread(sample: Sampled, writer: Encoder, reader: Encoder) -> list[tuple[str, str]]:
    """List the expressions and answers that one encoder writes as rows of ids and another reads otherwise."""
    expressions = reader.expressions(writer.sources(sample.expressions)).tolist()
    answers = reader.answers(writer.targets(list(ANSWERS))).tolist()
    pairs = zip([*sample.expressions, *ANSWERS], [*expressions, *answers], strict=True)
    return [pair for pair in pairs if pair[0] != pair[1]]


def spaces_of(subject: Subject) -> tuple[Sampled, ...]:
    """Return the spaces that an encoding is checked on: of its plugin's grammars, or else of shipped ones."""
    return tuple(_sample(name, text()) for name, text in subject.grammars.items()) or shipped_spaces()


@lru_cache(maxsize=1)
def shipped_spaces() -> tuple[Sampled, ...]:
    """Sample the shipped grammars that every component must be able to handle."""
    return tuple(_sample(name, shipped_text(name)) for name in SHIPPED)


def _sample(name: str, text: str) -> Sampled:
    return Sampled(ExpressionSpace(grammar_from_text(text, name)))


@lru_cache(maxsize=4)
def sample_blocks(operation: Operation) -> tuple[tuple[Block, Values], ...]:
    """Return blocks of arithmetic with their values; divisions by zero and numbers beyond int64 are among them."""
    spaces = [
        ExpressionSpace(grammar_from_text(WIDE, "wide"), terms=terms, brackets=brackets) for terms, brackets in SIZES
    ]
    blocks = [space.strata[-1].block(_draw(space.strata[-1].size)) for space in spaces]
    blocks += [block for sampled_space in shipped_spaces() for block in sampled_space.blocks]
    return tuple((block, block_values(block, compile_skeletons(block.skeletons), operation)) for block in blocks)


def empty_block() -> tuple[Block, Values]:
    """Return a block without rows, and its values."""
    block = shipped_spaces()[0].space.strata[0].block(np.arange(0))
    return block, block_values(block, compile_skeletons(block.skeletons))


def _draw(size: int) -> list[int]:
    # The same rows each time: a check that fails must fail again.
    shares = np.random.default_rng([0, size % 2**32]).random(120)
    return [int(share * 2**53) * size >> 53 for share in shares.tolist()]


SIZES = ((2, 0), (3, 1), (4, 1))
#: All four operations, zeros, small numbers and one of nineteen digits.
WIDE = """
?start: sum
?sum: product | sum "+" product | sum "-" product
?product: atom | product "*" atom | product "/" atom
?atom: NUMBER | "(" sum ")"
NUMBER: /0|[1-9]|1[0-9]|10{18}/
"""
