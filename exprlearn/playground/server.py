"""Serving the page on this machine alone."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from exprlearn.errors import OptionError

if TYPE_CHECKING:
    import uvicorn

    from exprlearn.plugin.manager import Plugins

ADDRESS = "127.0.0.1"
INSTALL = "python -m pip install 'exprlearn[playground]'"


def listening(port: int) -> socket.socket:
    """Open a socket on this machine's own address; 0 takes any free port, one that is taken is an OptionError."""
    opened = socket.socket()
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        opened.bind((ADDRESS, port))
        # From here on a browser that is told the address waits, instead of being turned away.
        opened.listen()
    except OSError as error:
        opened.close()
        raise OptionError(
            f"--port {port}: cannot be used ({error.strerror or error}): choose another, or 0 for any free one"
        ) from error
    return opened


def address_of(opened: socket.socket) -> str:
    """Return the address that a browser opens."""
    return f"http://{ADDRESS}:{opened.getsockname()[1]}/"


def server(runs: Path, plugins: Plugins | None = None, first: str | None = None) -> uvicorn.Server:
    """Make the server of the page; an OptionError says how to install what serves pages."""
    try:
        import uvicorn

        from exprlearn.playground.application import application
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("starlette", "uvicorn"):
            raise
        raise OptionError(f"the playground needs {error.name}: run {INSTALL}") from None
    return uvicorn.Server(
        uvicorn.Config(
            application(runs, plugins, first),
            log_level="warning",
            # Watchers never hang up by themselves.
            timeout_graceful_shutdown=1,
            server_header=False,
            lifespan="off",
        )
    )


def serve(
    runs: Path,
    port: int,
    *,
    plugins: Plugins | None = None,
    first: str | None = None,
    ready: Callable[[str], None] = lambda address: None,
) -> None:
    """Serve the page until interrupted.

    Args:
        runs: the folder of run folders.
        port: where to listen; 0 takes any that is free.
        plugins: the plugins to choose components from; None loads what is installed.
        first: name of the run that the page begins with.
        ready: hears the address.
    """
    made = server(runs, plugins, first)
    with listening(port) as opened:
        ready(address_of(opened))
        made.run(sockets=[opened])
