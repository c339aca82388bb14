"""The two marks: of the functions that a plugin implements, and of those that say which functions there are."""

from __future__ import annotations

import pluggy

PROJECT = "exprlearn"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)
