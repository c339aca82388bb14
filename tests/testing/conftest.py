from __future__ import annotations

# It imports what it must not; that is what it is for.
collect_ignore = ["heavy.py"]
