"""Plain data from a run folder, checked before anything is made of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

from pydantic import Field, TypeAdapter, ValidationError

from exprlearn.errors import EncodingError, RunError

Kind = TypeVar("Kind")

#: Characters, numbers or steps of the longest row that is read, and faults that a message names.
LONGEST, MOST_TOLD = 1_000_000, 5
Length = Annotated[int, Field(ge=0, le=LONGEST)]
"""How long something gets, as a stored encoding may say."""


def plain(value: Any) -> Any:
    """Return a dataclass as dictionaries, lists, texts and numbers, as a JSON file holds them."""
    return TypeAdapter(type(value)).dump_python(value, mode="json")


def stored(kind: type[Kind], document: Any) -> Kind:
    """Make a dataclass of plain data.

    Raises:
        RunError: a field is missing or of another type; the message names all of them.
    """
    if not isinstance(document, Mapping):
        raise RunError(f"the stored {kind.__name__.lower()} is damaged: it is no table; restore the file")
    try:
        return TypeAdapter(kind).validate_python(dict(document))
    except EncodingError as error:
        raise RunError(f"the stored {kind.__name__.lower()} is damaged: {error}; restore the file") from error
    except ValidationError as error:
        faults = [
            f"{'.'.join(map(str, fault['loc']))} ({fault['msg'].lower()})" for fault in error.errors()[:MOST_TOLD]
        ]
        named = f"the stored {kind.__name__.lower()} is damaged: {', '.join(faults)}"
        raise RunError(f"{named}; restore the file from a copy of the run") from None
