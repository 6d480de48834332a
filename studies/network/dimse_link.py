"""One association to a PACS: opened, asked and closed within deadlines."""

from __future__ import annotations

import queue
import socket
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from pydicom.uid import UID

from senoscope.studies.network.destinations import DimseDestination
from senoscope.studies.network.failures import PacsRefused, PacsUnavailable
from senoscope.studies.network.pynetdicom_rules import AE, Association, evt

MOST_CONTEXTS = 128
"""Presentation contexts of one association (PS3.8 9.3.2.2: odd numbers below 256)."""
LARGEST_PDU = 131_072
QUEUED_PDUS = 32
"""That wait to be sent: pynetdicom would queue the whole file."""
_REJECTED: dict[tuple[int | None, ...], str] = {
    (1, 1, 2): "it does not know DICOM's application context",
    (1, 1, 3): "it does not know our AE title; have it entered there",
    (1, 1, 7): "it has another AE title; correct it in the settings",
    (2, 3, 1): "it is busy",
    (2, 3, 2): "it has as many connections as it takes",
}
"""By result, source and reason of A-ASSOCIATE-RJ (PS3.8 9.3.4)."""


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Seconds. `connect`: for TCP and TLS. `answer`: after a question, or while nothing moves."""

    connect: float = 10.0
    answer: float = 60.0


USUAL = Deadlines()


class _Outgoing(queue.Queue[Any]):
    """Waits for room as long as there is a connection: else `queue.Full`."""

    def __init__(self, association: Association, longest_s: float) -> None:
        super().__init__(QUEUED_PDUS)
        self._association = association
        self._longest_s = longest_s

    def put(self, item: Any, block: bool = True, timeout: float | None = None) -> None:  # noqa: ARG002
        until = time.monotonic() + self._longest_s
        while True:
            try:
                super().put(item, block, 0.1)
                return
            except queue.Full:
                if time.monotonic() > until or not self._association.dul.is_alive():
                    raise


@contextmanager
def linked(
    destination: DimseDestination,
    contexts: Iterable[tuple[UID, UID]],
    deadlines: Deadlines = USUAL,
) -> Iterator[Association]:
    """An association that offers each SOP class in each transfer syntax; released at the end.

    PacsUnavailable where it does not come about, PacsRefused where no context was accepted.
    """
    entity = AE(ae_title=destination.calling_ae)
    entity.connection_timeout = deadlines.connect
    entity.acse_timeout = entity.dimse_timeout = deadlines.answer
    entity.network_timeout = deadlines.answer
    for sop_class, syntax in contexts:
        entity.add_requested_context(sop_class, syntax)
    association = _opened(entity, destination, deadlines)
    try:
        yield association
    finally:
        if association.is_established:
            association.release()


def cut(association: Association) -> None:
    """End it without a word: the other side takes none."""
    wire = association.dul.socket
    if wire is not None:
        wire.close()
    association.kill()


def _opened(entity: AE, destination: DimseDestination, deadlines: Deadlines) -> Association:
    tls = destination.tls
    connected: list[object] = []
    try:
        association = entity.associate(
            destination.host,
            destination.port,
            ae_title=destination.called_ae,
            max_pdu=LARGEST_PDU,
            tls_args=None if tls is None else (tls.context(), destination.host),
            evt_handlers=[(evt.EVT_CONN_OPEN, connected.append)],
        )
    except OSError as error:  # the name of the host is looked up here
        raise PacsUnavailable(
            f"{destination.place} cannot be reached ({error.strerror}). Check the host's name and "
            "the network."
        ) from None
    if association.is_established:
        wire = association.dul.socket
        if wire is not None and wire.socket is not None:
            # pynetdicom leaves it without: a peer that reads no more would hold the thread.
            wire.socket.settimeout(deadlines.answer)
            # Else the last piece of each file waits 40 ms for the peer to acknowledge the others.
            wire.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        association.dul.to_provider_queue = _Outgoing(association, 2 * deadlines.answer)
        return association
    raise _not_opened(association, destination, bool(connected))


def _not_opened(
    association: Association, destination: DimseDestination, connected: bool
) -> PacsUnavailable | PacsRefused:
    place = destination.place
    if association.is_rejected:
        answer = association.acceptor.primitive
        key = (answer.result, answer.result_source, answer.diagnostic) if answer else ()
        reason = _REJECTED.get(key, "it gave no reason that is known")
        return PacsUnavailable(f"{place} refused the association: {reason}.")
    if association.rejected_contexts:
        return PacsRefused(
            f"{place} takes none of what was offered: neither these kinds of object nor their "
            "transfer syntaxes."
        )
    if connected:
        return PacsUnavailable(
            f"{place} took the connection and did not answer as DICOM does. Check the port, and "
            "whether it expects encryption."
        )
    encrypted = "" if destination.tls is None else ", or does not agree on encryption"
    return PacsUnavailable(
        f"Nothing answers for {place}{encrypted}. Check host, port and network, and that it runs."
    )
