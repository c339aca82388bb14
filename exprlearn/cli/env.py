"""`exprlearn env`: the versions that a bug report needs."""

from __future__ import annotations

from typing import Any

from exprlearn.cli.loading import load_plugins
from exprlearn.cli.options import Options, takes
from exprlearn.cli.output import echo, print_document

PACKAGES = ("keras", "tensorflow", "jax", "numpy", "scipy", "lark", "pydantic", "typer", "pluggy", "rich")


@takes("json")
def env(options: Options) -> None:
    """Print versions, backends, device and plugins as a Markdown block for bug reports."""
    from exprlearn.cli.plugins import plugin_states

    facts = {**machine(), "packages": packages(), "plugins": plugin_states(load_plugins(options))}
    if options.json:
        print_document(facts)
        return
    lines = [f"- {name}: {value}" for name, value in machine().items()]
    lines += [f"- {name}: {version or 'not installed'}" for name, version in facts["packages"].items()]
    lines += [f"- plugin {item['plugin']}: {item['version']}, {item['state']}" for item in facts["plugins"]]
    echo("### exprlearn env\n\n" + "\n".join(lines))


def machine() -> dict[str, Any]:
    """Tell the version, the interpreter, the system, the backend in force and the devices, importing no backend."""
    import os
    import platform
    from pathlib import Path

    from exprlearn import __version__
    from exprlearn.backend.compile_cache import store_root

    graphics = len(list(Path("/dev").glob("nvidia[0-9]*")))
    return {
        "exprlearn": __version__,
        "python": platform.python_version(),
        "system": platform.platform(),
        "backend": "tensorflow (default)",
        "device": f"{os.cpu_count()} CPU cores, {graphics} NVIDIA GPUs",
        "compiled code": str(store_root() or "is not kept"),
    }


def packages() -> dict[str, str | None]:
    """Look up the installed version of each package that decides a result; None when it is missing."""
    from importlib.metadata import PackageNotFoundError, version

    found: dict[str, str | None] = {}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = None
    return found
