"""What all tests share: the public data sets where present, and `--no-skips` for CI."""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from senoscope.domain.frame import Frame
from senoscope.realtime.sources.opencv import opencv

opencv()  # before anything imports cv2, as the command does

from senoscope.realtime import intake  # noqa: E402
from tests.realtime.running import workers  # noqa: E402

NOBODY = 65534
DATA = Path(__file__).parents[2] / "shared" / "data"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--no-skips",
        action="store_true",
        help="fail if a test is skipped, but for a GPU or a right that is missing",
    )


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item):
    report = (yield).get_result()
    if not (item.config.getoption("--no-skips") and report.skipped):
        return
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    if "GPU" not in reason and "expected to be root" not in reason:
        report.outcome = "failed"
        report.longrepr = f"skipped under --no-skips: {reason}"


@pytest.fixture
def closed_folder() -> Iterator[Path]:
    """A folder this process may only list, and in it `locked`, into which it may not even look.

    Root may do anything, and so steps down for as long as the test lasts.
    """
    folder = Path(tempfile.mkdtemp())
    (folder / "locked").mkdir(mode=0)
    folder.chmod(0o555)
    user = os.geteuid()
    if user == 0:
        os.seteuid(NOBODY)
    yield folder
    if user == 0:
        os.seteuid(0)
    folder.chmod(0o755)
    (folder / "locked").chmod(0o755)
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def public_data() -> Path:
    """Folder of the public data sets; they are not part of the project."""
    if not DATA.is_dir():
        pytest.skip(f"the public data sets are not in {DATA.name}/ beside the project")
    return DATA


class NothingToSay:
    """A gate that lets every frame through: the fakes' even frames are no ultrasound."""

    drawn_on = False

    def __init__(self, stills: bool = False) -> None:
        pass

    def judge(self, frame: Frame) -> None:
        """It may be read."""


@pytest.fixture(autouse=True)
def _all_frames_suit(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if "real_gate" not in request.keywords:
        monkeypatch.setattr(intake, "SuitabilityGate", NothingToSay)


@pytest.fixture
def nothing_is_left_behind() -> Iterator[None]:
    """No thread, process or shared memory of a loop is."""
    yield
    assert [t.name for t in threading.enumerate() if t.name.startswith("senoscope")] == []
    assert workers() == []
    assert "psm_" not in Path("/proc/self/maps").read_text(encoding="utf-8")
