"""What the settings say of an inference server, understood or refused with what is expected."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from senoscope.domain.errors import SettingsError
from senoscope.models.engines.remote_server import RemoteServer
from senoscope.ui import inference_server
from senoscope.ui.inference_server import NamedServer, named_server, server_from


def test_an_address_alone_is_enough() -> None:
    found = server_from({"address": "triton:8001"})
    assert found == NamedServer(RemoteServer("triton:8001", deadline_ms=100.0), prefer=False)


def test_all_that_can_be_said_is_understood() -> None:
    found = server_from(
        {
            "address": "gpu.clinic.example:8001",
            "ca_file": "/etc/senoscope/ca.pem",
            "certificate_file": "/etc/senoscope/room.pem",
            "key_file": "/etc/senoscope/room.key",
            "token_file": "~/token",
            "deadline_ms": 40,
            "prefer": True,
        }
    )
    folder = Path("/etc/senoscope")
    assert found.prefer
    assert found.server == RemoteServer(
        "gpu.clinic.example:8001",
        folder / "ca.pem",
        folder / "room.pem",
        folder / "room.key",
        Path("~/token").expanduser(),
        40.0,
    )


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "expected address as HOST:PORT"),
        ({"address": 8001}, "expected address as HOST:PORT"),
        ({"address": "triton"}, "expected HOST:PORT of its gRPC port"),
        ({"address": "triton:8001", "tls": True}, "names address, tls; expected"),
        ({"address": "triton:8001", "ca_file": 1}, "as paths"),
        ({"address": "triton:8001", "prefer": "yes"}, "true or false"),
        ({"address": "triton:8001", "deadline_ms": "40"}, "expected 5 to 100"),
        ({"address": "triton:8001", "deadline_ms": True}, "expected 5 to 100"),
        ({"address": "triton:8001", "deadline_ms": 4}, "expected 5 to 100"),
        ({"address": "triton:8001", "deadline_ms": 101}, "expected 5 to 100"),
        ({"address": "triton:8001", "deadline_ms": float("nan")}, "expected 5 to 100"),
        ({"address": "triton:8001", "token_file": "/t"}, "in plain text"),
        ({"address": "triton:8001", "key_file": "/k"}, "Give both, or neither"),
        (
            {"address": "triton:8001", "ca_file": "ca.pem"},
            "ca_file 'ca.pem'; expected a whole path",
        ),
        (
            {"address": "triton:8001", "ca_file": "~nobody-here/ca.pem"},
            "'~nobody-here/ca.pem'; expected",
        ),
    ],
)
def test_anything_else_is_refused_with_what_is_expected(given: dict[str, Any], said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        server_from(given)


def test_it_is_the_one_of_this_user_s_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "settings.json"
    monkeypatch.setattr(inference_server, "settings_file", lambda: file)
    assert named_server() is None
    stored = {"source": None, "scan_areas": {}, "inference_server": {"address": "triton:8001"}}
    file.write_text(json.dumps(stored))
    assert named_server() == NamedServer(RemoteServer("triton:8001"))
    file.write_text(json.dumps(stored | {"inference_server": "triton:8001"}))
    with pytest.raises(SettingsError, match="inference_server is a str"):
        named_server()
