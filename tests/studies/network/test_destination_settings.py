"""From a settings file to destinations."""

from __future__ import annotations

from pathlib import Path

import pytest

from senoscope.domain.errors import SettingsError
from senoscope.studies.network.destination_settings import load_destinations, read_destinations
from senoscope.studies.network.destinations import DimseDestination, Tls, WebDestination
from senoscope.studies.network.secret import Secret

WHOLE = """
[archive]
kind = "dicom"
host = "pacs.example.org"
port = 11112
called_ae = "ARCHIVE"
calling_ae = "US-ROOM-2"

[archive.tls]
ca_file = "/etc/ssl/site.pem"

[web]
kind = "dicomweb"
url = "https://pacs.example.org/dicom-web/"
user = "senoscope"
password_file = "/run/secrets/pacs"

[web.tls]
verify = false

[cloud]
kind = "dicomweb"
url = "https://cloud.example.org"
token_variable = "CLOUD_TOKEN"

[small]
kind = "dicom"
host = "127.0.0.1"
port = 104
called_ae = "SMALL"
"""


def test_every_kind_is_read(tmp_path: Path) -> None:
    path = tmp_path / "pacs.toml"
    path.write_text(WHOLE)
    assert load_destinations(path) == {
        "archive": DimseDestination(
            "pacs.example.org", 11112, "ARCHIVE", "US-ROOM-2", Tls(Path("/etc/ssl/site.pem"))
        ),
        "web": WebDestination(
            "https://pacs.example.org/dicom-web",
            "senoscope",
            Secret(Path("/run/secrets/pacs")),
            tls=Tls(verify=False),
        ),
        "cloud": WebDestination("https://cloud.example.org", token=Secret(variable="CLOUD_TOKEN")),
        "small": DimseDestination("127.0.0.1", 104, "SMALL", "SENOSCOPE"),
    }


def test_where_there_is_no_file_there_is_no_destination(tmp_path: Path) -> None:
    assert load_destinations(tmp_path / "pacs.toml") == {}


DICOM = {"kind": "dicom", "host": "x", "port": 104, "called_ae": "A"}
WEB = {"kind": "dicomweb", "url": "https://x"}


@pytest.mark.parametrize(
    "given",
    [
        {"x": 7},
        {"x": {}},
        {"x": {"kind": "ftp"}},
        {"x": {"kind": 7}},
        {"../x": DICOM},
        {"": DICOM},
        {"x": {key: each for key, each in DICOM.items() if key != "host"}},
        {"x": DICOM | {"port": "104"}},
        {"x": DICOM | {"port": True}},
        {"x": DICOM | {"url": "https://x"}},
        {"x": DICOM | {"tls": True}},
        {"x": DICOM | {"tls": {"ca_file": "relative.pem"}}},
        {"x": DICOM | {"tls": {"verify": "no"}}},
        {"x": DICOM | {"tls": {"verfy": False}}},
        {"x": WEB | {"user": "me"}},
        {"x": WEB | {"user": "me", "password_file": "/a", "password_variable": "B"}},
    ],
)
def test_mistakes_are_refused(given: dict[str, object]) -> None:
    with pytest.raises(SettingsError):
        read_destinations(given)


def test_a_password_in_the_wrong_place_is_not_repeated() -> None:
    for wrong in ({"password": "hunter2"}, {"password_file": "hunter2"}, {"user": ["hunter2"]}):
        with pytest.raises(SettingsError) as caught:
            read_destinations({"x": WEB | wrong})
        assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("content", [b"[x", b"\xff", b"x = 1", b'[x]\nkind = "a"\nkind = "b"'])
def test_a_file_that_is_not_understood_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "pacs.toml"
    path.write_bytes(content)
    with pytest.raises(SettingsError):
        load_destinations(path)
