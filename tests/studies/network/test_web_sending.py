"""STOW-RS to a real Orthanc, and to servers that fail."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from senoscope.studies.network.destinations import WebDestination
from senoscope.studies.network.dimse_sending import Delivered
from senoscope.studies.network.failures import PacsError, PacsRefused, PacsUnavailable
from senoscope.studies.network.secret import Secret
from senoscope.studies.network.sending import send_files
from tests.studies.network.faulty import SHORT, answer, http, silent
from tests.studies.network.network_files import KINDS, data_set, file_of, instance_uid, us_native
from tests.studies.network.orthanc import HOST, Orthanc, free_port, running_orthanc

PASSWORD = "s3cret-of-the-site"


def web(port: int, **given: object) -> WebDestination:
    return WebDestination(f"http://{HOST}:{port}/dicom-web", **given)  # type: ignore[arg-type]


@pytest.fixture
def secret(tmp_path: Path) -> Secret:
    path = tmp_path / "secret"
    path.write_text(PASSWORD + "\n")
    return Secret(path)


def test_what_arrives_is_what_was_on_the_disk(orthanc: Orthanc, tmp_path: Path) -> None:
    paths = [file_of(tmp_path, made()) for made in KINDS.values()]
    destination = WebDestination(orthanc.web)
    assert list(send_files(destination, paths)) == [Delivered()] * len(KINDS)
    for path in paths:
        assert data_set(orthanc.file(instance_uid(path))) == data_set(path.read_bytes())


def test_an_instance_sent_twice_is_held_once(orthanc: Orthanc, tmp_path: Path) -> None:
    path = file_of(tmp_path, us_native())
    outcomes = list(send_files(WebDestination(orthanc.web), [path, path]))
    assert [type(each) for each in outcomes] == [Delivered, Delivered]
    assert orthanc.uids() == [instance_uid(path)]


def test_a_password_is_asked_for_and_given(tmp_path: Path, secret: Secret) -> None:
    settings = {"AuthenticationEnabled": True, "RegisteredUsers": {"senoscope": PASSWORD}}
    path = file_of(tmp_path / "files", us_native())
    with running_orthanc(tmp_path / "orthanc", settings) as orthanc:
        [without] = send_files(WebDestination(orthanc.web), [path])
        [outcome] = send_files(WebDestination(orthanc.web, "senoscope", secret), [path])
    assert isinstance(without, PacsUnavailable)
    assert "other credentials" in str(without)
    assert outcome == Delivered()


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("500 Internal Server Error", PacsUnavailable),
        ("503 Service Unavailable", PacsUnavailable),
        ("401 Unauthorized", PacsUnavailable),
        ("404 Not Found", PacsUnavailable),
        ("413 Content Too Large", PacsRefused),
        ("415 Unsupported Media Type", PacsRefused),
        ("409 Conflict", PacsRefused),
    ],
)
def test_statuses_say_whether_to_try_again(
    tmp_path: Path, status: str, kind: type[PacsError]
) -> None:
    path = file_of(tmp_path, us_native())
    with http(answer(status)) as server:
        [outcome] = send_files(web(server.port), [path], SHORT)
    assert type(outcome) is kind


def test_after_one_that_is_not_there_the_others_are_not_tried(tmp_path: Path) -> None:
    paths = [file_of(tmp_path, us_native()) for _ in range(3)]
    with http(answer("500 Internal Server Error")) as server:
        outcomes = list(send_files(web(server.port), paths, SHORT))
    assert [type(each) for each in outcomes] == [PacsUnavailable] * 3
    assert len(server.requests) == 1


def test_a_redirection_is_not_followed_and_no_secret_goes_with_it(
    tmp_path: Path, secret: Secret
) -> None:
    path = file_of(tmp_path / "files", us_native())
    with http(answer("200 OK")) as elsewhere:
        there = f"http://localhost:{elsewhere.port}/dicom-web/studies"
        with http(answer("307 Temporary Redirect", Location=there)) as server:
            [outcome] = send_files(web(server.port, token=secret), [path], SHORT)
    assert isinstance(outcome, PacsUnavailable)
    assert "sends on to another address" in str(outcome)
    assert f"Authorization: Bearer {PASSWORD}".encode() in server.requests[0]
    assert elsewhere.requests == []


def test_no_proxy_and_no_netrc_of_the_environment_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text(f"machine {HOST} login x password {PASSWORD}\n")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("http_proxy", f"http://{HOST}:{free_port()}")
    path = file_of(tmp_path / "files", us_native())
    with http(answer("200 OK")) as server:
        assert list(send_files(web(server.port), [path], SHORT)) == [Delivered()]
    assert b"uthorization" not in server.requests[0]


def test_a_server_that_says_nothing_is_left_at_the_deadline(tmp_path: Path) -> None:
    path = file_of(tmp_path, us_native())
    with silent() as server:
        [outcome] = send_files(web(server.port), [path], SHORT)
    assert isinstance(outcome, PacsUnavailable)
    assert "in time" in str(outcome)


def test_where_nothing_listens_it_may_be_tried_again(tmp_path: Path) -> None:
    [outcome] = send_files(web(free_port()), [file_of(tmp_path, us_native())], SHORT)
    assert isinstance(outcome, PacsUnavailable)


def account(path: Path, sequence: str, **values: int) -> bytes:
    tags = {"reason": "00081197", "warning": "00081196"}
    item: dict[str, object] = {"00081155": {"vr": "UI", "Value": [instance_uid(path)]}}
    item |= {tags[name]: {"vr": "US", "Value": [value]} for name, value in values.items()}
    return json.dumps({sequence: {"vr": "SQ", "Value": [item]}}).encode()


@pytest.mark.parametrize(
    ("reason", "kind"),
    [(0xA700, PacsUnavailable), (0xA900, PacsRefused), (0x0122, PacsRefused), (0x0111, Delivered)],
)
def test_the_account_of_each_instance_counts(
    tmp_path: Path, reason: int, kind: type[Delivered | PacsError]
) -> None:
    path = file_of(tmp_path, us_native())
    body = account(path, "00081198", reason=reason)
    with http(answer("202 Accepted", body)) as server:
        [outcome] = send_files(web(server.port), [path], SHORT)
    assert type(outcome) is kind


def test_a_warning_is_passed_on(tmp_path: Path) -> None:
    path = file_of(tmp_path, us_native())
    body = account(path, "00081199", warning=0xB000)
    with http(answer("202 Accepted", body)) as server:
        [outcome] = send_files(web(server.port), [path], SHORT)
    assert outcome == Delivered("it warned with status B000")


@pytest.mark.parametrize(
    "body",
    [
        b"<html>login please</html>",
        b"[]",
        b"null",
        b'{"00081199": {"Value": 7}}',
        b'{"00081199": {"Value": [{"00081155": {"Value": ["1.2.3"]}}]}}',
        b"[" * 100_000,
        b"{" + b" " * 2**21,
    ],
    ids=["page", "list", "null", "number", "another", "deep", "long"],
)
def test_an_answer_that_does_not_say_so_is_no_success(tmp_path: Path, body: bytes) -> None:
    path = file_of(tmp_path, us_native())
    with http(answer("200 OK", body)) as server:
        [outcome] = send_files(web(server.port), [path], SHORT)
    assert isinstance(outcome, PacsUnavailable)
