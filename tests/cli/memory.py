"""How much memory a program took, for programs that tests start."""

from __future__ import annotations

import re
import resource
from pathlib import Path


def peak_kilobytes() -> int:
    """Return the most memory that this program has had.

    Where the system tells it of the program alone; what `getrusage` tells counts the process that started it too.
    """
    status = Path("/proc/self/status")
    found = re.search(r"VmHWM:\s+([0-9]+)", status.read_text()) if status.exists() else None
    return int(found[1]) if found else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
