"""Certificates that cannot be used are refused in words; those that soon cannot are told of."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from senoscope.domain.errors import SettingsError
from senoscope.ui.access.tls import SOON, Tls, context_of, tls_of, tls_warning
from tests.ui.certificates import Made, make_certificate, new_key, openssl


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make_certificate(tmp_path_factory.mktemp("tls"))


def test_two_files_that_belong_together_are_taken(made: Made) -> None:
    tls = tls_of(made.certificate, made.key)
    assert tls == Tls(made.certificate, made.key)
    assert tls_warning(tls) is None
    assert context_of(tls).minimum_version == ssl.TLSVersion.TLSv1_2


def test_none_of_both_is_no_tls() -> None:
    assert tls_of(None, None) is None


def test_one_of_both_is_refused(made: Made) -> None:
    with pytest.raises(SettingsError, match="--tls-key is missing"):
        tls_of(made.certificate, None)
    with pytest.raises(SettingsError, match="--tls-certificate is missing"):
        tls_of(None, made.key)


def test_files_that_are_not_there_or_cannot_be_read_are_refused(made: Made, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"absent\.pem cannot be read"):
        tls_of(tmp_path / "absent.pem", made.key)
    with pytest.raises(SettingsError, match="cannot be read"):
        tls_of(made.certificate, tmp_path)


def test_what_is_no_certificate_or_no_key_is_refused(made: Made, tmp_path: Path) -> None:
    words = tmp_path / "words.pem"
    words.write_text("no certificate\n")
    for certificate, key in ((words, made.key), (made.certificate, words)):
        with pytest.raises(SettingsError, match="cannot be used"):
            tls_of(certificate, key)


def test_a_key_of_another_certificate_is_refused(made: Made, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"key values mismatch.*belong together"):
        tls_of(made.certificate, new_key(tmp_path / "other.key"))


def test_a_locked_key_is_refused_and_no_terminal_is_asked(made: Made, tmp_path: Path) -> None:
    locked = tmp_path / "locked.key"
    openssl("pkey", "-in", made.key, "-aes256", "-passout", "pass:secret", "-out", locked)
    with pytest.raises(SettingsError, match="passphrase"):
        tls_of(made.certificate, locked)


def test_a_certificate_that_ends_soon_is_told_of(made: Made) -> None:
    tls = Tls(made.certificate, made.key)
    ends = datetime.now(UTC) + timedelta(days=90)
    assert tls_warning(tls, ends - SOON - timedelta(days=1)) is None
    told = tls_warning(tls, ends - SOON + timedelta(days=1))
    assert told is not None and f"ends on {ends:%Y-%m-%d}" in told


def test_an_expired_certificate_is_served_and_told_of(tmp_path: Path) -> None:
    past = make_certificate(tmp_path, days=-1)
    tls = tls_of(past.certificate, past.key)
    assert tls is not None
    told = tls_warning(tls)
    assert told is not None and "has expired" in told


def test_a_certificate_of_one_s_own_signature_is_taken(tmp_path: Path) -> None:
    key, own = new_key(tmp_path / "own.key"), tmp_path / "own.pem"
    openssl("req", "-x509", "-key", key, "-out", own, "-days", "90", "-subj", "/CN=clinic")
    tls = tls_of(own, key)
    assert tls is not None
    assert tls_warning(tls) is None
