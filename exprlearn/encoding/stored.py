"""Plain data from a run folder, checked before anything is made of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from exprlearn.errors import EncodingError, RunError

Kind = TypeVar("Kind")


def plain(value: Any) -> Any:
    """Return a dataclass as dictionaries, lists, texts and numbers, as a JSON file holds them."""
    return TypeAdapter(type(value)).dump_python(value, mode="json")


def stored(kind: type[Kind], document: Any) -> Kind:
    """Make a dataclass of plain data.

    Raises:
        RunError: a field is missing or of another type; the message names all of them.
    """
    if not isinstance(document, Mapping):
        raise RunError(f"the stored {kind.__name__.lower()} is damaged: {document!r} is no table; restore the file")
    try:
        return TypeAdapter(kind).validate_python(dict(document))
    except EncodingError as error:
        raise RunError(f"the stored {kind.__name__.lower()} is damaged: {error}; restore the file") from error
    except ValidationError as error:
        faults = [f"{'.'.join(map(str, fault['loc']))} ({fault['msg'].lower()})" for fault in error.errors()]
        named = f"the stored {kind.__name__.lower()} is damaged: {', '.join(faults)}"
        raise RunError(f"{named}; restore the file from a copy of the run") from None
