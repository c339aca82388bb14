"""What is said of files that could not be made."""

from __future__ import annotations

from collections.abc import Mapping

from exprlearn.errors import DataError
from exprlearn.plugin import UnitFailure


def refuse_failures(failures: Mapping[str, UnitFailure], asked: int) -> None:
    """Raise what went wrong, by the names of the files, if anything did; files that went wrong alike are told once.

    Args:
        failures: what went wrong, by the name of the file.
        asked: how many files were to be made.

    Raises:
        DataError: a file could not be made.
    """
    if not failures:
        return
    alike: dict[str, list[str]] = {}
    for name in sorted(failures):
        alike.setdefault(failures[name].said, []).append(name)
    lines = [f"{_listed(names)}: {said}" for said, names in alike.items()]
    # What nobody expects is a fault of the program, and told with its place.
    faults = [failure.trace.rstrip() for failure in failures.values() if failure.trace and not failure.is_expected][:1]
    head = f"{len(failures)} of {asked} files could not be made, tried twice:"
    last = "what was finished is kept: run the command again to go on"
    raise DataError("\n".join([head, *lines, *faults, last]))


def _listed(names: list[str]) -> str:
    """Name a few files and count the others.

    >>> _listed(["a", "b", "c", "d", "e"])
    'a, b, c and 2 more'
    """
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + more
