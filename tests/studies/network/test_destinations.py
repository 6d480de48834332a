"""Destinations are what they say, and say no secret."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from senoscope.domain.errors import SettingsError
from senoscope.studies.network.destinations import DimseDestination, Tls, WebDestination
from senoscope.studies.network.secret import Secret

PASSWORD = "s3cret-of-the-site"


@pytest.mark.parametrize(
    "title",
    ["", " ", 17 * "A", "A\\B", "A\nB", "\x1b[2J", "BRÜST", " A", "A ", "\0"],
)
def test_titles_that_dicom_does_not_allow_are_refused(title: str) -> None:
    for given in ({"called_ae": title}, {"called_ae": "PACS", "calling_ae": title}):
        with pytest.raises(SettingsError, match="AE title"):
            DimseDestination("localhost", 104, **given)


@pytest.mark.parametrize(
    ("host", "port"), [("", 104), ("a/b", 104), ("a b", 104), ("x", 0), ("x", 65536)]
)
def test_places_that_cannot_be_are_refused(host: str, port: int) -> None:
    with pytest.raises(SettingsError):
        DimseDestination(host, port, "PACS")


@pytest.mark.parametrize(
    "url",
    [
        "pacs.example.org",
        "ftp://pacs.example.org",
        "https://",
        "https://user:password@pacs.example.org",
        "https://pacs.example.org/?a=1",
        "https://pacs.example.org/#a",
        "https://pacs.example.org/a b",
        "https://pacs.example.org:x/",
        "https://pacs.example.org\r\nX: y",
    ],
)
def test_addresses_that_cannot_be_are_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(SettingsError) as caught:
        WebDestination(url)
    assert "password@" not in str(caught.value)


def test_secrets_go_encrypted_or_not_at_all() -> None:
    secret = Secret(variable="TOKEN")
    with pytest.raises(SettingsError, match="without encryption"):
        WebDestination("http://pacs.example.org", token=secret)
    with pytest.raises(SettingsError, match="without encryption"):
        WebDestination("http://pacs.example.org", "me", secret)
    for url in (
        "https://pacs.example.org",
        "http://127.0.0.1:1",
        "http://localhost",
        "http://[::1]",
    ):
        WebDestination(url, token=secret)


def test_there_is_one_way_to_log_in() -> None:
    secret = Secret(variable="TOKEN")
    for given in ({"user": "me"}, {"password": secret}, {"user": "a:b", "password": secret}):
        with pytest.raises(SettingsError):
            WebDestination("https://pacs.example.org", **given)  # type: ignore[arg-type]
    with pytest.raises(SettingsError):
        WebDestination("https://pacs.example.org", "me", secret, secret)


def test_a_secret_is_read_when_it_is_used_and_is_in_no_repr(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "password"
    file, variable = Secret(path), Secret(variable="PACS_TOKEN")
    for each in (file, variable):
        with pytest.raises(SettingsError):
            each.read()
    path.write_text(PASSWORD + "\r\n")
    monkeypatch.setenv("PACS_TOKEN", PASSWORD)
    assert file.read() == variable.read() == PASSWORD
    shown = repr(WebDestination("https://x", "me", file)) + repr(
        WebDestination("https://x", token=variable)
    )
    assert PASSWORD not in shown


@pytest.mark.parametrize("content", [b"", b"\n", b"a\nX-Header: b\n", 9000 * b"a", b"\xff\xfe"])
def test_what_is_no_secret_is_refused_and_not_repeated(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "password"
    path.write_bytes(content)
    with pytest.raises(SettingsError) as caught:
        Secret(path).read()
    assert "X-Header" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_secret_lies_in_one_place() -> None:
    for given in ({}, {"file": Path("a"), "variable": "b"}):
        with pytest.raises(SettingsError):
            Secret(**given)  # type: ignore[arg-type]


def test_certificates_are_checked_unless_it_is_said_otherwise(tmp_path: Path) -> None:
    usual = Tls().context()
    assert usual.verify_mode is ssl.CERT_REQUIRED
    assert usual.check_hostname
    assert WebDestination("https://x").tls == Tls()
    assert Tls(verify=False).context().verify_mode is ssl.CERT_NONE
    with pytest.raises(SettingsError, match="certificates"):
        Tls(ca_file=tmp_path / "none").context()
