"""`exprlearn data audit`: wrong answers, duplicates and leaks in anybody's JSONL files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from exprlearn.cli.loading import load_plugins
from exprlearn.cli.options import JsonOption, PluginFilesOption, SetOption
from exprlearn.cli.output import echo, note, print_document, print_table
from exprlearn.cli.settings import settings

if TYPE_CHECKING:
    from exprlearn.dataset.audit import Audit, Finding

FOUND = 1


def audit(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="JSONL files, plain or gzipped, or folders.")],
    question_key: Annotated[
        list[str] | None,
        typer.Option(
            "--question-key", metavar="KEY", help="Where the expression is [expression, question, prompt, input]."
        ),
    ] = None,
    answer_key: Annotated[
        list[str] | None,
        typer.Option("--answer-key", metavar="KEY", help="Where the answer is [answer, completion, target, output]."),
    ] = None,
    split_key: Annotated[
        str, typer.Option("--split-key", metavar="KEY", help="What tells parts of the data apart; '' for files only.")
    ] = "split",
    division: Annotated[
        str, typer.Option("--division", metavar="NAME", help="What / means in these files.")
    ] = "fraction",
    set_: SetOption = None,
    examples: Annotated[int, typer.Option("--examples", min=0, help="How many findings of each kind to show.")] = 10,
    json: JsonOption = False,
    plugin: PluginFilesOption = None,
) -> None:
    """Find wrong answers, duplicates, commuted twins and leaks in anybody's JSONL files; exit 1 when there are any.

    Every answer is computed exactly. An expression twice in one part of the data is a duplicate; in two parts it is a
    leak, and so is its twin, such as `5+3` for `3+5`. A row's part is what its split key says, else its file.
    """
    chosen = settings(load_plugins(plugin), {"division.policy": division}, command="data audit", sets=set_)
    from exprlearn.dataset.audit import Keys
    from exprlearn.dataset.audit import audit as audited

    known = Keys()
    keys = Keys(
        question=tuple(question_key or known.question), answer=tuple(answer_key or known.answer), part=split_key or None
    )
    found = audited(files, chosen.components.division, keys=keys, examples=examples)
    _remark(found)
    print_document(found.as_dict()) if json else _show(found)
    if not found.is_clean:
        raise typer.Exit(FOUND)


def _remark(found: Audit) -> None:
    """Tell on stderr what could not be looked at."""
    if found.unreadable:
        note(f"{found.unreadable} of {found.rows} rows hold no expression that can be read; they are left out")
    if found.unchecked:
        note(f"{found.unchecked} of {found.rows} rows have no answer that can be checked")


def _show(found: Audit) -> None:
    counts = ("rows", "unreadable", "unchecked", "wrong")
    rows = [(file.file, file.rows, file.unreadable, file.unchecked, file.wrong_answers) for file in found.files]
    print_table(("file", *counts), rows, right=counts)
    echo()
    columns = ("expressions", "duplicates", "twins")
    print_table(
        ("part", *columns), [(part.part, part.rows, part.duplicates, part.twins) for part in found.parts], right=columns
    )
    if len(found.parts) > 1:
        echo()
        levels = ("same text", "same form")
        overlaps = [(" and ".join(item.parts), item.string, item.commutative) for item in found.overlaps]
        print_table(("in two parts", *levels), overlaps or [("nothing", 0, 0)], right=levels)
    if found.findings:
        echo()
        print_table(("finding", "where", "expression", "answer", ""), [_row(finding) for finding in found.findings])
    echo(f"\n{verdict(found)}")


def _row(finding: Finding) -> tuple[str, str, str, str, str]:
    if finding.other:
        place, expression = finding.other
        said = f"{expression} in {place}"
    else:
        said = "there is no answer" if finding.truth is None else f"is {finding.truth}"
    answer = " ".join((finding.answer or "").split())
    return finding.kind, finding.place, finding.expression, answer if len(answer) < 40 else f"…{answer[-39:]}", said


def verdict(found: Audit) -> str:
    """Sum an audit up in a line."""
    counts = (
        f"{found.wrong_answers} wrong answers, {found.duplicates} duplicates, "
        f"{found.leaks['string']} expressions and {found.leaks['commutative']} forms in more than one part"
    )
    return f"{found.rows} rows, answers {found.division}: {'clean' if found.is_clean else counts}"
