from __future__ import annotations

import subprocess
import sys
from fractions import Fraction

import pytest

import exprlearn
from exprlearn.errors import OptionError


def test_every_name_of_the_package_can_be_had():
    for name in exprlearn.__all__:
        assert getattr(exprlearn, name).__name__.removeprefix("exprlearn.") == name
    assert exprlearn.evaluate("12/5+1") == Fraction(17, 5)


def test_a_dataset_is_made_by_the_name_of_its_room():
    code = (
        "import exprlearn as xl; data = xl.dataset('addition', size=3, seed=0); print(len(data), data[0]['question'])"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.split()[0] == "3"
    assert "+" in shown.stdout


def test_an_unknown_name_tells_which_there_are():
    with pytest.raises(AttributeError, match="it has ExprLearnError, ExpressionSpace"):
        exprlearn.nothing  # noqa: B018


def test_importing_the_package_imports_nothing_heavy():
    assert heavy_after("import exprlearn") == ""


def test_one_expression_is_evaluated_without_anything_heavy():
    assert heavy_after("import exprlearn; exprlearn.evaluate('12/5+1')") == ""


def heavy_after(code: str) -> str:
    """Run code in a process of its own, and name the heavy modules that it has imported."""
    shown = "import sys; print(*{'numpy', 'lark', 'keras', 'pydantic', 'pluggy', 'rich'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", f"{code}\n{shown}"], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_training_from_python_checks_its_settings_before_a_backend_is_imported(tmp_path):
    with pytest.raises(OptionError, match=r"training\.tagret"):
        exprlearn.train("addition", tagret=0.9, runs=tmp_path)
    assert list(tmp_path.iterdir()) == []
