"""What an inference server says of a network, and answers: taken only as the weights have it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from senoscope.models.engines.base import Tensors
from senoscope.models.engines.openvino import Ports

FP32 = "FP32"


def why_unlike(metadata: Any, ports: Ports) -> str | None:
    """None where a ModelMetadataResponse is of such a network, else what is otherwise."""
    inputs, outputs = _by_name(metadata.inputs), _by_name(metadata.outputs)
    expected = {ports.input_name: ports.input_shape}
    if set(inputs) != set(expected):
        return f"takes {sorted(inputs)}, expected {ports.input_name!r} alone"
    for found, shapes in ((inputs, expected), (outputs, ports.outputs)):
        for name, shape in shapes.items():
            if name not in found:
                return f"gives {sorted(found)}, expected {name!r} among them"
            datatype, given = found[name].datatype, tuple(found[name].shape)
            if datatype != FP32 or not _fits(_rows_of(given, shape), shape):
                return f"has {name!r} as {datatype} {given}, expected {FP32} {shape}"
    return None


def checked(answer: Any, shapes: Mapping[str, tuple[int, ...]]) -> Tensors:
    """The outputs of a ModelInferResponse. ValueError says what is wrong with one."""
    outputs, raw = _by_name(answer.outputs), answer.raw_output_contents
    if raw and len(raw) != len(answer.outputs):
        raise ValueError(f"{len(raw)} contents for {len(answer.outputs)} outputs")
    place = {each.name: k for k, each in enumerate(answer.outputs)}
    tensors = {}
    for name, shape in shapes.items():
        if name not in outputs:
            raise ValueError(f"no output {name!r}")
        datatype, given = outputs[name].datatype, tuple(outputs[name].shape)
        if datatype != FP32 or _rows_of(given, shape) != shape:
            raise ValueError(f"{name!r} as {datatype} {given}, expected {FP32} {shape}")
        held = raw[place[name]] if raw else outputs[name].contents.fp32_contents
        tensors[name] = _tensor(name, held, shape)
    return tensors


def _by_name(tensors: Iterable[Any]) -> dict[str, Any]:
    return {each.name: each for each in tensors}


def _rows_of(given: tuple[int, ...], shape: tuple[int, ...]) -> tuple[int, ...]:
    """Without the side of 1 that a server which batches gives each row's number."""
    return given[:-1] if len(given) == len(shape) + 1 and given[-1] == 1 else given


def _fits(given: Sequence[int], shape: tuple[int, ...]) -> bool:
    """A side of -1 is any."""
    return len(given) == len(shape) and all(
        one in (-1, other) for one, other in zip(given, shape, strict=True)
    )


def _tensor(
    name: str, held: bytes | Sequence[float], shape: tuple[int, ...]
) -> NDArray[np.float32]:
    values = np.frombuffer(held, "u1") if isinstance(held, bytes) else np.asarray(held, np.float32)
    if values.nbytes != 4 * prod(shape):
        raise ValueError(f"{name!r} of another length than its shape")
    numbers = values.view("<f4").reshape(shape)
    if not np.isfinite(numbers).all():
        raise ValueError(f"{name!r} with values that are no numbers")
    return numbers
