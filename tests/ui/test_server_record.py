"""A server is trusted once it was tried, as it was then; nothing here is tried for its sake."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from typer.testing import CliRunner

from senoscope.calibration.engine_choice import Trial
from senoscope.calibration.engine_trust import Verdict
from senoscope.domain.errors import EngineUnavailable, SettingsError
from senoscope.models.engines import remote
from senoscope.models.engines.remote_server import RemoteServer, ServerState
from senoscope.models.engines.ways import REFERENCE, USUAL, WAYS, Way
from senoscope.ui import engine_record, own_clip
from senoscope.ui.commands.every_command import app
from senoscope.ui.engine_record import chosen_way, server_record
from senoscope.ui.inference_server import NamedServer

SERVER = RemoteServer("triton.clinic.example:8001")
GOOD = Verdict(100, 80, 1.0, 1.0, 0.0, 0.0, 0.0)
INT8, FP16, FP32 = "Server int8", "Server fp16", "Server fp32"
HERE = "OpenVINO int8"
SAID: list[str] = []


class Site:
    """A machine whose settings name SERVER: what was tried, and how all that is tried turns out."""

    def __init__(self) -> None:
        self.prefer = False
        self.identity = "triton 1"
        """What the server says it is; "" while it is away."""
        self.platforms = {"senoscope-0123456789abcdef": "python"}
        self.refused = {FP16: "It has no network."}
        self.untried: set[str] = set()
        self.faster: dict[str, float] = {}
        self.tried: list[tuple[str, ...]] = []

    def named(self) -> NamedServer:
        return NamedServer(SERVER, self.prefer)

    def says(self, server: RemoteServer, names: Sequence[str]) -> ServerState:
        if not self.identity:
            raise EngineUnavailable("It cannot be reached.")
        assert len(set(names)) == 6
        return ServerState(self.identity, dict(self.platforms))

    def outcome(self, ways: Sequence[str], *_: object) -> tuple[Trial, ...]:
        self.tried.append(tuple(ways))
        times = {HERE: 5.0, INT8: 3.0, FP32: 2.0} | self.faster
        return tuple(
            Trial(way, "It has no network.")
            if way in self.untried
            else Trial(way, self.refused.get(way), times.get(way, 20.0), GOOD)
            for way in ways
        )

    def choose(self, wanted: str) -> Way:
        return chosen_way(wanted, SAID.append).way

    def server_trials(self) -> tuple[Trial, ...]:
        record = server_record(SAID.append)
        assert record is not None
        return record.all(again=False)


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    made = Site()
    monkeypatch.setattr(engine_record, "user_cache_path", lambda *_, **__: tmp_path / "cache")
    monkeypatch.setattr(own_clip, "user_data_path", lambda *_, **__: tmp_path / "data")
    monkeypatch.setattr(engine_record, "calibration_clip", tuple)
    monkeypatch.setattr(engine_record, "tried", made.outcome)
    monkeypatch.setattr(engine_record, "named_server", made.named)
    monkeypatch.setattr(remote, "state_of", made.says)
    SAID.clear()
    return made


def test_the_server_is_taken_when_it_is_named_and_was_trusted(site: Site) -> None:
    way = site.choose("server-int8")
    assert way.title == INT8
    expected = ServerState("triton 1", site.platforms)
    assert way.server == RemoteServer(SERVER.address, expected=expected)
    assert way.fallback == USUAL
    assert site.tried[1] == (REFERENCE.title, INT8, FP16, FP32)
    assert any(SERVER.address in line and f"{HERE} stands in" in line for line in SAID)
    site.choose("server-fp32")
    assert len(site.tried) == 2


def test_its_own_answers_are_tried_and_nobody_stands_in(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempted: list[Way] = []

    def tried(
        ways: Sequence[str], attempt: Callable[[str], object], *_: object
    ) -> tuple[Trial, ...]:
        for way in ways:
            attempt(way)
        return site.outcome(ways)

    monkeypatch.setattr(engine_record, "tried", tried)
    monkeypatch.setattr(engine_record, "attempt", lambda way, _: attempted.append(way))
    site.server_trials()
    assert [way.fallback for way in attempted] == [None] * 4
    assert [way.server for way in attempted] == [None, SERVER, SERVER, SERVER]


def test_auto_leaves_the_server_alone_however_fast_it_is(site: Site) -> None:
    assert site.choose("auto") == USUAL
    assert len(site.tried) == 1


def test_auto_takes_the_fastest_trusted_of_a_server_that_is_preferred(site: Site) -> None:
    site.prefer = True
    assert site.choose("auto").title == FP32


def test_a_server_that_is_preferred_and_cannot_be_trusted_is_left_with_the_reason(
    site: Site,
) -> None:
    site.prefer = True
    site.refused = dict.fromkeys((INT8, FP16, FP32), "It is wrong.")
    assert site.choose("auto") == USUAL
    assert any("is preferred and not used. Server int8: " in line for line in SAID)


def test_one_that_is_refused_is_an_error_when_it_is_named(site: Site) -> None:
    with pytest.raises(EngineUnavailable, match=r"It has no network\..*--again"):
        site.choose("server-fp16")


def test_what_would_stand_in_for_it_must_be_trusted_too(site: Site) -> None:
    site.refused[HERE] = "It is wrong."
    with pytest.raises(EngineUnavailable, match=f"needs {HERE} to stand in for it.*It is wrong"):
        site.choose("server-int8")


def test_a_preferred_server_is_taken_by_a_way_that_something_trusted_stands_in_for(
    site: Site,
) -> None:
    site.prefer = True
    site.refused[HERE] = "It is wrong."
    site.faster = {INT8: 1.0}
    assert site.choose("auto").title == FP32


def test_a_server_of_another_version_is_tried_again_and_the_engines_here_are_not(
    site: Site,
) -> None:
    site.choose("server-int8")
    site.identity = "triton 2"
    way = site.choose("server-int8")
    assert way.server is not None and way.server.expected == ServerState("triton 2", site.platforms)
    assert [ways[0] for ways in site.tried] == [WAYS[0].title] * 3
    assert site.tried[2] == site.tried[1]
    assert any("was triton 1 with" in line and "and is triton 2 with" in line for line in SAID)


def test_a_server_that_lost_a_network_it_was_trusted_with_is_tried_again(site: Site) -> None:
    site.prefer = True
    assert site.choose("auto").title == FP32
    site.platforms = {}
    site.refused[FP32] = "It has no network."
    assert site.choose("auto").title == INT8
    assert any("and is triton 1 with none of the networks" in line for line in SAID)


def test_a_server_that_has_more_networks_or_runs_them_by_other_means_is_tried_again(
    site: Site,
) -> None:
    site.choose("server-int8")
    site.platforms["senoscope-fedcba9876543210"] = "python"
    site.choose("server-int8")
    assert len(site.tried) == 3
    site.platforms["senoscope-fedcba9876543210"] = "onnxruntime_onnx"
    site.choose("server-int8")
    assert len(site.tried) == 4
    site.choose("server-int8")
    assert len(site.tried) == 4


def test_one_that_was_trusted_may_be_away_at_the_start(site: Site) -> None:
    site.choose("server-int8")
    site.identity = ""
    way = site.choose("server-int8")
    assert way.server is not None and way.server.expected == ServerState("triton 1", site.platforms)
    assert len(site.tried) == 2
    assert any("cannot be reached. Until it answers, this machine reads." in line for line in SAID)


def test_one_that_was_never_tried_may_not(site: Site) -> None:
    site.identity = ""
    with pytest.raises(EngineUnavailable, match=r"never tried here.*It cannot be reached"):
        site.choose("server-int8")


def test_a_network_that_was_not_exported_then_is_tried_again(site: Site) -> None:
    site.untried = {INT8}
    with pytest.raises(EngineUnavailable, match="It has no network"):
        site.choose("server-int8")
    site.untried = set()
    assert site.choose("server-int8").title == INT8


def test_another_address_is_another_server(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.choose("server-int8")
    other = NamedServer(RemoteServer("other.clinic.example:8001"))
    monkeypatch.setattr(engine_record, "named_server", lambda: other)
    site.choose("server-int8")
    assert len(site.tried) == 3


def test_with_another_deadline_it_is_tried_again(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.choose("server-int8")
    hasty = NamedServer(RemoteServer(SERVER.address, deadline_ms=SERVER.deadline_ms / 2))
    monkeypatch.setattr(engine_record, "named_server", lambda: hasty)
    site.choose("server-int8")
    assert len(site.tried) == 3


def test_a_spoilt_record_is_tried_again(site: Site) -> None:
    site.choose("server-int8")
    file = engine_record.record_file().with_name("server.json")
    assert '"identity": "triton 1"' in file.read_text(encoding="utf-8")
    for spoilt in (b"\xff", b"[]", b"{}", b'{"server": {"identity": "triton 1"}}'):
        file.write_bytes(spoilt)
        before = len(site.tried)
        assert site.choose("server-int8").title == INT8
        assert len(site.tried) == before + 1


def test_the_command_lists_the_server_s_ways_and_says_what_auto_takes(site: Site) -> None:
    listed = CliRunner().invoke(app, ["engines"])
    assert listed.exit_code == 0, listed.output
    lines = listed.stdout.splitlines()
    assert [line.split("  ")[0] for line in lines[len(WAYS) : -1]] == [INT8, FP16, FP32]
    assert lines[-1] == f"Taken: {HERE}"
    site.prefer = True
    again = CliRunner().invoke(app, ["engines", "--again"])
    assert again.stdout.splitlines()[-1] == f"Taken: {FP32}"
    assert len(site.tried) == 4


@pytest.mark.parametrize("change", ["", "away", "stand-in refused"])
def test_what_the_command_says_is_taken_is_what_live_takes(site: Site, change: str) -> None:
    site.prefer = True
    site.faster = {INT8: 1.0}
    site.refused |= {HERE: "It is wrong."} if change == "stand-in refused" else {}
    site.choose("auto")
    site.identity = "" if change == "away" else site.identity
    listed = CliRunner().invoke(app, ["engines"])
    assert listed.stdout.splitlines()[-1] == f"Taken: {site.choose('auto').title}"
    assert f"Taken: {FP32 if change == 'stand-in refused' else INT8}" in listed.stdout


def test_a_server_that_gave_nothing_is_tried_once_by_one_command(site: Site) -> None:
    site.prefer = True
    site.untried = {INT8, FP16, FP32}
    listed = CliRunner().invoke(app, ["engines"])
    assert listed.stdout.splitlines()[-1] == f"Taken: {HERE}"
    assert len(site.tried) == 2


def test_a_server_that_is_away_is_listed_with_the_reason_and_kept_as_it_was(site: Site) -> None:
    site.choose("server-int8")
    site.identity = ""
    assert {trial.refused for trial in site.server_trials()} == {"It cannot be reached."}
    site.identity = "triton 1"
    assert [trial.refused for trial in site.server_trials()] == [
        None, "It has no network.", None,
    ]  # fmt: skip
    assert len(site.tried) == 2


def test_settings_that_name_no_server_s_address_are_refused_before_anything_is_tried(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wrong() -> None:
        raise SettingsError("expected address as HOST:PORT")

    monkeypatch.setattr(engine_record, "named_server", wrong)
    told = CliRunner().invoke(app, ["engines"])
    assert isinstance(told.exception, SettingsError)
    assert site.tried == []
