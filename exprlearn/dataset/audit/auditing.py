"""The audit: every row is read once, answered and remembered as hashes; then the parts are compared."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from exprlearn.arithmetic.operators import Operators
from exprlearn.dataset.audit.audit_rows import RowSource
from exprlearn.dataset.audit.auditor import COUNTED, Auditor
from exprlearn.dataset.audit.ledger import Groups, Ledger
from exprlearn.dataset.audit.result import Audit, Overlap, PartCounts, Turned
from exprlearn.dataset.audit.row_fields import Keys
from exprlearn.dataset.drawing.split import named
from exprlearn.errors import DataError
from exprlearn.plugin import Division, Working

# Comparing parts by twos takes their number squared.
_COMPARED = 100

_NAMES = tuple(f"{suffix}{packed}" for suffix in (".jsonl", ".csv", ".tsv") for packed in ("", ".gz"))


def audit(
    files: Sequence[Path],
    division: Division,
    *,
    keys: Keys | None = None,
    examples: int = 10,
    turned: Turned | None = None,
    working: Working | None = None,
    operators: Operators = (),
) -> Audit:
    """Look for wrong answers, wrong calculations in answers, duplicates and leaks in files.

    A row is verified where its question is an expression and nothing else. It belongs to the part of the data that its
    split key names, else to its file. The same expression twice in one part is a duplicate; in two parts it is a leak,
    and so is another way to write it, such as `5+3` for `3+5`.

    Args:
        files: JSON lines, JSON arrays, CSV, TSV, or equations a line, plain or gzipped; a folder stands for the JSONL,
            CSV and TSV files that it holds.
        division: how answers are computed.
        keys: where rows keep their fields.
        examples: how many findings of each kind are shown.
        turned: whose digits are reversed: of the numbers in questions, in answers, or in both.
        working: what answers are the ends of; without it, what stands between the signs of a column `working` is read.
        operators: those of plugins that questions are read with, where they are nothing but an expression.

    Raises:
        DataError: a file or a line that cannot be read, or a file without any question.
    """
    auditor = Auditor(division, turned, examples, working, operators)
    by_file = tuple(auditor.read(RowSource(file, keys or Keys())) for file in _files(files))
    ledger = auditor.ledger
    held = ledger.held_out_shown()
    texts, forms = ledger.grouped("string"), ledger.grouped("commutative")
    return Audit(
        **{name: sum(getattr(counts, name) for counts in by_file) for name in COUNTED},
        division=named(division),
        files=by_file,
        parts=tuple(_part_counts(ledger, texts, forms)),
        overlaps=tuple(_overlaps(ledger, texts, forms)) if len(ledger.parts) <= _COMPARED else None,
        leaks={"string": texts.shared(), "commutative": forms.shared()},
        findings=(
            *auditor.answers,
            *auditor.calculations,
            *auditor.compare_rows(texts, forms),
            *auditor.show_lines(held),
        ),
        turned=turned,
        hint=auditor.hint,
        unread=auditor.unread,
        shown=ledger.shown,
        held_out_shown=len(held),
    )


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    """Yield files, and the JSONL, CSV and TSV files of folders by name."""
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        try:
            found = sorted(file for file in path.iterdir() if file.name.endswith(_NAMES))
        except OSError as error:
            raise DataError(f"the folder '{path}' cannot be read: {error.strerror or error}; name its files") from None
        if not found:
            raise DataError(f"the folder '{path}' holds no .jsonl, .csv or .tsv file; name the files")
        yield from found


def _part_counts(ledger: Ledger, texts: Groups, forms: Groups) -> Iterator[PartCounts]:
    groups = None, texts.repeated()[:, 0], forms.repeated()[:, 0]
    counted = (ledger.count_by_part(rows).tolist() for rows in groups)
    for part, rows, duplicates, repeated in zip(ledger.parts, *counted, strict=True):
        yield PartCounts(part=part, rows=rows, duplicates=duplicates, commuted=repeated - duplicates)


def _overlaps(ledger: Ledger, texts: Groups, forms: Groups) -> Iterator[Overlap]:
    parts, same = list(ledger.parts), texts.overlaps()
    for (one, other), count in sorted(forms.overlaps().items()):
        yield Overlap(parts=(parts[one], parts[other]), string=same[one, other], commutative=count)
