import pytest


@pytest.fixture
def header():
    """What a training tells before its first epoch."""
    from exprlearn.plugin import Header

    told = {"run": "mixed-1", "grammar": "mixed", "model": "seq2seq", "backend": "tensorflow", "versions": "none"}
    numbers = {"seed": 0, "shared": 0, "expressions": 9, "vocabulary_size": 15, "parameters": 100, "epochs": 2}
    return Header(**told, **numbers, counts={"train": 0, "validation": 5, "test": 5}, source="·1+2", target="3⏎")
