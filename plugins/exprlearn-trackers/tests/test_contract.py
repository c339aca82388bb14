"""Every promise of a run observer, as tests of both."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ClassVar

import pytest

from exprlearn.testing import ObserverContract

# One store for all tests, since it takes seconds to make one.
PLACE = TemporaryDirectory()


class TestTensorBoard(ObserverContract):
    """Event files."""

    component = "tensorboard"


@pytest.mark.filterwarnings("ignore::DeprecationWarning:sqlalchemy", "ignore::ResourceWarning")
class TestMlflow(ObserverContract):
    """Runs in a file."""

    component = "mlflow"
    options: ClassVar[dict[str, str]] = {"tracking_uri": f"sqlite:///{Path(PLACE.name, 'mlflow.db')}"}
