"""OpenVINO on the processor, one thread a network: two threads on one cost 25 to 40 % more."""

from __future__ import annotations

from importlib.metadata import version

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


def is_available() -> str | None:
    """None when this back end can load networks, else the reason and the remedy."""
    return _missing


def load(onnx: bytes, threads: int = 1) -> LoadedEngine:
    """An engine for the ONNX model in `onnx`. EngineUnavailable where it cannot be compiled."""
    if _missing is not None:
        raise EngineUnavailable(_missing)
    try:
        core = openvino.Core()
        compiled = core.compile_model(
            core.read_model(model=onnx),
            "CPU",
            {
                "INFERENCE_NUM_THREADS": threads,
                "NUM_STREAMS": 1,
                # What is not int8 stays fp32, so that figures do not hang on the processor.
                "INFERENCE_PRECISION_HINT": "f32",
            },
        )
        return OpenVinoEngine(compiled)
    except RuntimeError as error:
        reason = " ".join(str(error).split()).rstrip(".")
        raise EngineUnavailable(
            f"{NAME} {version('openvino')} refused the model: {reason}. "
            "Reinstall Senoscope, or report this with `senoscope doctor --bundle FILE`."
        ) from error


class OpenVinoEngine:
    """A compiled network and its one request, reused for every frame."""

    name = NAME

    def __init__(self, compiled: openvino.CompiledModel) -> None:
        self._request = compiled.create_infer_request()
        self.input_shape = tuple(compiled.input(0).shape)
        self._outputs = {port.get_any_name(): port for port in compiled.outputs}

    def run(self, picture: NDArray[np.float32]) -> Tensors:
        """(1, 1, rows, columns) in, outputs by name out. Valid until the next call."""
        self._request.infer([picture], share_inputs=True, share_outputs=True)
        return {name: self._request.get_tensor(port).data for name, port in self._outputs.items()}
