"""The ways to run a network: a back end, and the precision of the weights it is given."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np

from senoscope.domain.errors import ModelPackageError, SettingsError
from senoscope.models.engines import onnxruntime, openvino, openvino_bf16, remote, tensorrt
from senoscope.models.engines.base import BackEnd, LoadedEngine
from senoscope.models.engines.falling import FallingEngine
from senoscope.models.engines.remote_server import RemoteServer
from senoscope.models.package import ModelPackage, Precision

BACK_ENDS: Mapping[str, BackEnd] = {
    "openvino": openvino,
    "openvino-bf16": openvino_bf16,
    "onnxruntime": onnxruntime,
    "tensorrt": tensorrt,
}


SERVER = "server"
"""The engine of a way that asks an inference server; it has no file of its own in BACK_ENDS."""


@dataclass(frozen=True, slots=True)
class Way:
    """A precision, and an engine: a key of BACK_ENDS, or SERVER with the `server` that is asked.

    One that asks a server falls to the network here where no answer comes in time, unless `alone`.
    """

    engine: str
    precision: Precision
    server: RemoteServer | None = None
    alone: bool = False

    @property
    def title(self) -> str:
        """What the page calls it: "OpenVINO int8"."""
        name = remote.NAME if self.server is not None else BACK_ENDS[self.engine].NAME
        return f"{name} {self.precision}"

    @property
    def key(self) -> str:
        """What a person types: "openvino-int8"."""
        return f"{self.engine}-{self.precision}"

    @property
    def fallback(self) -> Way | None:
        """What reads here where the server gives no answer in time; None of one without a server.

        A processor would compute fp16 weights in fp32 all the same.
        """
        if self.server is None or self.alone:
            return None
        return USUAL if self.precision is Precision.INT8 else REFERENCE

    @property
    def here(self) -> Way:
        """Itself, or of one that asks a server what reads in its place."""
        return self.fallback or self

    def why_not(self) -> str | None:
        """None where its library is at hand, else the reason and the remedy."""
        back_end = BACK_ENDS[self.engine] if self.server is None else remote
        return back_end.is_available()

    def load(self, package: ModelPackage) -> LoadedEngine:
        """`package`'s network, after one run. EngineUnavailable or ModelPackageError says why not.

        A file may hold another network than its card says.
        """
        onnx = package.weights(self.precision)
        opens: Callable[[], LoadedEngine]
        if self.server is None:
            opens = partial(BACK_ENDS[self.engine].load, onnx)
        else:
            opens = remote.opener(onnx, self.server)
        fitting = partial(self._fitting, package, opens)
        if self.fallback is None:
            return fitting()
        return FallingEngine(self.fallback.load(package), fitting, package.title)

    def _fitting(self, package: ModelPackage, opens: Callable[[], LoadedEngine]) -> LoadedEngine:
        """What `opens` gives, after one run."""
        engine = opens()
        taken, expected = engine.input_shape, package.input_shape
        given: dict[str, tuple[int, ...]] = {}
        if taken == expected:
            outputs = engine.run(np.zeros(expected, np.float32))
            given = {name: tensor.shape for name, tensor in outputs.items()}
            if package.output_shapes.items() <= given.items():
                return engine
        raise ModelPackageError(
            f"The {self.precision} network of {package.title} takes {taken} and gives {given}; its "
            f"card asks for {expected} and {dict(package.output_shapes)}. Do not use this package; "
            "reinstall Senoscope."
        )


REFERENCE = Way("openvino", Precision.FP32)
"""What others are compared with: installed everywhere, and what is not int8 stays fp32 in it."""
USUAL = Way("openvino", Precision.INT8)
WAYS = (
    REFERENCE,
    USUAL,
    Way("openvino-bf16", Precision.INT8),
    Way("openvino-bf16", Precision.FP32),
    Way("onnxruntime", Precision.INT8),
    Way("onnxruntime", Precision.FP32),
    *(Way("tensorrt", precision) for precision in Precision),
)
"""fp16 is for cards: a processor would compute in fp32 all the same."""


def ways_of(server: RemoteServer | None) -> tuple[Way, ...]:
    """Those that ask `server`; none without one."""
    if server is None:
        return ()
    return tuple(Way(SERVER, precision, server) for precision in Precision)


def way_from_text(text: str, server: RemoteServer | None = None) -> Way:
    """The way that is called `text`. SettingsError names those there are."""
    ways = (*WAYS, *ways_of(server))
    for way in ways:
        if way.key == text:
            return way
    if text in (f"{SERVER}-{precision}" for precision in Precision):
        raise SettingsError(
            f"The engine {text!r} was given, and the settings name no inference server. Name it in "
            'the settings\' file, as "inference_server": {"address": "HOST:PORT"}.'
        )
    raise SettingsError(
        f"The engine {text!r} is not known; expected auto, "
        f"{', '.join(way.key for way in ways[:-1])} or {ways[-1].key}."
    )
