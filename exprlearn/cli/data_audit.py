"""`exprlearn data audit`: wrong answers, duplicates and leaks in the files of others."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from exprlearn.cli.loading import load_plugins
from exprlearn.cli.options import Options, takes
from exprlearn.cli.output import echo, note, print_document, print_table
from exprlearn.cli.settings import read_settings

if TYPE_CHECKING:
    from exprlearn.dataset.audit import Audit, AuditFinding

FilesArgument = Annotated[
    list[Path], typer.Argument(metavar="FILE…", help="JSON, CSV or TSV files, or equations a line; folders.")
]
QuestionOption = Annotated[
    list[str] | None,
    typer.Option(metavar="KEY", help="Where the question is [expression, question, prompt, input, …]."),
]
AnswerOption = Annotated[
    list[str] | None, typer.Option(metavar="KEY", help="Where the answer is [answer, completion, target, output].")
]
SplitOption = Annotated[str, typer.Option(metavar="KEY", help="What tells parts of the data apart; '' for files only.")]
DivisionOption = Annotated[str, typer.Option(metavar="NAME", help="What / means in these files.")]
ReversedOption = Annotated[
    Literal["source", "answer", "both"] | None,
    typer.Option(
        metavar="source|answer|both", help="Numbers in questions, in answers or in both are written units first."
    ),
]
ExamplesOption = Annotated[int, typer.Option(min=0, help="How many findings of each kind to show.")]


@takes("files question_key answer_key split_key division reversed_digits set_ examples json plugin")
def audit(
    options: Options,
    files: FilesArgument,
    question_key: QuestionOption = None,
    answer_key: AnswerOption = None,
    split_key: SplitOption = "split",
    division: DivisionOption = "fraction",
    reversed_digits: ReversedOption = None,
    examples: ExamplesOption = 10,
) -> None:
    """Find wrong answers, duplicates, commuted twins and leaks in the files of others; exit 1 when there are any.

    Answers are computed exactly, where the question is an expression and nothing else; so are calculations `<<4*6=24>>`
    in answers. An expression twice in one part of the data is a duplicate; in two parts it is a leak, and so is its
    twin, such as `5+3` for `3+5`. A row's part is what its split key says, else its file. Where most rows could not be
    judged, the exit code is 1 too.
    """
    settings = read_settings(replace(options, division=division), load_plugins(options), "data audit")
    from exprlearn.dataset.audit import Keys
    from exprlearn.dataset.audit import audit as audit_files

    known = Keys()
    keys = Keys(
        question=tuple(question_key or known.question), answer=tuple(answer_key or known.answer), part=split_key or None
    )
    found = audit_files(files, settings.components.division, keys=keys, examples=examples, turned=reversed_digits)
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
        note(f"{found.unread_calculations} of {found.calculations} calculations <<…>> in answers cannot be judged")
    if found.hint:
        note(
            f"{found.hint.right} of {found.hint.tried} wrong answers are right with digits back to front: "
            f"--reversed-digits {found.hint.turned}"
        )
    if found.overlaps is None:
        note(f"{len(found.parts)} parts are too many to compare by twos; --split-key names what tells parts apart")


def _print(found: Audit) -> None:
    counts = ("rows", "unreadable", "unchecked", "wrong")
    rows = [(file.file, file.rows, file.unreadable, file.unchecked, file.wrong_answers) for file in found.files]
    print_table(("file", *counts), rows, right=counts)
    echo()
    columns = ("expressions", "duplicates", "twins")
    print_table(
        ("part", *columns), [(part.part, part.rows, part.duplicates, part.twins) for part in found.parts], right=columns
    )
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
    """Sum an audit up in a line, which always tells how many rows could not be judged."""
    counts = [
        f"{found.wrong_answers} wrong answers",
        f"{found.duplicates} duplicates",
        f"{found.leaks['string']} expressions and {found.leaks['commutative']} forms in more than one part",
    ]
    if found.calculations:
        counts.insert(1, f"{found.wrong_calculations} of {found.calculations} calculations wrong")
    said = ", ".join(counts) if found.has_faults else "clean" if found.is_clean else "no faults found"
    unjudged = f"{found.unjudged} of {found.rows} could not be judged" if found.unjudged else "all were judged"
    return f"{found.rows} rows, answers {found.division}: {said}; {unjudged}"
