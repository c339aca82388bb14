"""What the scripts of a page draw, as plain data: the same for a report and for the playground."""

from __future__ import annotations

from typing import Any

from exprlearn.report.charts import Chart
from exprlearn.report.maps import ErrorMap
from exprlearn.report.wording import crowding


def map_document(shown: ErrorMap, chart: Chart) -> dict[str, Any]:
    """Write an error map with the specification of its chart and the items of its cells."""
    return {
        "title": shown.title,
        "across": shown.across,
        "down": shown.down,
        "columns": shown.columns,
        "rows": shown.rows,
        "crowding": crowding(shown.columns, shown.widest),
        "left_out": shown.left_out,
        "spec": chart.spec,
        "cells": [
            {"column": cell.column, "row": cell.row, "count": cell.count, "right": cell.right, "items": cell.items}
            for cell in shown.cells.values()
        ],
    }
