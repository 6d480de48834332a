"""An inference server, asked by the Open Inference Protocol v2 over gRPC.

Triton, OpenVINO Model Server, MLServer and KServe answer it. A network is asked for by the name
that its weights give it, so that a server with other weights has no such network.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import EngineUnavailable, SettingsError
from senoscope.models.engines.base import LoadedEngine, Tensors
from senoscope.models.engines.openvino import Ports, ports_of
from senoscope.models.engines.remote_answer import checked, why_unlike
from senoscope.models.engines.remote_refusal import in_words, short
from senoscope.models.engines.served_name import served_name
from senoscope.models.engines.server_address import is_loopback, parts_of

if TYPE_CHECKING:
    from tritonclient.grpc import InferenceServerClient

NAME = "Server"
ASK_LIMIT_S = 3.0
"""To be connected to, and to say what it is."""
FIRST_LIMIT_S = 10.0
"""To run a network for the first time: some servers make ready only then."""
UNKNOWN = ("NOT_FOUND", "INVALID_ARGUMENT")
"""How servers say that they have no such network."""
SMALL = 65_536
"""Bytes an answer may hold beside its tensors."""
LONGEST_TOKEN = 16_384


@dataclass(frozen=True, slots=True)
class RemoteServer:
    """Where a server is and how it is asked. SettingsError says what cannot be.

    `address` is HOST:PORT. With `ca_file` the connection is encrypted, and the server must show a
    certificate of it; `certificate_file` and `key_file` are what it is shown. `token_file` holds a
    bearer token. After `deadline_ms` an answer is late. `expected` is the name and version that the
    server must say it has, "" any.
    """

    address: str
    ca_file: Path | None = None
    certificate_file: Path | None = None
    key_file: Path | None = None
    token_file: Path | None = None
    deadline_ms: float = 100.0
    expected: str = ""

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


def is_available() -> str | None:
    """None when a server can be asked, else the reason and the remedy."""
    for module in ("tritonclient", "grpc", "google.protobuf"):
        try:
            found = find_spec(module)
        except ModuleNotFoundError:
            found = None
        if found is None:
            return f"{module} is not installed. Run: pip install 'senoscope[remote]'"
    return None


def load(onnx: bytes, server: RemoteServer) -> LoadedEngine:
    """The server's own network of the weights in `onnx`. EngineUnavailable says why it has none."""
    name, ports = served_name(onnx), ports_of(onnx)
    largest = SMALL + 4 * sum(int(np.prod(shape)) for shape in ports.outputs.values())
    asked = Asked(server, largest)
    said = asked.identity()
    if server.expected not in ("", said):
        raise EngineUnavailable(
            f"The inference server {server.address} is {said}; it was tried as {server.expected}. "
            "Run `senoscope engines --again`, then start Senoscope anew."
        )
    if not asked.has(name):
        raise EngineUnavailable(
            f"The inference server {server.address} has no network {name}. Export the networks "
            "with `senoscope models export --layout triton DIR`, and give it that folder."
        )
    metadata = asked.call("get_model_metadata", ASK_LIMIT_S, name)
    reason = why_unlike(metadata, ports)
    if reason is not None:
        raise EngineUnavailable(
            f"The network {name} of the inference server {server.address} {reason}. Export it "
            "again with `senoscope models export --layout triton DIR`."
        )
    engine = RemoteEngine(asked, name, ports)
    engine.run(np.zeros(ports.input_shape, np.float32), FIRST_LIMIT_S)
    return engine


def identity(server: RemoteServer) -> str:
    """What the server says it is: "triton 2.51.0". EngineUnavailable where it cannot be asked."""
    return Asked(server, SMALL).identity()


