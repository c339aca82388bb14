"""What holds for every grammar: it is read, it ends, and every expression has one derivation and one index."""

from __future__ import annotations

from exprlearn.grammar import Grammar, grammar_from_text
from exprlearn.sampling import ExpressionSpace
from exprlearn.testing.check import Subject, demand
from exprlearn.testing.contract import Contract
from exprlearn.testing.samples import Sampled


class GrammarContract(Contract, kind="grammar"):
    """What every grammar promises."""


@GrammarContract.check()
def lark_reads_the_grammar(subject: Subject) -> None:
    """Load the text."""
    _grammar(subject)


@GrammarContract.check(needs=lark_reads_the_grammar)
def it_writes_finitely_many_expressions(subject: Subject) -> None:
    """Count the space within the sizes of the grammar's own pragmas; an endless or empty one is refused."""
    demand(_space(subject).size > 0, "no expression within the sizes of its pragmas")


@GrammarContract.check(needs=it_writes_finitely_many_expressions)
def no_expression_has_two_derivations(subject: Subject) -> None:
    """Look for the proof, which tells more than a search for a counterexample."""
    finding = _space(subject).ambiguity()
    demand(finding.level == "proven", str(finding))


@GrammarContract.check(needs=no_expression_has_two_derivations)
def every_expression_has_its_index_in_the_space_made_again(subject: Subject) -> None:
    """Write expressions of one space, and rank them in another made of the same grammar."""
    space, again = _space(subject), _space(subject)
    demand(space.size == again.size, f"made again, the space has {again.size} expressions instead of {space.size}")
    for text in Sampled(space).expressions:
        index = again.rank(text)
        demand(space[index] == text, f"'{text}' has the index {index}, which writes '{space[index]}'")


@GrammarContract.check(needs=it_writes_finitely_many_expressions)
def lark_reads_every_expression_it_writes(subject: Subject) -> None:
    """Let lark parse expressions of every size."""
    space = _space(subject)
    for text in Sampled(space).expressions:
        try:
            space.grammar.lark.parse(text)
        # Lark has an exception for every way to fail, and they share no class with a grammar's faults.
        except Exception as error:
            demand(False, f"lark does not read '{text}': {type(error).__name__}")


@GrammarContract.check(needs=it_writes_finitely_many_expressions)
def there_is_nothing_to_remark(subject: Subject) -> None:
    """List what `grammar check` remarks on, such as rules that are never reached."""
    remarks = _space(subject).check().lints
    demand(not remarks, "; ".join(map(str, remarks)))


def _grammar(subject: Subject) -> Grammar:
    return grammar_from_text(subject.spec.text(), subject.spec.name)


def _space(subject: Subject) -> ExpressionSpace:
    # Ambiguity is a check of its own, so that the others tell their own faults.
    return ExpressionSpace(_grammar(subject), ambiguity="derivations")
