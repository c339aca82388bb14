"""A module that only makes sense where something is there, as pytest has them."""

from __future__ import annotations

import pytest

pytest.skip("no card in this machine", allow_module_level=True)
