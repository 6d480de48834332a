"""pynetdicom's server, with bounds on what a stranger can make it do before and while it listens.

By itself it takes PDUs of up to 4 GB into memory, waits for ever for the rest of one, holds up
everyone during one peer's TLS handshake, and starts a thread for each connection.
"""

from __future__ import annotations

import logging
import ssl
import sys
import threading
import time
from pathlib import Path
from socketserver import TCPServer
from typing import Any

from pydicom.dataset import FileMetaDataset
from pydicom.uid import UID
from pynetdicom.dimse import DIMSEServiceProvider
from pynetdicom.dimse_messages import DIMSEMessage
from pynetdicom.dimse_primitives import C_STORE
from pynetdicom.dsutils import create_file_meta
from pynetdicom.fsm import InvalidEventError, StateMachine
from pynetdicom.pdu_primitives import P_DATA
from pynetdicom.transport import AssociationSocket, RequestHandler, ThreadedAssociationServer

from senoscope.studies.network.pynetdicom_rules import Association
from senoscope.studies.network.received_file import ReceivedFile
from senoscope.studies.pixels.cine_frames import DAMAGE

log = logging.getLogger(__name__)

LARGEST_PDU = 2**20
"""Bytes. We announce less; a request for 128 presentation contexts has some 100 kB."""
LARGEST_COMMAND = 2**16
C_STORE_REQUEST = 0x0001
MOST_UNANSWERED = 2
"""Messages that wait: more than one is only sent by who does not wait for answers."""


class BoundedSocket(AssociationSocket):
    """Reads one PDU's bytes within `longest_s`, and no PDU that is too large."""

    def __init__(self, plain: AssociationSocket, longest_s: float) -> None:
        # Not by its own making, which would announce the connection a second time.
        self.__dict__.update(plain.__dict__)
        self._longest_s = longest_s

    def recv(self, nr_bytes: int) -> bytearray:
        """OSError where it is too large or too late; fewer bytes where the peer has gone."""
        if nr_bytes > LARGEST_PDU:
            raise OSError("the PDU is too large")
        gathered = bytearray()
        until = time.monotonic() + self._longest_s
        while self.socket is not None and len(gathered) < nr_bytes:
            left = until - time.monotonic()
            if left <= 0:
                raise TimeoutError
            self.socket.settimeout(left)
            piece = self.socket.recv(min(65536, nr_bytes - len(gathered)))
            if not piece:
                break
            gathered += piece
        if self.socket is not None:
            self.socket.settimeout(self._longest_s)
        return gathered


class SpoolingDimse(DIMSEServiceProvider):
    """Gathers a data set on the disk instead of in memory."""

    def __init__(self, association: Association, folder: Path, largest: int) -> None:
        super().__init__(association)
        self._folder = folder
        self._largest = largest
        self._command_left = LARGEST_COMMAND
        self._file: ReceivedFile | None = None

    def receive_primitive(self, primitive: P_DATA) -> None:
        """The next pieces of a message. One that cannot be a message ends the association."""
        if self.message is None:
            self.message = message = DIMSEMessage()
            self._command_left = LARGEST_COMMAND
            self._file = ReceivedFile(self._folder, self._largest, lambda: self._meta(message))
            message.data_set = self._file
        for _, content in primitive.presentation_data_value_list:
            if content[:1] and content[0] & 1:
                self._command_left -= len(content)
        try:
            if self._command_left < 0 or self.msg_queue.qsize() >= MOST_UNANSWERED:
                raise ValueError
            super().receive_primitive(primitive)
            if self.message is None:
                self._file = None  # it belongs to whoever answers the message
        except (*DAMAGE, NotImplementedError):
            self.drop()
            self.dul.event_queue.put("Evt19")  # an invalid PDU: A-ABORT

    def drop(self) -> None:
        """Nothing is left of files that nobody answers any more."""
        if self._file is not None:
            self._file.drop()
        for _, message in tuple(self.msg_queue.queue):
            if isinstance(message, C_STORE) and isinstance(message.DataSet, ReceivedFile):
                message.DataSet.drop()

    def _meta(self, message: DIMSEMessage) -> FileMetaDataset | None:
        """Of the file, from the command that came before its data set."""
        command = message.command_set
        context = next(
            (
                each
                for each in self.assoc.accepted_contexts
                if each.context_id == message.context_id
            ),
            None,
        )
        if context is None or command.get("CommandField") != C_STORE_REQUEST:
            return None
        return create_file_meta(
            sop_class_uid=UID(str(command.AffectedSOPClassUID)),
            sop_instance_uid=UID(str(command.AffectedSOPInstanceUID)),
            transfer_syntax=context.transfer_syntax[0],
        )


class GuardedMachine(StateMachine):
    """Ends the connection at what a peer sends out of turn; pynetdicom's thread would die of it."""

    def do_action(self, event: str) -> None:
        """The next state, or the end."""
        try:
            super().do_action(event)
        except (InvalidEventError, *DAMAGE) as error:
            log.info("a connection was ended: %s", type(error).__name__)
            if self.dul.socket is not None:
                self.dul.socket.close()
            self.dul.kill_dul()
            dimse = self.dul.assoc.dimse
            if isinstance(dimse, SpoolingDimse):
                dimse.drop()


class GuardedHandler(RequestHandler):
    """One connection, in its own thread."""

    server: GuardedServer

    def handle(self) -> None:
        """TLS first, which may take its time here without holding up anyone."""
        self.request.settimeout(self.server.longest_s)
        if isinstance(self.request, ssl.SSLSocket):
            self.request.do_handshake()
        super().handle()

    def _create_association(self) -> Association:
        association = super()._create_association()
        plain = association.dul.socket
        assert plain is not None
        association.dul.state_machine = GuardedMachine(association.dul)
        association.dul.socket = BoundedSocket(plain, self.server.longest_s)
        association.dimse = SpoolingDimse(association, self.server.folder, self.server.largest)
        return association


class GuardedServer(ThreadedAssociationServer):
    """See the module. What is declared here is set by its owner before it serves."""

    folder: Path
    largest: int
    most_connections: int
    longest_s: float
    daemon_threads = True
    _beginning = 0
    _counting = threading.Lock()

    def get_request(self) -> tuple[Any, Any]:
        """The handshake comes later: here it would hold up everyone else."""
        assert self.socket is not None
        client, address = self.socket.accept()
        client.settimeout(self.longest_s)
        if self.ssl_context is not None:
            client = self.ssl_context.wrap_socket(
                client, server_side=True, do_handshake_on_connect=False
            )
        return client, address

    def verify_request(self, _request: object, _address: object, /) -> bool:
        """Whether it may have a thread."""
        with self._counting:
            if self._beginning + len(self.active_associations) >= self.most_connections:
                return False
            self._beginning += 1
            return True

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """In a thread of the connection, until it is an association, which has its own."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            with self._counting:
                self._beginning -= 1

    def handle_error(self, _request: object, _address: object, /) -> None:
        """A connection that failed before it was an association; socketserver would print it."""
        kind = sys.exc_info()[0]
        if kind is not None and not issubclass(kind, OSError):  # of the network: not worth a line
            log.error("a connection could not be served: %s", kind.__name__)

    def shutdown(self) -> None:
        """Listen no more. Associations go on."""
        TCPServer.shutdown(self)
        self.server_close()
