"""What holds for every tokenizer: texts come back, every token is a symbol, and rows have room for all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from exprlearn.encoding import NONE, Encoder, Right
from exprlearn.encoding.lookup import tokenizer_of
from exprlearn.encoding.sides import vocabulary_of
from exprlearn.plugin import Tokenizer
from exprlearn.testing.check import Subject, demand
from exprlearn.testing.contract import Contract
from exprlearn.testing.fresh import ask_about
from exprlearn.testing.samples import ANSWERS, Sampled, find_misread, spaces_of


class TokenizerContract(Contract, kind="tokenizer"):
    """What every tokenizer promises."""


@TokenizerContract.check()
def tokens_join_to_the_text_they_were_cut_from(subject: Subject) -> None:
    """Cut expressions and answers, and join them again."""
    for _, cutter, text in _texts(subject):
        tokens = cutter.split(text)
        joined = cutter.join(tokens)
        demand(joined == text, f"{text!r} is cut into {tokens}, which join to {joined!r}")


@TokenizerContract.check()
def the_same_text_gives_the_same_tokens(subject: Subject) -> None:
    """Cut expressions and answers twice, the second time by a tokenizer that was made anew."""
    for (_, cutter, text), (_, other, _) in zip(_texts(subject), _texts(subject), strict=True):
        first, again = cutter.split(text), other.split(text)
        demand(first == again == cutter.split(text), f"{text!r} is cut into {first} and then into {again}")


@TokenizerContract.check()
def a_vocabulary_is_made_of_the_symbols(subject: Subject) -> None:
    """Number the symbols: distinct, not empty, none of the special ones."""
    for each in spaces_of(subject):
        vocabulary_of(subject.make(), each.alphabet)


@TokenizerContract.check(needs=a_vocabulary_is_made_of_the_symbols)
def every_token_is_among_the_symbols(subject: Subject) -> None:
    """Cut expressions and answers, and look each token up."""
    known: dict[Sampled, set[str]] = {}
    for each, cutter, text in _texts(subject):
        if each not in known:
            known[each] = set(subject.make().symbols(each.alphabet))
        strange = [token for token in cutter.split(text) if token not in known[each]]
        demand(not strange, f"{text!r} is cut into {strange}, which symbols do not list")


@TokenizerContract.check()
def the_symbols_have_one_order_in_every_process(subject: Subject) -> None:
    """List the symbols here and in a fresh process: ids are positions."""
    here, there = symbols_of(subject), ask_about(subject, symbols_of)
    demand(here == there, "a fresh process lists the symbols in another order: sort them, sets have no order")


def symbols_of(subject: Subject, folder: Path | None = None) -> list[list[str]]:
    """List a tokenizer's symbols for the alphabet of each space; asked in a new process too."""
    tokenizer = subject.make()
    return [list(tokenizer.symbols(each.alphabet)) for each in spaces_of(subject)]


@TokenizerContract.check()
def per_character_is_said_of_single_characters_only(subject: Subject) -> None:
    """Cut texts with what says that all of its tokens are characters."""
    for _, cutter, text in _texts(subject):
        long = [token for token in cutter.split(text) if len(token) != 1]
        demand(not (cutter.per_character and long), f"per_character is True, and {text!r} is cut into {long}")


@TokenizerContract.check(needs=every_token_is_among_the_symbols)
def rows_have_room_for_every_text(subject: Subject) -> None:
    """Write expressions and answers as rows of ids, and read them again."""
    for each in spaces_of(subject):
        encoder = Encoder(each.alphabet, tokenizer=subject.make(), padding=Right(), reversal=NONE)
        changed = find_misread(each, encoder, encoder)
        demand(not changed, f"rows of ids read back otherwise: {changed[:1]}")


def _texts(subject: Subject) -> Iterator[tuple[Sampled, Tokenizer, str]]:
    """Yield each text with its space and with what cuts texts of its side."""
    for each in spaces_of(subject):
        for side, texts in (("source", each.expressions), ("target", list(ANSWERS))):
            cutter = tokenizer_of(subject.make(), each.alphabet, "source" if side == "source" else "target")
            yield from ((each, cutter, text) for text in texts)
