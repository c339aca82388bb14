"""Every promise of a metric, as tests of the metric `close`."""

from pathlib import Path

from exprlearn.testing import MetricContract


class TestClose(MetricContract):
    """Any text has a finite score, right answers the best one, and the order of items does not count."""

    component = "close"
    plugin_files = (Path(__file__).parents[1] / "examples" / "close.py",)
