"""TLS for the page: a certificate and its key, tried before anything is served."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from senoscope.domain.errors import SettingsError

CIPHERS = "ECDHE+AESGCM:ECDHE+CHACHA20"
"""Of TLS 1.2; TLS 1.3 has none that is weak."""
SOON = timedelta(days=14)
_NOT_YET, _EXPIRED = 9, 10
"""OpenSSL's verification codes (X509_V_ERR_...)."""


@dataclass(frozen=True, slots=True)
class Tls:
    """PEM files: the certificate with the chain after it, and its key without a passphrase."""

    certificate: Path
    key: Path


def tls_of(certificate: Path | None, key: Path | None) -> Tls | None:
    """What was asked for, None for no TLS. SettingsError says what cannot be used and why."""
    if certificate is None and key is None:
        return None
    if certificate is None or key is None:
        missing = "--tls-certificate" if certificate is None else "--tls-key"
        raise SettingsError(
            f"One of two TLS files was given, {missing} is missing. Give both, or neither to serve "
            "without TLS."
        )
    tls = Tls(certificate, key)
    context_of(tls)
    return tls


def tls_warning(tls: Tls, now: datetime | None = None) -> str | None:
    """What browsers will not like about a certificate that can be used, now or soon."""
    now = now or datetime.now(UTC)
    try:
        ends = _last_moment(tls)
    except ssl.SSLCertVerificationError as error:
        if error.verify_code == _EXPIRED:
            return f"The TLS certificate {tls.certificate} has expired. Renew it."
        if error.verify_code == _NOT_YET:
            return f"The TLS certificate {tls.certificate} is not valid yet. Set the clock right."
        return f"Browsers may refuse the TLS certificate {tls.certificate}: {error.verify_message}."
    if ends < now + SOON:
        return f"The TLS certificate {tls.certificate} ends on {ends:%Y-%m-%d}. Renew it."
    return None


def context_of(tls: Tls) -> ssl.SSLContext:
    """What a server greets with: TLS 1.2 at least. SettingsError says what cannot be used."""
    for path in (tls.certificate, tls.key):
        try:
            path.read_bytes()
        except OSError as error:
            raise SettingsError(
                f"The TLS file {path} cannot be read ({error.strerror}). Name a PEM file that this "
                "user may read."
            ) from error
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(CIPHERS)
    try:
        context.load_cert_chain(tls.certificate, tls.key, password=_no_passphrase)
    except ssl.SSLError as error:
        why = (error.reason or str(error)).replace("_", " ").lower()
        raise SettingsError(
            f"The TLS certificate {tls.certificate} and the key {tls.key} cannot be used ({why}). "
            "Expected two PEM files that belong together."
        ) from error
    return context


def _no_passphrase() -> str:
    """Asked for by OpenSSL, which would stop and ask the terminal otherwise."""
    raise SettingsError(
        "The TLS key is locked by a passphrase; expected one that is not. Unlock it by `openssl "
        "pkey -in LOCKED -out KEY`, and let only this user read it."
    )


def _last_moment(tls: Tls) -> datetime:
    """Of the certificate's time, by greeting ourselves: Python reads no certificate but a peer's.

    SSLCertVerificationError where its time, or what it may be used for, is another.
    """
    trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    trusting.check_hostname = False
    trusting.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    trusting.load_verify_locations(tls.certificate)
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = trusting.wrap_bio(back, there)
    server = context_of(tls).wrap_bio(there, back, server_side=True)
    for side in (client, server, client):
        try:
            side.do_handshake()
        except ssl.SSLWantReadError:
            continue
    found = client.getpeercert()
    if not found:
        raise SettingsError(f"The TLS certificate {tls.certificate} has no last day; renew it.")
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(found["notAfter"])), UTC)
