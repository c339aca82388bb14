"""A local page over run folders: watch a training, ask a model, find where it is wrong, two runs side by side.

The page reads and never writes. It listens on this machine alone, and lets no script run but its own.
"""

from __future__ import annotations
