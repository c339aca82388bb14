"""What holds for every reversal: it says yes or no for each side, and says so again."""

from __future__ import annotations

from exprlearn.encoding import Characters, Encoder, Right
from exprlearn.testing.check import Subject, demand
from exprlearn.testing.contract import Contract
from exprlearn.testing.samples import find_misread, spaces_of


class ReversalContract(Contract, kind="reversal"):
    """What every reversal promises."""


@ReversalContract.check()
def both_sides_are_told_by_true_or_false(subject: Subject) -> None:
    """Look at both."""
    reversal = subject.make()
    for side in ("source", "target"):
        value = getattr(reversal, side)
        demand(isinstance(value, bool), f"{side} must be True or False, received {value!r}")


@ReversalContract.check()
def what_one_encoder_writes_another_one_reads(subject: Subject) -> None:
    """Write texts with one encoder and read them with one that is made later, as a run that is loaded does."""
    reversal = subject.make()
    for each in spaces_of(subject):
        writer, reader = (
            Encoder(each.alphabet, tokenizer=Characters(), padding=Right(), reversal=reversal) for _ in range(2)
        )
        changed = find_misread(each, writer, reader)
        demand(not changed, f"read back otherwise than written: {changed[:1]}")
