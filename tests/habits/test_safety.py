from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

RUNS_TEXT = {"eval", "exec", "compile", "__import__"}
# Formats whose reading can run code that came with the data.
RUNS_DATA = {"pickle", "cPickle", "_pickle", "marshal", "shelve", "dill", "cloudpickle", "joblib"}


def dangers(source: str) -> Iterator[str]:
    """Yield what turns text or data into running code."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in RUNS_TEXT:
            yield f"line {node.lineno}: {node.func.id}("
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
            yield from (f"line {node.lineno}: {name}" for name in names if name.split(".")[0] in RUNS_DATA)
        if isinstance(node, ast.keyword) and node.arg == "allow_pickle" and getattr(node.value, "value", True):
            yield f"line {node.lineno}: allow_pickle"
        if isinstance(node, ast.Attribute) and node.attr == "Lambda":
            yield f"line {node.lineno}: a Lambda layer, which Keras stores as code"


# Where text becomes what a terminal is sent, with control characters shown.
WRITERS = {f"exprlearn/{name}.py" for name in ("visible", "cli/output", "cli/consoles", "report/terminal")}
WRITES = re.compile(r"typer\.s?echo|print|Console|sys\.std(out|err)\.(buffer\.)?write|traceback\.print_\w+")


def written(source: str) -> Iterator[str]:
    """Yield what writes to a terminal by itself."""
    if not WRITES.search(source):
        return
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and WRITES.fullmatch(ast.unparse(node.func)):
            yield f"line {node.lineno}: {ast.unparse(node.func)}("


def test_only_one_place_writes_to_the_terminal(modules: list[Path], project: Path) -> None:
    found = {str(module.relative_to(project)): list(written(module.read_text(encoding="utf-8"))) for module in modules}
    assert {name: lines for name, lines in found.items() if lines and name not in WRITERS} == {}


@pytest.mark.parametrize("source", ["print(text)", "typer.echo(text)", "sys.stdout.write(text)", "Console()"])
def test_what_writes_by_itself_is_found(source: str) -> None:
    assert len(list(written(source))) == 1


def test_nothing_turns_text_or_data_into_code(modules: list[Path]) -> None:
    found = {module.name: list(dangers(module.read_text(encoding="utf-8"))) for module in modules}
    assert {name: lines for name, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    "source",
    ["eval('1+1')", "exec(text)", "import pickle", "from pickle import loads", "np.load(f, allow_pickle=True)"],
)
def test_a_danger_is_found(source: str) -> None:
    assert len(list(dangers(source))) == 1


@pytest.mark.parametrize("source", ["re.compile('a')", "loader.exec_module(m)", "np.load(f, allow_pickle=False)"])
def test_what_only_sounds_dangerous_is_let_be(source: str) -> None:
    assert list(dangers(source)) == []
