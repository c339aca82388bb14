from __future__ import annotations

import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from exprlearn.errors import OptionError
from exprlearn.playground.server import listening

WITHOUT = """
import sys
sys.modules["uvicorn"] = None
from exprlearn.cli.app import app
app(["playground", "--runs", sys.argv[1]])
"""


def test_without_what_serves_pages_the_command_says_how_to_install_it(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", WITHOUT, str(tmp_path)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "error: the playground needs uvicorn: run python -m pip install 'exprlearn[playground]'\n"


def test_a_port_that_is_taken_is_named() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(
            OptionError, match=rf"--port {port}: cannot be used .*: choose another, or 0 for any free one"
        ):
            listening(port)


def test_the_command_prints_the_address_serves_the_page_and_ends_when_interrupted(recorded: Path) -> None:
    command = [sys.executable, "-m", "exprlearn.cli.main", "playground", str(recorded), "--port", "0", "--plugins", ""]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            address = process.stdout.readline().strip()
            with urllib.request.urlopen(f"{address}api/runs", timeout=20) as answer:
                assert answer.read() == b'{"runs":["mixed-seq2seq-1"],"first":"mixed-seq2seq-1"}'
            process.send_signal(signal.SIGINT)
            assert process.communicate(timeout=20) == ("", "interrupted\n")
            assert process.returncode == 130
        finally:
            process.kill()
