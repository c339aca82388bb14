"""What `exprlearn --help` costs with four plugins installed, beside the import of three packages that it is made with.

    python benchmarks/help.py [--turns 15]

Four plugins, a model, a tokenizer, a metric and a command, are made as `exprlearn plugins new` writes them and put on
the path as pip would. Each turn runs, as processes of their own, the imports, the help after a plugin was changed, for
which all plugins are loaded, and the help as it is asked for every day. The median of the CPU seconds counts.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import tomllib
from operator import call
from pathlib import Path

from turns import in_turns, medians, ratio, verdict

from exprlearn.plugin.scaffolding import write_plugin

BAR = 1.5
KINDS = ("model", "tokenizer", "metric", "command")
IMPORT = [sys.executable, "-c", "import typer, pydantic, rich"]
HELP = [sys.executable, "-c", "from exprlearn.cli.main import main; main()", "--help"]


def install(folder: Path) -> list[Path]:
    """Write the plugins with the metadata that pip would write, and return what belongs on the path."""
    paths = []
    for kind in KINDS:
        package = write_plugin(f"my-{kind}", kind, folder)[0].parent
        project = tomllib.loads((package / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        metadata = package / "src" / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
        metadata.mkdir()
        points = "".join(f"{name} = {value}\n" for name, value in project["entry-points"]["exprlearn"].items())
        (metadata / "entry_points.txt").write_text(f"[exprlearn]\n{points}", encoding="utf-8")
        told = f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
        (metadata / "METADATA").write_text(told, encoding="utf-8")
        paths.append(package / "src")
    return paths


def seconds(command: list[str], environment: dict[str, str]) -> float:
    """Return the CPU seconds of a process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert command is not HELP or "my-command" in done.stdout
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Measure, print the ratios, and fail above the bar."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--turns", type=int, default=15)
    turns = parser.parse_args().turns
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        paths = os.pathsep.join(map(str, install(folder)))
        names = ",".join(f"my-{kind}" for kind in KINDS)
        environment = os.environ | {"PYTHONPATH": paths, "XDG_CACHE_HOME": place, "EXPRLEARN_PLUGINS": names}
        commands = folder / "exprlearn" / "commands.json"
        sides = {
            "imports": lambda: seconds(IMPORT, environment),
            "changed": lambda: commands.unlink(missing_ok=True) or seconds(HELP, environment),
            "every day": lambda: seconds(HELP, environment),
        }
        measured = in_turns(sides, turns, measure=call)
    for name, taken in medians(measured).items():
        print(f"{name:12}  {1000 * taken:6.0f} ms  {ratio(measured, name, 'imports'):5.2f}")
    reached = ratio(measured, "every day", "imports")
    print(f"the bar is {BAR}: {verdict(reached <= BAR)}")
    sys.exit(reached > BAR)


if __name__ == "__main__":
    main()
