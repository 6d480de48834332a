"""OpenVINO on the processor, one thread a network: two threads on one cost 25 to 40 % more."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.metadata import version
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import EngineUnavailable
from senoscope.models.engines.base import LoadedEngine, Tensors

try:
    import openvino
except ImportError as error:
    _missing: str | None = f"OpenVINO cannot be imported ({error}). Run: pip install openvino"
else:
    _missing = None

NAME = "OpenVINO"
LIMIT = "ONEDNN_MAX_CPU_ISA"
"""Read by its oneDNN when it is loaded: a process of its own can be held to less."""
SETTINGS: Mapping[str, str] = {
    "INFERENCE_NUM_THREADS": "1",
    "NUM_STREAMS": "1",
    "INFERENCE_PRECISION_HINT": "f32",
    # Else every network of every process is held to the same first core.
    "ENABLE_CPU_PINNING": "NO",
}
"""How every network is compiled, here and on a server."""
_WITH_BFLOAT16 = ("ALL", "DEFAULT", "BF16", "FP16", "AMX")


def is_available() -> str | None:
    """None when this back end can load networks, else the reason and the remedy."""
    return _missing


def has_bfloat16() -> bool:
    """Whether this processor multiplies bfloat16 itself, and is not held to less.

    OpenVINO's list of capabilities does not know of LIMIT: what it lists cannot be compiled then.
    """
    if not any(each in os.environ.get(LIMIT, "ALL").upper() for each in _WITH_BFLOAT16):
        return False
    return "BF16" in openvino_core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")


class Ports(NamedTuple):
    """What a network takes, and the shapes of what it gives, by name."""

    input_name: str
    input_shape: tuple[int, ...]
    outputs: dict[str, tuple[int, ...]]


def ports_of(onnx: bytes) -> Ports:
    """Of the ONNX model in `onnx`, without compiling it. EngineUnavailable where it has others."""
    if _missing is not None:
        raise EngineUnavailable(_missing)
    try:
        model = openvino_core().read_model(model=onnx)
        (taken,) = model.inputs
        outputs = {port.get_any_name(): tuple(port.shape) for port in model.outputs}
        return Ports(taken.get_any_name(), tuple(taken.shape), outputs)
    except (RuntimeError, ValueError) as error:
        reason = " ".join(str(error).split()).rstrip(".")
        raise EngineUnavailable(
            f"The network is not one of fixed shapes with one input ({reason}). Reinstall "
            "Senoscope."
        ) from error


def load(onnx: bytes, hint: str = "f32") -> LoadedEngine:
    """An engine for the ONNX model in `onnx`. EngineUnavailable where it cannot be compiled.

    `hint` is what is not int8 may be narrowed to. "f32" keeps it, so that figures do not hang on
    the processor.
    """
    if _missing is not None:
        raise EngineUnavailable(_missing)
    try:
        core = openvino_core()
        model = core.read_model(model=onnx)
        settings = {**SETTINGS, "INFERENCE_PRECISION_HINT": hint}
        compiled = core.compile_model(model, "CPU", settings)
        return OpenVinoEngine(
            NAME if hint == "f32" else f"{NAME} {hint}",
            compiled,
            [port.get_any_name() for port in model.outputs],
        )
    except RuntimeError as error:
        reason = " ".join(str(error).split()).rstrip(".")
        raise EngineUnavailable(
            f"{NAME} {version('openvino')} refused the model: {reason}. "
            "Reinstall Senoscope, or report this with `senoscope doctor --bundle FILE`."
        ) from error


@cache
def openvino_core() -> openvino.Core:
    """One for the process, and never freed.

    Each gives its thread a stack for signals, and takes it back when it goes. Of two, the one that
    goes last gives back the other's, which is no more: the next Ctrl-C would end the process with a
    segmentation fault.
    """
    return openvino.Core()


class OpenVinoEngine:
    """A compiled network and its one request, reused for every frame."""

    def __init__(self, name: str, compiled: openvino.CompiledModel, outputs: Sequence[str]) -> None:
        """`outputs` are the model's own names: a compiled one has others beside them."""
        self.name = name
        self._request = compiled.create_infer_request()
        self.input_shape = tuple(compiled.input(0).shape)
        self._outputs = dict(zip(outputs, compiled.outputs, strict=True))

    def run(self, picture: NDArray[np.float32]) -> Tensors:
        """(1, 1, rows, columns) in, outputs by name out. Valid until the next call."""
        self._request.infer([picture], share_inputs=True, share_outputs=True)
        return {name: self._request.get_tensor(port).data for name, port in self._outputs.items()}
