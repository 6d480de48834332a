"""What holds after every run of a loop."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.realtime.running import workers


@pytest.fixture
def nothing_is_left_behind() -> Iterator[None]:
    yield
    assert [t.name for t in threading.enumerate() if t.name.startswith("senoscope")] == []
    assert workers() == []
    assert "psm_" not in Path("/proc/self/maps").read_text(encoding="utf-8")
