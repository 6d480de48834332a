"""Where studies are sent and fetched from, as frozen and validated settings."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from senoscope.domain.errors import SettingsError
from senoscope.domain.loopback import is_loopback
from senoscope.studies.network.secret import Secret

OUR_AE = "SENOSCOPE"


@dataclass(frozen=True, slots=True)
class Tls:
    """Encryption of a connection that this side opens.

    `ca_file`: whom to believe, the system's where None. `certificate_file` and `key_file`: who this
    side is, where the other asks. `verify` False takes any certificate, and so any machine.
    """

    ca_file: Path | None = None
    certificate_file: Path | None = None
    key_file: Path | None = None
    verify: bool = True

    def context(self) -> ssl.SSLContext:
        """For a client. SettingsError where a file is missing or no certificate."""
        try:
            context = ssl.create_default_context(
                cafile=None if self.ca_file is None else str(self.ca_file)
            )
            if not self.verify:
                context.check_hostname = False
                context.verify_mode = ssl.CERT_NONE
            if self.certificate_file is not None:
                # A key with a password would wait for one at the terminal.
                context.load_cert_chain(self.certificate_file, self.key_file, password="")
        except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
            raise SettingsError(
                f"The certificates of the settings cannot be used ({type(error).__name__}); "
                "expected PEM files that this user may read, the key without a password."
            ) from error
        return context


@dataclass(frozen=True, slots=True)
class DimseDestination:
    """A PACS that takes C-STORE; `tls` None: not encrypted."""

    host: str
    port: int
    called_ae: str
    calling_ae: str = OUR_AE
    tls: Tls | None = None

    def __post_init__(self) -> None:
        require_port(self.port)
        require_ae(self.called_ae)
        require_ae(self.calling_ae)
        if not self.host or not _plain(self.host, 253) or any(c in self.host for c in "/@ "):
            raise SettingsError(
                f"The host {self.host!r} was given; expected a name or an address, such as "
                "pacs.example.org. Correct it in the settings."
            )

    @property
    def place(self) -> str:
        """For messages."""
        return f"{self.called_ae} at {self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class WebDestination:
    """A DICOMweb server; `url` is the root below which `/studies` lies.

    At most one of a `user` with `password` and a bearer `token`. Both need https, but on this
    machine: they would be read on the way.
    """

    url: str
    user: str | None = None
    password: Secret | None = None
    token: Secret | None = None
    tls: Tls = Tls()

    def __post_init__(self) -> None:
        try:
            parts = urlsplit(self.url)
            wrong = parts.scheme not in ("http", "https") or not parts.hostname or parts.port == 0
            wrong = wrong or parts.username is not None or parts.password is not None
        except ValueError:
            wrong = True
        if wrong or not _plain(self.url, 2000) or any(c in self.url for c in "?# \\"):
            raise SettingsError(
                "A DICOMweb address was given that is none; expected https://host/path, without "
                "user, password, ? or #. Correct it in the settings."
            )
        if (self.user is None) != (self.password is None) or (self.password and self.token):
            raise SettingsError(
                "A DICOMweb server was given half of a user and password, or these and a token; "
                "expected one way to log in, or none."
            )
        if self.user is not None and (not _plain(self.user, 256) or ":" in self.user):
            raise SettingsError(
                "A DICOMweb user was given that cannot be sent; expected printed ASCII, no colon."
            )
        has_secret = self.password is not None or self.token is not None
        if has_secret and parts.scheme == "http" and not is_loopback(parts.hostname or ""):
            raise SettingsError(
                "A DICOMweb server was given with a password or token, but without encryption; "
                "expected https://. Correct its address in the settings."
            )

    @property
    def place(self) -> str:
        """For messages."""
        return self.url


Destination = DimseDestination | WebDestination


def require_ae(title: str) -> None:
    """SettingsError unless 1 to 16 printed ASCII characters, no backslash (PS3.5 6.2, AE)."""
    if not title.strip() or title != title.strip() or not _plain(title, 16) or "\\" in title:
        raise SettingsError(
            f"The AE title {title!r} was given; expected 1 to 16 printed ASCII characters, no "
            "backslash, no space at either end. Correct it."
        )


def require_port(port: int) -> None:
    """SettingsError unless TCP has it."""
    if not 1 <= port <= 65535:
        raise SettingsError(f"Port {port} was given; expected 1 to 65535. Correct it.")


def _plain(text: str, longest: int) -> bool:
    return len(text) <= longest and text.isascii() and text.isprintable()
