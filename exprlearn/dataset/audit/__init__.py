"""The audit of anybody's data: wrong answers, duplicates and leaks in JSONL files."""

from __future__ import annotations

from exprlearn.dataset.audit.auditing import audit
from exprlearn.dataset.audit.result import Audit, FileCounts, Finding, Overlap, PartCounts
from exprlearn.dataset.audit.rows import Keys

__all__ = ["Audit", "FileCounts", "Finding", "Keys", "Overlap", "PartCounts", "audit"]
