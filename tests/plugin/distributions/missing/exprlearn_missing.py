from __future__ import annotations

import package_that_nobody_has  # noqa: F401
