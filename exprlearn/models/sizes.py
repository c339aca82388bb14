"""The sizes of stacked layers, written as a list."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

LayerSizes = Annotated[tuple[Annotated[int, Field(ge=1, le=4096)], ...], Field(max_length=8)]
"""Units of each layer from the first to the last; none leaves them to the options `units` and `layers`."""
