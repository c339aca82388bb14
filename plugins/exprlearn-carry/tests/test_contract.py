"""Every promise of each kind, as tests of what this package brings."""

from __future__ import annotations

from typing import ClassVar

from exprlearn.testing import CommandContract, ConstraintContract, CurriculumContract, MetricContract


class TestConstraint(ConstraintContract):
    """Chains of two columns and more."""

    component = "carry-chain"
    options: ClassVar[dict[str, int]] = {"minimum": 2}


class TestConstraintWithBothBounds(ConstraintContract):
    """No chain longer than one column."""

    component = "carry-chain"
    options: ClassVar[dict[str, int]] = {"minimum": 0, "maximum": 1}


class TestCurriculum(CurriculumContract):
    """Stages by carries."""

    component = "by-carries"


class TestMetric(MetricContract):
    """Right but for a carry."""

    component = "but-for-a-carry"


class TestCommand(CommandContract):
    """Sums on paper."""

    component = "carries"
