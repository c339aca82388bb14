"""How a model reads expressions and writes answers, as plain data that a few lines of any language can follow.

    12+3   `readings` say what each character is read as, `pattern` finds the tokens, `symbols` lists them by id
    ····12+··3   with `number_length` numbers are filled up in front, then numbers or the row are turned round
    ··12+3   `side` says on which side the row is filled up to its length

An answer goes the other way: the tokens before the end mark, turned back; behind a working it is what `pattern` finds.
What is done by the code of a plugin, and not by such rules, cannot leave.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from exprlearn.decoding.rewriting import SIGNS, RewritingRules
from exprlearn.encoding import Left, PerTerm, Right
from exprlearn.encoding.lookup import tokenizer_of
from exprlearn.encoding.tokenizers import Digits, Numbers
from exprlearn.encoding.vocabulary import SPECIALS
from exprlearn.errors import OptionError
from exprlearn.working.forms import UNFINISHED

if TYPE_CHECKING:
    from exprlearn.config import Components
    from exprlearn.decoding.answerer import Answerer

#: Of the document.
FORMAT = 1
PADDINGS: Mapping[type, str] = {Left: "left", PerTerm: "left", Right: "right"}


def text_rules(answerer: Answerer, components: Components, *, asks: str = "expression") -> dict[str, Any]:
    """Write down how the model of a run reads and writes; an OptionError tells all that cannot be written down.

    It `asks` for an expression, behind which `=?` is nothing, or for any text.
    """
    framing, alphabet = components.model.framing, answerer.encoder.alphabet
    tokenizer: Any = tokenizer_of(components.tokenizer, alphabet, "source")
    if framing == "mapping":
        tokenizer = Numbers(literals=alphabet.literals)
    elif framing == "rewriting":
        tokenizer = Digits()
    rules: dict[str, Any] = {
        "format": FORMAT,
        "framing": framing,
        "asks": asks,
        "symbols": [*SPECIALS, *answerer.encoder.vocabulary.symbols],
        "readings": dict(alphabet.readings("source")),
    }
    if framing == "mapping":
        return {**rules, "pattern": tokenizer.pattern.pattern, **_numbers(answerer)}
    if problems := _problems(tokenizer, components, answerer):
        raise OptionError(problems)
    rules |= {"pattern": tokenizer.pattern.pattern, "source": _source(answerer, components)}
    return {**rules, **(_lines(answerer) if framing == "rewriting" else {"answer": _answer(answerer)})}


def _problems(tokenizer: Any, components: Components, answerer: Answerer) -> list[str]:
    """Say what is done by code that cannot leave."""
    working = answerer.reader and answerer.reader.working
    config, chosen = components.config, "which an export cannot hold: a run without it can leave"
    found = {
        f"tokenizer.name: '{config.tokenizer.name}' cuts text by code of its own": not hasattr(tokenizer, "pattern"),
        f"padding.name: '{config.padding.name}' lays rows out by code of its own": not (
            components.model.framing == "rewriting" or type(components.padding) in PADDINGS
        ),
        f"working.name: '{config.working.name}' finds answers by code of its own": working is not None
        and not hasattr(working, "answer_pattern"),
    }
    return [f"{problem}, {chosen}" for problem, is_there in found.items() if is_there]


def _source(answerer: Answerer, components: Components) -> dict[str, Any]:
    """Say how tokens become a row."""
    encoder, framing = answerer.encoder, components.model.framing
    turned = _turned(encoder.reversal.source, encoder.alphabet.turns_numbers)
    if framing == "rewriting":
        return {
            "length": answerer.decoder.shape.source_length,
            "number_length": 0,
            "turned": "numbers",
            "side": "right",
        }
    if framing == "causal":
        # Padding of sources is dropped, and questions stand flush right.
        return {"length": encoder.shape.source_length, "number_length": 0, "turned": turned, "side": "left"}
    side = PADDINGS[type(components.padding)]
    if turned == "row":
        side = {"left": "right", "right": "left"}[side]
    number_length = encoder.vocabulary.number_steps if isinstance(components.padding, PerTerm) else 0
    return {"length": encoder.shape.source_length, "number_length": number_length, "turned": turned, "side": side}


def _answer(answerer: Answerer) -> dict[str, Any]:
    """Say how the tokens that are written become an answer."""
    encoder, reader = answerer.encoder, answerer.reader
    working: Any = reader and reader.working
    return {
        "length": encoder.shape.target_length,
        "turned": _turned(encoder.reversal.target, encoder.alphabet.turns_numbers),
        "pattern": working and working.answer_pattern,
        "unfinished": working and UNFINISHED,
    }


def _turned(is_turned: bool, turns_numbers: bool) -> str:
    return "none" if not is_turned else "numbers" if turns_numbers else "row"


def _numbers(answerer: Answerer) -> dict[str, Any]:
    """Say how expressions become rows of numbers: one a step, or with signs between them `[number, one-hot sign]`."""
    rows, literals = answerer.encoder.number_rows, answerer.encoder.alphabet.literals
    signs = list(literals) if rows.features > 1 else []
    return {
        "source": {"length": rows.steps, "signs": signs, "scale": rows.scale},
        "answer": {"scale": answerer.scale},
    }


def _lines(answerer: Answerer) -> dict[str, Any]:
    """Say what the lines of a rewriting model are: they are written anew until no sign is left in them."""
    known, rules = answerer.encoder.vocabulary.ids, answerer.rules
    assert isinstance(rules, RewritingRules)
    signs = [known[sign] for sign in SIGNS if sign in known]
    lines = {"signs": signs, "minus": known.get("-", -1), "spare": rules.lines.spare, "unfinished": UNFINISHED}
    return {"lines": lines}
