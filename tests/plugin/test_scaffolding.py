"""A new plugin of every kind: what is written works as it is, and its own tests say so."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
import venv
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from sysconfig import get_path
from typing import get_args

import pytest

from exprlearn.cli.options import Kind
from exprlearn.errors import OptionError
from exprlearn.plugin.kinds import KINDS
from exprlearn.plugin.scaffolding import write_plugin

pytestmark = pytest.mark.long

# What starts processes or trains is left to the slow test, which leaves nothing out.
QUICK = "not keras_out and not every_process and not TestMyModel"
ALL = list(KINDS)


def as_pip_would(package: Path, site: Path) -> None:
    """Write what pip writes beside an editable package: its name, its version and its entry points."""
    project = tomllib.loads((package / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    place = site / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    place.mkdir()
    points = "".join(f"{name} = {value}\n" for name, value in project["entry-points"]["exprlearn"].items())
    (place / "entry_points.txt").write_text(f"[exprlearn]\n{points}", encoding="utf-8")
    metadata = f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
    (place / "METADATA").write_text(metadata, encoding="utf-8")


def run_tests(python: str, packages: Sequence[Path], paths: Sequence[Path], *options: str) -> str:
    """Run the tests of packages and the examples in their docstrings, in a process that has seen nothing else."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("EXPRLEARN_", "PYTEST_"))}
    places = [str(package / part) for package in packages for part in ("tests", "src")]
    how = ["-q", "-p", "no:cacheprovider", "--doctest-modules", "--import-mode=importlib"]
    done = subprocess.run(
        [python, "-m", "pytest", *how, *options, *places],
        env=clean | {"PYTHONPATH": os.pathsep.join(map(str, paths))},
        cwd=packages[0].parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_every_kind_can_be_begun_with() -> None:
    assert list(get_args(Kind)) == ALL


def test_a_new_plugin_of_every_kind_passes_its_own_tests(tmp_path: Path) -> None:
    site, packages = tmp_path / "site", [tmp_path / f"exprlearn-my-{kind}" for kind in ALL]
    site.mkdir()
    for kind, package in zip(ALL, packages, strict=True):
        files = write_plugin(f"my-{kind}", kind, tmp_path)
        assert {file.relative_to(package).parts[0] for file in files} == {"pyproject.toml", "README.md", "src", "tests"}
        as_pip_would(package, site)
    told = run_tests(sys.executable, packages, [site, *(package / "src" for package in packages)], "-k", QUICK)
    counted = re.search(r"(\d+) passed", told)
    assert counted is not None
    assert int(counted[1]) >= 6 * len(ALL)


def test_the_name_may_be_that_of_the_distribution(tmp_path: Path) -> None:
    files = write_plugin("exprlearn-last-digit", "metric", tmp_path)
    assert files[0] == tmp_path / "exprlearn-last-digit" / "pyproject.toml"
    text = (tmp_path / "exprlearn-last-digit" / "src" / "exprlearn_last_digit" / "__init__.py").read_text()
    assert 'name="last-digit"' in text
    assert "class LastDigitMetric:" in text


@pytest.mark.parametrize("name", ["Two", "two words", "exprlearn-", "../two", "1st"])
def test_a_name_that_no_component_can_have_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(OptionError, match="write lower-case words joined by '-'"):
        write_plugin(name, "metric", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_there_is_left_alone(tmp_path: Path) -> None:
    write_plugin("mine", "metric", tmp_path)
    with pytest.raises(OptionError, match="exists already and is left alone"):
        write_plugin("mine", "model", tmp_path)


def fresh_environment(place: Path) -> str:
    """Make a virtual environment that sees what this one has installed, and return its Python."""
    venv.create(place, with_pip=True, system_site_packages=True)
    python = place / ("Scripts" if os.name == "nt" else "bin") / "python"
    asked = [str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    own = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()
    Path(own, "beside.pth").write_text(f"import site; site.addsitedir({get_path('purelib')!r})\n", encoding="utf-8")
    return str(python)


@pytest.mark.slow
def test_new_plugins_are_installed_in_a_fresh_environment_and_pass_every_test(tmp_path: Path) -> None:
    python, packages = fresh_environment(tmp_path / "environment"), [tmp_path / f"exprlearn-my-{kind}" for kind in ALL]
    for kind in ALL:
        write_plugin(f"my-{kind}", kind, tmp_path)
    install = [python, "-m", "pip", "install", "--quiet"]
    # What builds the packages is fetched once, unless it is there.
    if not find_spec("hatchling"):
        subprocess.run([*install, "hatchling"], check=True)
    subprocess.run([*install, "--no-deps", "--no-build-isolation", "--no-index", *map(str, packages)], check=True)
    run_tests(python, packages, [])
    listed = [python, "-m", "exprlearn.cli.main", "plugins", "list", "--json"]
    shown = subprocess.run(listed, capture_output=True, text=True, check=True, cwd=tmp_path).stdout
    brought = {plugin["plugin"]: plugin["components"] for plugin in json.loads(shown)["plugins"]}
    assert {kind: brought[f"my-{kind}"] for kind in ALL} == {kind: [f"{kind} my-{kind}"] for kind in ALL}
