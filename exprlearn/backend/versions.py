"""Which versions a result depends on."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version

PACKAGES = ("exprlearn", "keras", "tensorflow", "jax", "numpy", "lark")


def versions() -> dict[str, str]:
    """Map Python and each package that decides a result to its version; what is not installed is left out."""
    found = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found
