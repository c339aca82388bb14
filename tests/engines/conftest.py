from __future__ import annotations

import sys
from pathlib import Path

# What engines hand to other processes must be found there by name.
sys.path.insert(0, str(Path(__file__).parent))
collect_ignore = ["units.py"]
