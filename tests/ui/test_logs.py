"""The log says what went wrong, where and when, and of nobody."""

from __future__ import annotations

import io
import json
import logging
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
import uvicorn.config

from senoscope import __version__
from senoscope.realtime import capture
from senoscope.ui.logs import LogFormat, server_log_config, start_log
from tests.ui.named_faults import FED, OWN, a_route_that_fails, a_viewer, fault

OF_NOBODY = re.compile("zwillingsberg|adelheid", re.IGNORECASE)
ROOM = "Room 4"


@pytest.fixture(params=LogFormat)
def form(request: pytest.FixtureRequest) -> LogFormat:
    return LogFormat(request.param)


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """What comes on stderr."""
    stderr = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stderr)
    return stderr


@pytest.fixture
def log(tmp_path: Path, form: LogFormat, shown: io.StringIO) -> Iterator[Path]:
    """A started log, ended with the test."""
    with ended_with_the_test():
        path = tmp_path / "log" / "senoscope.log"
        start_log(path, form, ROOM)
        yield path


@contextmanager
def ended_with_the_test() -> Iterator[None]:
    loggers = OWN, logging.getLogger("uvicorn")
    before = [(list(each.handlers), each.propagate) for each in loggers]
    yield
    for logger, (kept, propagate) in zip(loggers, before, strict=True):
        for handler in set(logger.handlers) - set(kept):
            logger.removeHandler(handler)
            with suppress(OSError):  # a full disk is told again
                handler.close()
        logger.propagate = propagate


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("feed", FED, ids=lambda feed: feed.__name__)
def test_no_name_that_is_fed_to_what_fails_comes_into_the_log(
    feed: Callable[[Path], None],
    log: Path,
    form: LogFormat,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    shown: io.StringIO,
) -> None:
    monkeypatch.setattr(capture, "STOP_LIMIT_S", 0.2)
    fed = tmp_path / "fed"
    fed.mkdir()
    feed(fed)
    written = log.read_text(encoding="utf-8")
    # A route's fault is uvicorn's to tell, whose log is ours as JSON alone.
    told = form is LogFormat.JSON or feed is not a_route_that_fails
    assert bool(written.strip()) is told
    assert not OF_NOBODY.search(written), written
    if form is LogFormat.JSON:
        assert all(line["version"] == __version__ for line in lines(log))
    assert not OF_NOBODY.search(shown.getvalue()), shown.getvalue()
    if form is LogFormat.JSON:
        for line in written.splitlines():
            assert line in shown.getvalue(), "service managers see the same"


@pytest.mark.parametrize("form", [LogFormat.JSON], indirect=True)
def test_each_line_says_when_how_bad_where_and_in_which_room(log: Path) -> None:
    try:
        fault()
    except ValueError:
        logging.getLogger("senoscope.realtime.feeder").exception("AI %s", "off")
    logging.getLogger("uvicorn.error").warning("Invalid HTTP request received.")
    logging.getLogger("senoscope.ui").info("not kept")
    first, second = lines(log)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", first.pop("time"))
    assert re.fullmatch(r"tests/ui/named_faults\.py:\d+ in fault", first.pop("at")[-1])
    assert first == {
        "level": "error",
        "logger": "senoscope.realtime.feeder",
        "message": "AI off",
        "version": __version__,
        "room": ROOM,
        "fault": "ValueError",
    }
    assert (second["logger"], second["level"]) == ("uvicorn.error", "warning")
    assert "fault" not in second


@pytest.mark.parametrize("form", [LogFormat.TEXT], indirect=True)
def test_as_text_a_fault_s_kind_and_place_follow_its_line(log: Path) -> None:
    try:
        fault()
    except ValueError:
        OWN.exception("not read")
    first, kind, *places = log.read_text(encoding="utf-8").splitlines()
    assert first.endswith("ERROR senoscope not read")
    assert kind == "ValueError"
    assert places[-1].endswith("in fault")


@pytest.mark.parametrize("form", [LogFormat.TEXT], indirect=True)
def test_as_text_the_server_keeps_its_own_log(log: Path) -> None:
    usual = uvicorn.config.LOGGING_CONFIG
    assert logging.getLogger("uvicorn").handlers == [] or server_log_config(usual) is None
    assert log.exists()


def test_a_log_that_cannot_be_kept_is_said_and_what_goes_wrong_is_shown(
    tmp_path: Path, form: LogFormat, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "log").write_text("a file where the folder should be")
    with ended_with_the_test():
        start_log(tmp_path / "log" / "senoscope.log", form)
        a_viewer(tmp_path)
    said = capsys.readouterr().err
    assert "no log is kept" in said
    assert "A viewer failed" in said
    assert not OF_NOBODY.search(said), said


def test_a_disk_that_is_full_is_said_without_what_was_to_be_written(
    tmp_path: Path, form: LogFormat, capsys: pytest.CaptureFixture[str]
) -> None:
    with ended_with_the_test():
        start_log(Path("/dev/full"), form)
        a_viewer(tmp_path)
    said = capsys.readouterr().err
    assert "could not be written" in said
    assert not OF_NOBODY.search(said), said
