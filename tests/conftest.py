"""What all tests share: the public data sets where present, and `--no-skips` for CI."""

from __future__ import annotations

from pathlib import Path

import pytest

from senoscope.realtime.sources.opencv import opencv

DATA = Path(__file__).parents[2] / "shared" / "data"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--no-skips", action="store_true", help="fail if a test is skipped, but for a missing GPU"
    )


def pytest_configure() -> None:
    opencv()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item):
    report = (yield).get_result()
    if not (item.config.getoption("--no-skips") and report.skipped):
        return
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    if "GPU" not in reason:
        report.outcome = "failed"
        report.longrepr = f"skipped under --no-skips: {reason}"


@pytest.fixture(scope="session")
def public_data() -> Path:
    """Folder of the public data sets; they are not part of the project."""
    if not DATA.is_dir():
        pytest.skip(f"the public data sets are not in {DATA.name}/ beside the project")
    return DATA
