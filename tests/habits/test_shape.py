from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest

LONGEST_MODULE, LONGEST_FUNCTION, MEDIAN_FUNCTION = 400, 40, 10
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "common", "base", "misc"}

Function = ast.FunctionDef | ast.AsyncFunctionDef
Documented = ast.Module | ast.ClassDef | Function


def functions(module: Path) -> Iterator[tuple[str, int]]:
    """Yield each function with the lines of its body; signature and docstring are not counted."""
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, Function):
            body = node.body[1:] if ast.get_docstring(node, clean=False) is not None else node.body
            yield node.name, (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def undocumented(name: str, node: Documented) -> Iterator[str]:
    """Yield the public objects without a docstring, below and including `node`; a signature of several needs none."""
    is_overload = any(ast.unparse(mark) == "overload" for mark in getattr(node, "decorator_list", ()))
    if ast.get_docstring(node) is None and not is_overload:
        yield name
    for child in node.body if not isinstance(node, Function) else []:
        if isinstance(child, ast.ClassDef | Function) and not child.name.startswith("_"):
            yield from undocumented(f"{name}.{child.name}", child)


def test_no_module_is_longer_than_400_lines(modules: list[Path]) -> None:
    lengths = {module.name: len(module.read_text(encoding="utf-8").splitlines()) for module in modules}
    assert {name: length for name, length in lengths.items() if length > LONGEST_MODULE} == {}


def test_no_function_is_longer_than_40_lines(modules: list[Path]) -> None:
    found = [(module.name, name, length) for module in modules for name, length in functions(module)]
    assert [item for item in found if item[2] > LONGEST_FUNCTION] == []


def test_half_of_the_functions_have_at_most_10_lines(modules: list[Path]) -> None:
    assert median(length for module in modules for _, length in functions(module)) <= MEDIAN_FUNCTION


def test_every_module_is_named_after_its_idea(modules: list[Path]) -> None:
    assert [module for module in modules if EMPTY_NAMES & {*module.parts, module.stem}] == []


def test_every_package_says_what_it_is(modules: list[Path], project: Path) -> None:
    packages = {module.parent for module in modules}
    assert [package.relative_to(project) for package in packages if not (package / "__init__.py").is_file()] == []


def test_every_public_object_has_a_docstring(modules: list[Path], project: Path) -> None:
    found: list[str] = []
    for module in modules:
        found += undocumented(str(module.relative_to(project)), ast.parse(module.read_text(encoding="utf-8")))
    assert found == []


@pytest.mark.parametrize(
    ("source", "missing"),
    [
        ('"""M."""\ndef f(): pass', ["m.f"]),
        ('"""M."""\nclass C:\n    """C."""\n    def f(self): pass', ["m.C.f"]),
        ('"""M."""\ndef f():\n    """F."""\n    def g(): pass\ndef _h(): pass', []),
        ("x = 1", ["m"]),
    ],
)
def test_a_missing_docstring_is_found(source: str, missing: list[str]) -> None:
    assert list(undocumented("m", ast.parse(source))) == missing
