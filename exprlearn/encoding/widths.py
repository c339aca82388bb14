"""How many steps the longest expression of an alphabet takes, cut into the tokens of a vocabulary."""

from __future__ import annotations

from exprlearn.encoding.alphabet import Alphabet
from exprlearn.encoding.vocabulary import Vocabulary


def skeleton_steps(alphabet: Alphabet, vocabulary: Vocabulary) -> int:
    """Return the most steps that operators, brackets and words take: one a literal when each is a symbol."""
    whole = all(literal in vocabulary.ids for literal in alphabet.literals)
    return alphabet.most_literals if whole else alphabet.longest_skeleton


def even_steps(alphabet: Alphabet, vocabulary: Vocabulary) -> int:
    """Return the most steps when every number is padded to the widest one."""
    return skeleton_steps(alphabet, vocabulary) + alphabet.most_terms * vocabulary.number_steps


def tight_steps(alphabet: Alphabet, vocabulary: Vocabulary) -> int:
    """Return the most steps when numbers take what they need."""
    steps = even_steps(alphabet, vocabulary)
    # The characters of the longest expression bound its tokens only where no number has more tokens than digits.
    return steps if vocabulary.number_steps > alphabet.widest_number else min(alphabet.longest_expression, steps)
