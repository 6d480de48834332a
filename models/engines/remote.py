"""An inference server, asked by the Open Inference Protocol v2 over gRPC.

Triton, OpenVINO Model Server, MLServer and KServe answer it. A network is asked for by the name
that its weights give it, so that a server with other weights has no such network.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from functools import partial
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import EngineUnavailable
from senoscope.models.engines.base import LoadedEngine, Tensors
from senoscope.models.engines.openvino import Ports, ports_of
from senoscope.models.engines.remote_answer import checked, why_unlike
from senoscope.models.engines.remote_refusal import Limit, in_words, short
from senoscope.models.engines.remote_server import RemoteServer, ServerState
from senoscope.models.engines.served_name import served_name

if TYPE_CHECKING:
    import grpc
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


def is_available() -> str | None:
    """None when a server can be asked, else the reason and the remedy."""
    # Read when its library starts. What goes wrong is raised; its log would hold it again.
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    try:
        # A second to import, which only who asks a server need wait for.
        import tritonclient.grpc  # noqa: F401, PLC0415
    # Where what it is made of is missing or does not fit, it and protobuf raise errors of any kind.
    except Exception as error:  # noqa: BLE001
        return f"tritonclient cannot be imported ({error}). Run: pip install 'senoscope[remote]'"
    return None


def load(onnx: bytes, server: RemoteServer) -> LoadedEngine:
    """The server's own network of the weights in `onnx`. EngineUnavailable says why it has none."""
    return opener(onnx, server)()


def opener(onnx: bytes, server: RemoteServer) -> Callable[[], LoadedEngine]:
    """What connects anew and gives what `load` does: the weights are looked at this once."""
    return partial(_opened, served_name(onnx), ports_of(onnx), server)


def _opened(name: str, ports: Ports, server: RemoteServer) -> LoadedEngine:
    largest = SMALL + 4 * sum(prod(shape) for shape in ports.outputs.values())
    asked = Asked(server, largest)
    identity = asked.identity()
    if not asked.has(name):
        raise EngineUnavailable(
            f"The inference server {server.address} has no network {name} that is ready. Export "
            "the networks with `senoscope models export --layout triton DIR`, and give it that "
            "folder; where it has it, see its log."
        )
    metadata = asked.metadata(name)
    if server.expected is not None:
        _require_same(server, identity, name, _platform(metadata), server.expected)
    reason = why_unlike(metadata, ports)
    if reason is not None:
        raise EngineUnavailable(
            f"The network {name} of the inference server {server.address} {reason}. Export it "
            "again with `senoscope models export --layout triton DIR`."
        )
    engine = RemoteEngine(asked, name, ports)
    engine.run(np.zeros(ports.input_shape, np.float32), FIRST_LIMIT_S)
    return engine


def _require_same(
    server: RemoteServer, identity: str, name: str, platform: str, expected: ServerState
) -> None:
    was = expected.platforms.get(name, "nothing")
    if (identity, platform) != (expected.identity, was):
        raise EngineUnavailable(
            f"The inference server {server.address} is {identity} and runs {name} by {platform}; "
            f"it was tried as {expected.identity} by {was}. Start Senoscope anew: it is then tried "
            "again."
        )


def state_of(server: RemoteServer, names: Iterable[str]) -> ServerState:
    """What it is, and has of the networks `names`. EngineUnavailable where it cannot be asked."""
    asked = Asked(server, SMALL)
    identity = asked.identity()
    ready = [name for name in names if asked.has(name)]
    return ServerState(identity, {name: _platform(asked.metadata(name)) for name in ready})


def _platform(metadata: Any) -> str:
    return short(metadata.platform) or "a platform without a name"


class Asked:
    """A connection to a server. What goes wrong is an EngineUnavailable, without the token."""

    def __init__(self, server: RemoteServer, largest: int) -> None:
        """`largest` bytes an answer may have."""
        reason = is_available()
        if reason is not None:
            raise EngineUnavailable(reason)
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
            # A name of the network whatever it looks like: gRPC takes "unix:8001" for a file.
            f"dns:///{server.address}",
            creds=_credentials(server),
            channel_args=options,
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
            limit = Limit(limit_s, limit_s == self.server.deadline_s)
            raise EngineUnavailable(
                in_words(self.server.address, with_token, code, str(said), limit)
            ) from None

    def identity(self) -> str:
        """Name and version, after it said that it is ready."""
        if not self.call("is_server_ready", ASK_LIMIT_S):
            raise EngineUnavailable(
                f"The inference server {self.server.address} is not ready yet. Wait, or see its "
                "log."
            )
        found = self.call("get_server_metadata", ASK_LIMIT_S)
        return short(f"{found.name} {found.version}") or "a server without a name"

    def has(self, name: str) -> bool:
        """Whether it has a network of that name, ready to be run."""
        return bool(self.call("is_model_ready", ASK_LIMIT_S, name, no=UNKNOWN))

    def metadata(self, name: str) -> Any:
        """What it says of its network of that name, a ModelMetadataResponse."""
        return self.call("get_model_metadata", ASK_LIMIT_S, name)


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


def _credentials(server: RemoteServer) -> grpc.ChannelCredentials | None:
    """None: in plain text."""
    import grpc  # noqa: PLC0415 - as above

    if server.ca_file is None:
        return None
    authority = _read(server.ca_file, "ca_file")
    if server.certificate_file is None or server.key_file is None:
        return grpc.ssl_channel_credentials(authority)
    key, certificate = server.key_file, server.certificate_file
    return grpc.ssl_channel_credentials(
        authority, _read(key, "key_file"), _read(certificate, "certificate_file")
    )


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
            server.deadline_s if limit_s is None else limit_s,
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
