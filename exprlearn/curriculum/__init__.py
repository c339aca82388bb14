"""Curricula: the stages in which a task is taught, and the schedules that say how much of which comes when."""

from __future__ import annotations
