"""What Triton's Python back end runs: one network, by OpenVINO, as our own engine runs it.

`senoscope models export --back-end python` copies this file beside each network. It needs
OpenVINO, NumPy and what Triton itself brings, and nothing of Senoscope.
"""

from __future__ import annotations

import ctypes
import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import openvino
from numpy.typing import NDArray

DIGITS = 16
"""Of the SHA-256 of the weights, at the end of the network's name."""
TAKEN = b"used_dltensor"
"""How the protocol has a capsule called whose memory another owns. Here, for it is not copied."""


class TritonPythonModel:
    """One instance of a network; Triton makes as many as its configuration says."""

    def initialize(self, args: Mapping[str, str]) -> None:
        """Compile `model.onnx` with the parameters of the configuration.

        ValueError where the weights are not those that the network is named by.
        """
        import triton_python_backend_utils  # noqa: PLC0415 - only a server has it

        self._triton: Any = triton_python_backend_utils
        settings = json.loads(args["model_config"])
        weights = Path(args["model_repository"], args["model_version"], "model.onnx").read_bytes()
        digest = hashlib.sha256(weights).hexdigest()
        if not settings["name"].endswith(digest[:DIGITS]):
            raise ValueError(
                f"model.onnx of {settings['name']} has the SHA-256 {digest}; expected the weights "
                "that the name was made of. Export the networks again."
            )
        core = openvino.Core()
        model = core.read_model(model=weights)
        self._batches = int(settings["max_batch_size"]) > 0
        self._input: str = settings["input"][0]["name"]
        self._outputs: list[str] = [each["name"] for each in settings["output"]]
        if self._batches:
            shape = model.inputs[0].partial_shape
            shape[0] = openvino.Dimension(1, int(settings["max_batch_size"]))
            model.reshape({self._input: shape})
        parameters = settings["parameters"]
        compiled = core.compile_model(
            model, "CPU", {name: value["string_value"] for name, value in parameters.items()}
        )
        self._request = compiled.create_infer_request()

    def execute(self, requests: Sequence[Any]) -> list[Any]:
        """An answer for each request, in their order."""
        pictures = [self._picture(request) for request in requests]
        if not self._batches:
            return [self._answer(self._run(picture)) for picture in pictures]
        together = self._run(np.concatenate(pictures))
        ends = np.cumsum([len(picture) for picture in pictures])[:-1]
        parts = {name: np.split(values, ends) for name, values in together.items()}
        return [
            self._answer({name: values[place].copy() for name, values in parts.items()})
            for place in range(len(pictures))
        ]

    def _run(self, picture: NDArray[np.float32]) -> dict[str, NDArray[np.float32]]:
        self._request.infer({self._input: picture}, share_inputs=True)
        return {name: self._request.get_tensor(name).data.copy() for name in self._outputs}

    def _picture(self, request: Any) -> NDArray[np.float32]:
        """By DLPack: the back end's own `as_numpy` gives wrong numbers with NumPy 2, unsaid."""
        given = self._triton.get_input_tensor_by_name(request, self._input)
        return np.asarray(np.from_dlpack(given), np.float32)

    def _answer(self, outputs: Mapping[str, NDArray[np.float32]]) -> Any:
        return self._triton.InferenceResponse(
            [self._tensor(name, values) for name, values in outputs.items()]
        )

    def _tensor(self, name: str, values: NDArray[np.float32]) -> Any:
        capsule = values.__dlpack__()
        tensor = self._triton.Tensor.from_dlpack(name, capsule)
        # The back end calls what it took otherwise, and NumPy complains of each in the log.
        ctypes.pythonapi.PyCapsule_SetName(ctypes.py_object(capsule), TAKEN)
        return tensor
