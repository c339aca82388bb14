from __future__ import annotations

import base64
import hashlib
import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exprlearn.inline import digest, island, policy
from exprlearn.report.scripts import own_script, vega_script


@settings(max_examples=50)
@given(st.recursive(st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_an_island_is_the_document_and_never_ends_its_element(document: object) -> None:
    text = island(document)
    assert json.loads(text) == document
    assert not re.search("[<>&\u2028\u2029]", text)


def test_the_policy_allows_the_given_scripts_and_no_connection() -> None:
    rules = dict(rule.strip().split(" ", 1) for rule in policy(("let a", "let b")).split(";"))
    hashed = [base64.b64encode(hashlib.sha256(text).digest()).decode() for text in (b"let a", b"let b")]
    assert rules["script-src"] == " ".join(f"'sha256-{each}'" for each in hashed)
    assert rules["default-src"] == "'none'"
    assert "connect-src" not in rules


@pytest.mark.parametrize("script", [vega_script, lambda: own_script("drawing.js"), lambda: own_script("page.js")])
def test_no_script_ends_the_element_that_it_stands_in(script: object) -> None:
    text = script()  # type: ignore[operator]
    assert "</script" not in text
    assert "<!--" not in text
    assert len(digest(text)) == len("sha256-") + 44


def test_own_scripts_never_write_markup() -> None:
    for name in ("drawing.js", "page.js"):
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function", own_script(name)
        )