class Asked:
    """A connection to a server. What goes wrong is an EngineUnavailable, without the token."""

    def __init__(self, server: RemoteServer, largest: int) -> None:
        """`largest` bytes an answer may have."""
        reason = is_available()
        if reason is not None:
            raise EngineUnavailable(reason)
        # Read when its library starts. What goes wrong is raised; its log would hold it again.
        os.environ.setdefault("GRPC_VERBOSITY", "NONE")
        # A second to import, which only who asks a server need wait for.
        from tritonclient.grpc import InferenceServerClient  # noqa: PLC0415

        self.server = server
        self._headers = _headers(server)
        options = [
            ("grpc.max_receive_message_length", largest),
            ("grpc.max_send_message_length", -1),
            ("grpc.max_metadata_size", SMALL),
            # A frame has no time for a second try, and a new connection is to be a new one.
            ("grpc.enable_retries", 0),
            ("grpc.use_local_subchannel_pool", 1),
            # A proxy of the environment is for the web.
            ("grpc.enable_http_proxy", 0),
        ]
        self._client: InferenceServerClient = InferenceServerClient(
            server.address,
            channel_args=options,
            **_tls(server),
        )

    def call(
        self, what: str, limit_s: float, *about: Any, no: tuple[str, ...] = (), **more: Any
    ) -> Any:
        """The client's method `what`; None where the server says that there is `no` such thing."""
        from tritonclient.utils import InferenceServerException  # noqa: PLC0415

        try:
            return getattr(self._client, what)(
                *about, headers=self._headers, client_timeout=limit_s, **more
            )
        except InferenceServerException as error:
            code, said = str(error.status() or "").removeprefix("StatusCode."), error.message()
            if code in no:
                return None
            with_token = self.server.token_file is not None
            raise EngineUnavailable(
                in_words(self.server.address, with_token, code, str(said), limit_s)
            ) from None

    def identity(self) -> str:
        """Name and version, after it said that it is ready."""
        if not self.call("is_server_ready", ASK_LIMIT_S):
            raise EngineUnavailable(
                f"The inference server {self.server.address} is not ready yet. Wait, or see its "
                "log."
            )
        found = self.call("get_server_metadata", ASK_LIMIT_S)
        return short(f"{found.name} {found.version}")

    def has(self, name: str) -> bool:
        """Whether it has a network of that name, ready to be run."""
        return bool(self.call("is_model_ready", ASK_LIMIT_S, name, no=UNKNOWN))


def _headers(server: RemoteServer) -> dict[str, str]:
    if server.token_file is None:
        return {}
    token = _read(server.token_file, "token_file").strip()
    if not re.fullmatch(rb"[!-~]{1,%d}" % LONGEST_TOKEN, token):
        raise EngineUnavailable(
            f"The token_file {server.token_file} does not hold a token: one line of letters, "
            "digits and signs."
        )
    return {"authorization": f"Bearer {token.decode('ascii')}"}


def _tls(server: RemoteServer) -> dict[str, Any]:
    """What the client wants to be told."""
    files = {
        "root_certificates": ("ca_file", server.ca_file),
        "certificate_chain": ("certificate_file", server.certificate_file),
        "private_key": ("key_file", server.key_file),
    }
    given = {asked: (name, path) for asked, (name, path) in files.items() if path is not None}
    for name, path in given.values():
        _read(path, name)
    return {"ssl": server.ca_file is not None} | {k: str(path) for k, (_, path) in given.items()}


def _read(path: Path, name: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise EngineUnavailable(
            f"The {name} {path} cannot be read: {error.strerror}. Mend the inference server's "
            "settings."
        ) from error


class RemoteEngine:
    """One network of a server."""

    def __init__(self, asked: Asked, name: str, ports: Ports) -> None:
        from tritonclient.grpc import InferInput, InferRequestedOutput  # noqa: PLC0415

        self.name = NAME
        self.input_shape = ports.input_shape
        self._asked, self._served, self._ports = asked, name, ports
        self._input = InferInput(ports.input_name, list(ports.input_shape), "FP32")
        self._wanted = [InferRequestedOutput(each) for each in ports.outputs]

    def run(self, picture: NDArray[np.float32], limit_s: float | None = None) -> Tensors:
        """(crops, 1, rows, columns) in, outputs by name out. Valid for ever, not to be changed.

        EngineUnavailable where the answer is late, lost or of no use; `limit_s` is the deadline's
        unless given.
        """
        if picture.shape != self.input_shape:
            raise EngineUnavailable(
                f"A picture of {picture.shape} was given; expected {self.input_shape}."
            )
        self._input.set_data_from_numpy(picture)
        server = self._asked.server
        found = self._asked.call(
            "infer",
            server.deadline_ms / 1e3 if limit_s is None else limit_s,
            self._served,
            [self._input],
            outputs=self._wanted,
        )
        try:
            return checked(found.get_response(), self._ports.outputs)
        except ValueError as error:
            raise EngineUnavailable(
                f"The inference server {server.address} answered with {error}. See its log, and "
                "run `senoscope engines --again`."
            ) from None
