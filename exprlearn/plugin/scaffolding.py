"""New plugins: a package that works as it is written, for an author to change."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from exprlearn.errors import OptionError, suggest
from exprlearn.files import write_whole
from exprlearn.plugin.kinds import KINDS
from exprlearn.plugin.spec import NAME, class_name

PREFIX = "exprlearn-"


def write_plugin(name: str, kind: str, into: Path) -> list[Path]:
    """Write a package with one component and its tests below a folder, and list its files.

    Args:
        name: of the component; its distribution is called `exprlearn-NAME`, which may be given as well.
        kind: of the component.
        into: where the folder `exprlearn-NAME` is made.

    Raises:
        OptionError: no name, no kind, a folder that is there already or cannot be written.
    """
    name = name.removeprefix(PREFIX)
    if not NAME.fullmatch(name):
        raise OptionError(f"'{name}' is no name of a component: write lower-case words joined by '-'")
    if kind not in KINDS:
        raise OptionError(f"no kind of component named '{kind}': {suggest(kind, list(KINDS))}")
    folder = into / f"{PREFIX}{name}"
    if folder.exists():
        raise OptionError(
            f"{folder} exists already and is left alone: choose another name, or another folder with --into"
        )
    texts = {folder / place: text for place, text in _texts(_words(name, kind)).items()}
    for file, text in texts.items():
        _make(file.parent)
        write_whole(file, text, OptionError)
    return list(texts)


def _words(name: str, kind: str) -> dict[str, Any]:
    """Map the blanks of the templates to what is filled in."""
    from exprlearn import __version__

    title = class_name(name) if f"-{name}".endswith(f"-{kind}") else class_name(f"{name}-{kind}")
    distribution = f"{PREFIX}{name}"
    return {
        "name": name,
        "kind": kind,
        "title": title,
        "distribution": distribution,
        "module": distribution.replace("-", "_"),
        "contract": KINDS[kind].contract,
        "test_options": KINDS[kind].test_options,
        "use": KINDS[kind].command.format(name=name),
        "bounds": _bounds(__version__),
    }


def _bounds(version: str) -> str:
    """Write the versions that a plugin goes with: from this minor one up to the next.

    >>> _bounds("0.1.3")
    '>=0.1,<0.2'
    """
    major, minor = version.split(".")[:2]
    return f">={major}.{minor},<{major}.{int(minor) + 1}"


def _texts(words: Mapping[str, Any]) -> dict[str, str]:
    """Fill the templates in; the keys are places inside the new folder."""
    from jinja2 import Environment, StrictUndefined

    # What is written is Python and TOML, where nothing is escaped as a web page would be.
    writer = Environment(undefined=StrictUndefined, keep_trailing_newline=True, trim_blocks=True, autoescape=False)
    places = {
        "pyproject.toml": "pyproject.toml.jinja",
        "README.md": "README.md.jinja",
        f"src/{words['module']}/__init__.py": f"kinds/{words['kind']}.py.jinja",
        f"src/{words['module']}/py.typed": "py.typed.jinja",
        "tests/test_contract.py": "test_contract.py.jinja",
    }
    return {place: writer.from_string(_template(name)).render(words) for place, name in places.items()}


def _template(name: str) -> str:
    place: Any = files("exprlearn.plugin") / "scaffold"
    for part in name.split("/"):
        place = place / part
    return str(place.read_text(encoding="utf-8"))


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OptionError(f"cannot make {folder}: {error.strerror or error}") from error
