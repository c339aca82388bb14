"""Where independent units of work run: in this process, in several, or on a Ray cluster.

A unit is a pure function of plain data that leaves one file. So it does not matter where, in which order or how often
it runs, and what was finished before a crash need not be done again.
"""

from __future__ import annotations

from exprlearn.engines.units import RETRIES, SerialEngine, attempt, run_units

__all__ = ["RETRIES", "SerialEngine", "attempt", "run_units"]
