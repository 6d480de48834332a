"""The C-STORE receiver: off until it is started, and only for those who are named."""

from __future__ import annotations

import errno
import logging
import shutil
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from senoscope.domain.errors import (
    InstallationError,
    PortInUse,
    SenoscopeError,
    SettingsError,
    StorageError,
)
from senoscope.domain.loopback import is_loopback
from senoscope.studies.network.destinations import require_ae, require_port
from senoscope.studies.network.failures import PacsRefused, PacsUnavailable
from senoscope.studies.network.guarded_server import GuardedHandler, GuardedServer, SpoolingDimse
from senoscope.studies.network.pynetdicom_rules import AE, evt
from senoscope.studies.network.received_file import ReceivedFile, kept_in, sweep
from senoscope.studies.network.sendable import read_sendable
from senoscope.studies.network.storage_classes import STORAGE_CLASSES, TRANSFER_SYNTAXES

log = logging.getLogger(__name__)

SUCCESS, OUT_OF_RESOURCES, WRONG_DATA, NOT_UNDERSTOOD = 0x0000, 0xA700, 0xA900, 0xC000
"""Statuses of C-STORE (PS3.4 B.2.3)."""
OUR_LARGEST_PDU = 2**17
"""Bytes, as we announce it."""


@dataclass(frozen=True, slots=True)
class ServerTls:
    """Who this side is, and, with `ca_file`, whose certificates the other side must have."""

    certificate_file: Path
    key_file: Path
    ca_file: Path | None = None

    def context(self) -> ssl.SSLContext:
        """For a server. SettingsError where a file is missing or no certificate."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        try:
            context.load_cert_chain(self.certificate_file, self.key_file, password="")
            if self.ca_file is not None:
                context.load_verify_locations(self.ca_file)
                context.verify_mode = ssl.CERT_REQUIRED
        except (OSError, ValueError) as error:
            raise SettingsError(
                f"The receiver's certificates cannot be used ({type(error).__name__}); expected "
                "PEM files that this user may read, the key without a password."
            ) from error
        return context


@dataclass(frozen=True, slots=True)
class ReceiverSettings:
    """Where it listens, whom it takes from, and how much.

    `callers`: the AE titles that may send; none: any, which only this machine's own address allows.
    Bytes, counts, seconds: `largest` of one object; `most_kept` in the folder at once;
    `least_free` left on the disk; `associations` at once; `silence` until a peer is let go.
    """

    ae: str
    port: int
    host: str = "127.0.0.1"
    callers: tuple[str, ...] = ()
    tls: ServerTls | None = None
    largest: int = 4 * 2**30
    most_kept: int = 20_000
    least_free: int = 2**30
    associations: int = 8
    silence: float = 60.0

    def __post_init__(self) -> None:
        require_port(self.port)
        for title in (self.ae, *self.callers):
            require_ae(title)
        if not self.callers and not is_loopback(self.host):
            raise SettingsError(
                f"A receiver on {self.host} was asked for that takes from anyone; expected the AE "
                "titles that may send, or this machine's own address (127.0.0.1)."
            )
        if min(self.largest, self.most_kept, self.associations, self.silence) <= 0:
            raise SettingsError("A bound of the receiver is not above 0. Raise it.")


class Receiver:
    """Takes objects into `folder`, which is its alone; `on_received` is called with each path.

    Success is answered when the file is whole and on the disk. `on_received` is called before that,
    in the connection's thread; what it raises of this program's errors is logged, and the file
    stays. An object that comes twice is two files with one SOPInstanceUID.
    """

    def __init__(
        self, settings: ReceiverSettings, folder: Path, on_received: Callable[[Path], None]
    ) -> None:
        self._settings = settings
        self._folder = folder
        self._on_received = on_received
        self._server: GuardedServer | None = None
        self._room = threading.Lock()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
        /,
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Listen. PortInUse, StorageError or SettingsError say why it cannot."""
        if self._server is not None:
            return
        settings = self._settings
        tls = None if settings.tls is None else settings.tls.context()
        server = self._listening(tls)  # first: a port that is taken must leave no folder behind
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            sweep(self._folder)
        except OSError as error:
            server.server_close()
            raise StorageError(
                f"The receiver's folder cannot be used ({error.strerror}). Choose another."
            ) from error
        server.folder, server.largest = self._folder, settings.largest
        server.most_connections = 2 * settings.associations + 2
        server.longest_s = settings.silence
        threading.Thread(
            target=server.serve_forever, args=(0.1,), name="senoscope-receiver", daemon=True
        ).start()
        self._server = server

    def stop(self, grace_s: float = 30.0) -> None:
        """Take no more connections; those that send may finish, for as long as `grace_s`."""
        server, self._server = self._server, None
        if server is None:
            return
        server.shutdown()
        until = time.monotonic() + grace_s
        while server.active_associations and time.monotonic() < until:
            time.sleep(0.02)
        for association in server.active_associations:
            association.abort()
        sweep(self._folder)

    def _listening(self, tls: ssl.SSLContext | None) -> GuardedServer:
        settings = self._settings
        entity = AE(ae_title=settings.ae)
        entity.require_called_aet = True
        entity.require_calling_aet = list(settings.callers)
        entity.maximum_associations = settings.associations
        entity.maximum_pdu_size = OUR_LARGEST_PDU
        entity.network_timeout = entity.acse_timeout = entity.dimse_timeout = settings.silence
        entity.add_supported_context("1.2.840.10008.1.1", list(TRANSFER_SYNTAXES[:2]))
        for each in STORAGE_CLASSES:
            entity.add_supported_context(each, list(TRANSFER_SYNTAXES))
        try:
            return GuardedServer(
                entity,
                (settings.host, settings.port),
                settings.ae,
                entity.supported_contexts,
                tls,
                [(evt.EVT_C_STORE, self._stored), (evt.EVT_CONN_CLOSE, _closed)],
                GuardedHandler,
            )
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise PortInUse(
                    f"Port {settings.port} is taken by another program. Choose another, or end it."
                ) from error
            raise InstallationError(
                f"The receiver cannot listen on {settings.host}:{settings.port} "
                f"({error.strerror}). Choose an address of this machine and a port above 1023."
            ) from error

    def _stored(self, event: evt.Event) -> int:
        """The answer to C-STORE."""
        file = getattr(event.request, "DataSet", None)
        if not isinstance(file, ReceivedFile):
            return NOT_UNDERSTOOD
        try:
            kept = self._kept(file)
        except PacsRefused:
            file.drop()
            return WRONG_DATA
        except (OSError, PacsUnavailable) as error:
            file.drop()
            log.warning("an object was not kept: %s", error)
            return OUT_OF_RESOURCES
        try:
            self._on_received(kept)
        except SenoscopeError as error:
            log.warning("a received object waits in its folder: %s", error)
        return SUCCESS

    def _kept(self, file: ReceivedFile) -> Path:
        """OSError where there is no room; PacsRefused where it is not what was announced."""
        file.flushed()
        read_sendable(file.partial)
        with self._room:
            self._require_room()
            return file.keep()

    def _require_room(self) -> None:
        settings = self._settings
        if kept_in(self._folder, settings.most_kept) >= settings.most_kept:
            raise OSError(f"{settings.most_kept} received objects wait already")
        if shutil.disk_usage(self._folder).free < settings.least_free:
            raise OSError("the disk is nearly full")


def _closed(event: evt.Event) -> None:
    if isinstance(event.assoc.dimse, SpoolingDimse):
        event.assoc.dimse.drop()
