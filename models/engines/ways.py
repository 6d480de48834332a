"""The ways to run a network: a back end, and the precision of the weights it is given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from senoscope.domain.errors import ModelPackageError, SettingsError
from senoscope.models.engines import onnxruntime, openvino, openvino_bf16, tensorrt
from senoscope.models.engines.base import BackEnd, Engine
from senoscope.models.package import ModelPackage, Precision

BACK_ENDS: Mapping[str, BackEnd] = {
    "openvino": openvino,
    "openvino-bf16": openvino_bf16,
    "onnxruntime": onnxruntime,
    "tensorrt": tensorrt,
}


@dataclass(frozen=True, slots=True)
class Way:
    """A key of BACK_ENDS and a precision."""

    engine: str
    precision: Precision

    @property
    def title(self) -> str:
        """What the page calls it: "OpenVINO int8"."""
        return f"{BACK_ENDS[self.engine].NAME} {self.precision}"

    @property
    def key(self) -> str:
        """What a person types: "openvino-int8"."""
        return f"{self.engine}-{self.precision}"

    def load(self, package: ModelPackage) -> Engine:
        """`package`'s network, after one run. EngineUnavailable or ModelPackageError says why not.

        A file may hold another network than its card says.
        """
        engine = BACK_ENDS[self.engine].load(package.weights(self.precision))
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


def way_from_text(text: str) -> Way:
    """The way that is called `text`. SettingsError names those there are."""
    for way in WAYS:
        if way.key == text:
            return way
    raise SettingsError(
        f"The engine {text!r} is not known; expected auto, "
        f"{', '.join(way.key for way in WAYS[:-1])} or {WAYS[-1].key}."
    )
