"""A server of the Open Inference Protocol v2: real gRPC, real networks, and faults on demand."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Mapping
from concurrent import futures
from typing import Any, NamedTuple, Self

import numpy as np
import pytest

from senoscope.models.engines import openvino
from senoscope.models.engines.base import LoadedEngine
from senoscope.models.engines.openvino import Ports, ports_of
from senoscope.models.engines.served_name import served_name
from senoscope.models.package import CLASSIFIER, SEGMENTER, Precision, load_package
from tests.ui.certificates import Made

_REASON = "needs a client: pip install 'senoscope[remote]'"
grpc = pytest.importorskip("grpc", reason=_REASON)
pb = pytest.importorskip("tritonclient.grpc.service_pb2", reason=_REASON)
stubs = pytest.importorskip("tritonclient.grpc.service_pb2_grpc", reason=_REASON)

STOP_LIMIT_S = 5.0


class Served(NamedTuple):
    """A network and what it is served as."""

    engine: LoadedEngine
    ports: Ports


def shipped(*precisions: Precision) -> dict[str, Served]:
    """Both shipped networks, by the names they are served under."""
    return {
        served_name(onnx): Served(openvino.load(onnx), ports_of(onnx))
        for precision in precisions
        for folder in (SEGMENTER, CLASSIFIER)
        for onnx in (load_package(folder).weights(precision),)
    }


class FakeInferenceServer:
    """Serves `networks` on a free port that stays its own while it is down. Also a context manager.

    What a test sets takes hold at the next call: `delay_s` before an answer; `spoil`, what becomes
    of it; `describe`, what becomes of a network's metadata; `token`, what is asked for; `ready`,
    and `unready`, names of networks that are not; what it says of itself.
    """

    def __init__(
        self, networks: Mapping[str, Served], tls: Made | None = None, client: Made | None = None
    ) -> None:
        """`client`: whoever connects must show a certificate of its authority."""
        self.networks = dict(networks)
        self.delay_s = 0.0
        self.ready = True
        self.token = ""
        self.unready: set[str] = set()
        self.name, self.version = "fake", "1.0"
        self.platform = "openvino"
        self.spoil: Callable[[Any], Any] = lambda answer: answer
        self.describe: Callable[[Any], Any] = lambda metadata: metadata
        self.infers = 0
        self._tls, self._client = tls, client
        # Bound and never listening: nobody else is given the port between two starts.
        self._held = socket.socket()
        self._held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        self._held.bind(("127.0.0.1", 0))
        self.port: int = self._held.getsockname()[1]
        self.address = f"127.0.0.1:{self.port}"
        self._server: Any = None
        self._one_at_a_time = threading.Lock()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        self._held.close()

    def start(self) -> None:
        workers = futures.ThreadPoolExecutor(8)
        self._server = grpc.server(workers, options=[("grpc.so_reuseport", 1)])
        stubs.add_GRPCInferenceServiceServicer_to_server(_Service(self), self._server)
        if self._tls is None:
            self._server.add_insecure_port(self.address)
        else:
            self._server.add_secure_port(self.address, self._credentials(self._tls))
        self._server.start()

    def kill(self) -> None:
        """Cut every connection now."""
        if self._server is not None:
            assert self._server.stop(0).wait(STOP_LIMIT_S)
            self._server = None

    def _credentials(self, tls: Made) -> Any:
        pair = (tls.key.read_bytes(), tls.certificate.read_bytes())
        trusted = None if self._client is None else self._client.authority.read_bytes()
        return grpc.ssl_server_credentials([pair], trusted, trusted is not None)

    def infer(self, request: Any) -> Any:
        self.infers += 1
        served = self.networks[request.model_name]
        picture = np.frombuffer(request.raw_input_contents[0], "<f4")
        # One processor's worth, as a small server has.
        with self._one_at_a_time:
            found = served.engine.run(picture.reshape(served.ports.input_shape))
            answer = pb.ModelInferResponse(model_name=request.model_name, model_version="1")
            for name, tensor in found.items():
                answer.outputs.add(name=name, datatype="FP32", shape=tensor.shape)
                answer.raw_output_contents.append(tensor.astype("<f4").tobytes())
        time.sleep(self.delay_s)
        return self.spoil(answer)

    def metadata(self, name: str) -> Any:
        _, ports = self.networks[name]
        found = pb.ModelMetadataResponse(name=name, versions=["1"], platform=self.platform)
        found.inputs.add(name=ports.input_name, datatype="FP32", shape=ports.input_shape)
        for each, shape in ports.outputs.items():
            found.outputs.add(name=each, datatype="FP32", shape=shape)
        return self.describe(found)


class _Service(stubs.GRPCInferenceServiceServicer):  # type: ignore[misc, name-defined]
    """The calls of the protocol, by the names that it gives them."""

    def __init__(self, server: FakeInferenceServer) -> None:
        self._server = server

    def _admit(self, context: Any) -> None:
        given = dict(context.invocation_metadata()).get("authorization", "")
        if self._server.token and given != f"Bearer {self._server.token}":
            context.abort(grpc.StatusCode.UNAUTHENTICATED, "token missing or wrong")

    def _known(self, name: str, context: Any) -> None:
        self._admit(context)
        if name not in self._server.networks:
            context.abort(grpc.StatusCode.NOT_FOUND, f"no model {name}")

    def ServerReady(self, request: Any, context: Any) -> Any:  # noqa: N802
        self._admit(context)
        return pb.ServerReadyResponse(ready=self._server.ready)

    def ServerMetadata(self, request: Any, context: Any) -> Any:  # noqa: N802
        self._admit(context)
        return pb.ServerMetadataResponse(name=self._server.name, version=self._server.version)

    def ModelReady(self, request: Any, context: Any) -> Any:  # noqa: N802
        self._known(request.name, context)
        return pb.ModelReadyResponse(ready=request.name not in self._server.unready)

    def ModelMetadata(self, request: Any, context: Any) -> Any:  # noqa: N802
        self._known(request.name, context)
        return self._server.metadata(request.name)

    def ModelInfer(self, request: Any, context: Any) -> Any:  # noqa: N802
        self._known(request.model_name, context)
        return self._server.infer(request)
