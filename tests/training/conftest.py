import os

import pytest


@pytest.fixture(scope="session")
def keras():
    from exprlearn.training.backend import load_keras

    return load_keras(os.environ.get("EXPRLEARN_TEST_BACKEND", "tensorflow"))
