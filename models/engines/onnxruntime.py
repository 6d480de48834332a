"""ONNX Runtime on the processor, one thread a network: slower than OpenVINO, runs anywhere."""

from __future__ import annotations

from importlib.metadata import version

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import EngineUnavailable
from senoscope.models.engines.base import LoadedEngine, Tensors

try:
    import onnxruntime
    from onnxruntime.capi import onnxruntime_pybind11_state as errors
except ImportError as error:
    _missing: str | None = (
        f"ONNX Runtime cannot be imported ({error}). Run: pip install 'senoscope[onnxruntime]'"
    )
else:
    _missing = None

NAME = "ONNX Runtime"
SILENT = 4
"""Of its five levels of log: what goes wrong is raised."""


def is_available() -> str | None:
    """None when this back end can load networks, else the reason and the remedy."""
    return _missing


def load(onnx: bytes) -> LoadedEngine:
    """An engine for the ONNX model in `onnx`. EngineUnavailable where it cannot be loaded."""
    if _missing is not None:
        raise EngineUnavailable(_missing)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = SILENT
    try:
        session = onnxruntime.InferenceSession(onnx, options, providers=["CPUExecutionProvider"])
    except (
        errors.Fail,
        errors.InvalidArgument,
        errors.InvalidGraph,
        errors.InvalidProtobuf,
        errors.NoModel,
        errors.NotImplemented,
        errors.RuntimeException,
    ) as error:
        reason = " ".join(str(error).split()).rstrip(".")
        raise EngineUnavailable(
            f"{NAME} {version('onnxruntime')} refused the model: {reason}. "
            "Reinstall Senoscope, or report this with `senoscope doctor --bundle FILE`."
        ) from error
    return OnnxRuntimeEngine(session)


class OnnxRuntimeEngine:
    """A loaded network."""

    name = NAME

    def __init__(self, session: onnxruntime.InferenceSession) -> None:
        self._session = session
        inputs = session.get_inputs()
        self.input_shape = tuple(inputs[0].shape) if len(inputs) == 1 else ()
        self._outputs = [output.name for output in session.get_outputs()]

    def run(self, picture: NDArray[np.float32]) -> Tensors:
        """(1, 1, rows, columns) in, outputs by name out. Valid for ever."""
        found = self._session.run(self._outputs, {"picture": picture})
        return dict(zip(self._outputs, found, strict=True))
