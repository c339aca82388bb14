"""Charts as SVG; where address space is limited they are drawn in a process of their own, whose end costs only them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

from exprlearn.report.charts import Chart

NAMESPACES = (' xmlns="http://www.w3.org/2000/svg"', ' xmlns:xlink="http://www.w3.org/1999/xlink"')
# Vega runs in V8, which reserves 64 GiB of addresses, and ends the whole process where it cannot have them.
RESERVED = 64
# In seconds: a page of fifty charts takes five.
PATIENCE = 120
CHILD = """
import json, resource, sys
import vl_convert
# What V8 leaves when it ends is of no use to anybody.
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
json.dump([vl_convert.vegalite_to_svg(spec) for spec in json.load(sys.stdin)], sys.stdout)
"""


def draw(charts: Sequence[Chart]) -> str:
    """Give each chart its SVG element, which fetches nothing and runs nothing; return why it could not be, or blank."""
    limit = _address_space()
    specs = [chart.spec for chart in charts]
    drawn = _draw_here(specs) if limit is None else _draw_apart(specs)
    if drawn is None:
        return (
            f"the charts could not be drawn: address space is limited to {(limit or 0) / 2**30:.3g} GiB (ulimit -v), "
            f"and what draws them reserves {RESERVED} GiB; the tables have all numbers"
        )
    for chart, svg in zip(charts, drawn, strict=True):
        for namespace in NAMESPACES:
            svg = svg.replace(namespace, "")
        chart.svg = svg
    return ""


def _draw_here(specs: Sequence[dict[str, Any]]) -> list[str]:
    import vl_convert

    return [str(vl_convert.vegalite_to_svg(spec)) for spec in specs]


def _draw_apart(specs: Sequence[dict[str, Any]]) -> list[str] | None:
    """Draw in another process; None where it ended before all was drawn."""
    # Without -P a file json.py in the current folder would be taken for Python's own.
    command = [sys.executable, "-P", "-c", CHILD]
    try:
        done = subprocess.run(command, input=json.dumps(specs).encode(), capture_output=True, timeout=PATIENCE)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return [str(svg) for svg in json.loads(done.stdout)] if done.returncode == 0 else None


def _address_space() -> int | None:
    """Return how many bytes of addresses this process may have; None for any number."""
    try:
        import resource
    except ModuleNotFoundError:
        # Windows has no such limits.
        return None
    limit = resource.getrlimit(resource.RLIMIT_AS)[0]
    return None if limit == resource.RLIM_INFINITY else limit
