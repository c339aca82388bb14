"""Whether every expression has one derivation: proven where possible, else searched for a witness."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING
from typing import Literal as OneOf

from lark.exceptions import GrammarError as LarkGrammarError
from lark.grammar import NonTerminal, Rule, RuleOptions, Symbol, Terminal

from exprlearn.errors import GrammarError, MembershipError
from exprlearn.grammar.lark_work import TooManySteps, find_conflicts
from exprlearn.grammar.specification import Item, Literal, Reference, Specification
from exprlearn.sampling.numbering.derivations import TooManyDerivations
from exprlearn.sampling.numbering.neighbours import lexical_doubt, neighbours
from exprlearn.sampling.numbering.ranking import Ranker, Skeleton

if TYPE_CHECKING:
    from exprlearn.sampling.stratum import Stratum

_TOKENS = 20
"""Tokens that a skeleton may have on average; to find all derivations of an expression compares to many of them."""

Level = OneOf["proven", "not seen", "ambiguous"]


@dataclass(frozen=True, slots=True)
class AmbiguityFinding:
    """What is known about ambiguity.

    `level` is "proven" (no expression has two derivations), "not seen" (none of the `examined` skeletons, smallest
    first, gives two) or "ambiguous" (the `witness` has several `derivations`); `doubt` says why there is no proof.
    """

    level: Level
    doubt: str = ""
    witness: str = ""
    derivations: int = 1
    examined: int = 0

    def __str__(self) -> str:
        if self.level == "proven":
            return "unambiguous: every expression has exactly one derivation (proven)"
        if self.level == "ambiguous":
            return f"ambiguous: {self.witness!r} has {self.derivations} derivations"
        return f"no ambiguity among the {self.examined} smallest skeletons; not proven: {self.doubt}"


def doubt(specification: Specification) -> str:
    """Say why unambiguity cannot be proven; empty when it is.

    The proof has two halves: a text is cut into tokens in one way only, and the compiled rules, with all numbers taken
    for the same token, are LALR(1) without any conflict and without priorities that would hide one.
    """
    lexical = lexical_doubt(specification, neighbours(specification))
    if lexical:
        return lexical
    rules = [
        Rule(NonTerminal(f"rule_{number}"), [_symbol(item) for item in each.items], order, None, RuleOptions())
        for number, rule in enumerate(specification.rules)
        for order, each in enumerate(rule.alternatives)
    ]
    try:
        find_conflicts(rules, f"rule_{specification.start}", strict=True)
    except TooManySteps:
        return "the compiled rules are too many, or too long, for a proof"
    except LarkGrammarError:
        return "the compiled rules are not LALR(1) without conflicts"
    return ""


def find_witness(strata: Sequence[Stratum], ranker: Ranker, doubted: str, limit: int) -> AmbiguityFinding:
    """Search the smallest skeletons, at most `limit`, for an expression with several derivations."""
    seen: set[str] = set()
    examined, left = 0, limit * _TOKENS
    for stratum, skeleton in _smallest(strata, limit):
        length = len(skeleton.tokens)
        examined, left = examined + 1, left - length
        if left < 0:
            break
        pattern = skeleton.pattern(stratum.literals)
        # Skeletons that look alike are the sign of ambiguous rules; numbers side by side that of ambiguous digits.
        if pattern not in seen and "##" not in pattern and _plain(stratum, skeleton):
            seen.add(pattern)
            continue
        for text in _fillings(stratum, skeleton):
            left -= ranker.steps(length)
            if left < 0:
                break
            if (derivations := _derivations(ranker, text, left)) > 1:
                return AmbiguityFinding("ambiguous", doubted, text, derivations, examined)
    return AmbiguityFinding("not seen", doubted, examined=examined)


def refuse_ambiguity(finding: AmbiguityFinding, path: str) -> None:
    """Raise GrammarError with the witness when a grammar is known to be ambiguous."""
    if finding.level == "ambiguous":
        raise GrammarError(
            f"{finding.witness!r} has {finding.derivations} derivations, so expressions would be drawn unevenly:"
            f" let the rules write it in one way, or pass ambiguity='strings' or ambiguity='derivations'",
            path=path,
        )


# One object a symbol: lark takes twice as long where equal symbols are other objects.
@lru_cache(maxsize=2**12)
def _symbol(item: Item) -> Symbol:
    if isinstance(item, Reference):
        return NonTerminal(f"rule_{item.rule}")
    return Terminal(f"LITERAL_{item.index}" if isinstance(item, Literal) else "NUMBER")


def _smallest(strata: Sequence[Stratum], limit: int) -> Iterator[tuple[Stratum, Skeleton]]:
    for stratum in sorted(strata, key=lambda each: sum(each.sizes.values())):
        for number in range(min(limit, stratum.skeleton_count)):
            yield stratum, stratum.skeleton(number)
        limit -= stratum.skeleton_count
        if limit <= 0:
            return


def _plain(stratum: Stratum, skeleton: Skeleton) -> bool:
    """Whether the literals of a skeleton can only be read as they are."""
    literals = [stratum.literals[token] for token in skeleton.tokens if token >= 0]
    return all(len(text) == 1 for text in literals)


def _fillings(stratum: Stratum, skeleton: Skeleton) -> Iterator[str]:
    """Expressions of a skeleton with the first and last numbers of every language, alone and in turns."""
    languages = stratum.chart.specification.languages
    edges = [text for language in languages for text in (language.text(0), language.text(language.size - 1))]
    for pair in product(dict.fromkeys(edges), repeat=2) if stratum.slots else [("", "")]:
        texts = [pair[slot % 2] for slot in range(len(stratum.slots))]
        fitting = [text if text in slot else slot.text(0) for slot, text in zip(stratum.slots, texts, strict=True)]
        yield skeleton.write(stratum.literals, fitting)


def _derivations(ranker: Ranker, text: str, steps: int) -> int:
    try:
        return ranker.rank(text, steps).derivations
    except (MembershipError, TooManyDerivations):
        return 0
