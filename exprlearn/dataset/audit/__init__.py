"""The audit of the data of others: wrong answers, duplicates and leaks in files of many formats."""

from __future__ import annotations

from exprlearn.dataset.audit.auditing import audit
from exprlearn.dataset.audit.result import Audit, AuditFinding, FileCounts, Hint, Overlap, PartCounts, Turned
from exprlearn.dataset.audit.row_fields import Keys

__all__ = ["Audit", "AuditFinding", "FileCounts", "Hint", "Keys", "Overlap", "PartCounts", "Turned", "audit"]
