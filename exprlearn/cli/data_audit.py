"""`exprlearn data audit`: wrong answers, duplicates and leaks in the files of others."""

from __future__ import annotations

import typer

from exprlearn.arithmetic.operators import uncontested
from exprlearn.cli.options import CommandOptions
from exprlearn.cli.output import echo, note, print_document, print_table
from exprlearn.cli.settings import read_settings
from exprlearn.dataset.audit import Audit, AuditFinding, Keys
from exprlearn.dataset.audit import audit as audit_files


def audit(options: CommandOptions) -> None:
    """Print what is wrong in the files of others; leave with 1 when anything is, or most could not be verified."""
    components = read_settings(options, "data audit").components
    known = Keys()
    keys = Keys(
        question=tuple(options.question_key or known.question),
        answer=tuple(options.answer_key or known.answer),
        part=options.split_key or None,
    )
    found = audit_files(
        options.files,
        components.division,
        keys=keys,
        examples=options.examples,
        turned=options.reversed_digits,
        working=components.working,
        operators=uncontested(components.operators, components.config.grammar.signs),
    )
    _remark(found)
    print_document(found.as_dict()) if options.json else _print(found)
    if not found.is_clean:
        raise typer.Exit(1)


def _remark(found: Audit) -> None:
    """Tell on stderr what could not be looked at, and what would help."""
    if found.unread:
        example = f"{found.unread[0]}: {_short(found.unread[1])!r}"
        note(
            f"{found.unreadable} of {found.rows} rows ask for no expression alone, such as {example}; "
            "they are left out. Read are numbers, + - * / and round brackets, with words such as 'what is' around them"
        )
    if found.unchecked:
        note(f"{found.unchecked} of {found.rows} rows have no answer that can be checked")
    if found.unread_calculations:
        note(f"{found.unread_calculations} of {found.calculations} calculations <<…>> in answers cannot be verified")
    if found.hint:
        note(
            f"{found.hint.right} of {found.hint.tried} wrong answers are right with digits reversed: "
            f"--reversed-digits {found.hint.turned}"
        )
    if found.overlaps is None:
        note(f"{len(found.parts)} parts are too many to compare by twos; --split-key names what tells parts apart")


def _print(found: Audit) -> None:
    counts = ("rows", "unreadable", "unchecked", "wrong")
    rows = [(file.file, file.rows, file.unreadable, file.unchecked, file.wrong_answers) for file in found.files]
    print_table(("file", *counts), rows, right=counts)
    echo()
    columns = ("expressions", "duplicates", "commuted")
    parts = [(part.part, part.rows, part.duplicates, part.commuted) for part in found.parts]
    print_table(("part", *columns), parts, right=columns)
    if len(found.parts) > 1 and found.overlaps is not None:
        echo()
        levels = ("same text", "same form")
        overlaps = [(" and ".join(item.parts), item.string, item.commutative) for item in found.overlaps]
        print_table(("in two parts", *levels), overlaps or [("nothing", 0, 0)], right=levels)
    if found.findings:
        echo()
        print_table(("finding", "where", "expression", "answer", ""), [_row(finding) for finding in found.findings])
    echo(f"\n{verdict(found)}")


def _row(finding: AuditFinding) -> tuple[str, str, str, str, str]:
    if finding.other:
        place, expression = finding.other
        said = f"{expression} in {place}"
    else:
        said = "there is no answer" if finding.truth is None else f"is {finding.truth}"
    return finding.kind, finding.place, finding.expression, _short(finding.answer or "", end=True), said


def _short(text: str, *, end: bool = False) -> str:
    text = " ".join(text.split())
    if len(text) < 40:
        return text
    return f"…{text[-39:]}" if end else f"{text[:39]}…"


def verdict(found: Audit) -> str:
    """Sum an audit up in a line, which always tells how many rows could not be verified."""
    counts = [
        f"{found.wrong_answers} wrong answers",
        f"{found.duplicates} duplicates",
        f"{found.leaks['string']} expressions and {found.leaks['commutative']} forms in more than one part",
    ]
    if found.held_out_shown:
        counts.append(f"{found.held_out_shown} expressions of other parts in the workings of training rows")
    if found.calculations:
        counts.insert(1, f"{found.wrong_calculations} of {found.calculations} calculations wrong")
    said = ", ".join(counts) if found.has_faults else "clean" if found.is_clean else "no faults found"
    shown = f", {found.shown} expressions in the workings of training rows looked at" if found.shown else ""
    unjudged = f"{found.unjudged} of {found.rows} could not be verified" if found.unjudged else "all were verified"
    return f"{found.rows} rows, answers {found.division}: {said}; {unjudged}{shown}"
