"""Where an inference server is, how it is asked, and what it was when it was tried."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from senoscope.domain.errors import SettingsError
from senoscope.domain.loopback import is_loopback
from senoscope.models.engines.server_address import parts_of


@dataclass(frozen=True, slots=True)
class ServerState:
    """What a server says it is, "triton 2.51.0", and what runs each network that is ready there.

    `platforms` by the networks' names, as far as they were asked about.
    """

    identity: str
    platforms: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class RemoteServer:
    """Where a server is and how it is asked. SettingsError says what cannot be.

    `address` is HOST:PORT. With `ca_file` the connection is encrypted, and the server must show a
    certificate of it; `certificate_file` and `key_file` are what it is shown. `token_file` holds a
    bearer token. After `deadline_ms` an answer is late. `expected` is what the server must say that
    it is, None any.
    """

    address: str
    ca_file: Path | None = None
    certificate_file: Path | None = None
    key_file: Path | None = None
    token_file: Path | None = None
    deadline_ms: float = 100.0
    expected: ServerState | None = None

    def __post_init__(self) -> None:
        host, _ = parts_of(self.address)
        if not 0 < self.deadline_ms < float("inf"):
            raise SettingsError(
                f"A deadline of {self.deadline_ms} ms was given; expected a number above 0."
            )
        if (self.certificate_file is None) != (self.key_file is None):
            raise SettingsError(
                "Of certificate_file and key_file only one was given. Give both, or neither."
            )
        if self.ca_file is None and self.certificate_file is not None:
            raise SettingsError(
                "A certificate_file was given without a ca_file. Give the file of the authority "
                "that signed the server's certificate too: without it nothing is encrypted."
            )
        if self.ca_file is None and self.token_file is not None and not is_loopback(host):
            raise SettingsError(
                f"A token would go to {self.address} in plain text, for anybody on the network to "
                "read. Give the ca_file of the server's certificate, or leave the token_file out."
            )

    @property
    def deadline_s(self) -> float:
        """The same in seconds."""
        return self.deadline_ms / 1e3
