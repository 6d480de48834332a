"""What Triton is told of a network: config.pbtxt, for each of its back ends."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from senoscope.domain.errors import SettingsError
from senoscope.models.engines.openvino import SETTINGS, Ports
from senoscope.models.package import Precision

MOST_TOGETHER = 8
"""Frames in one batch."""
LONGEST_WAIT_US = 2000
"""Microseconds a frame waits for others to be batched with."""


class ServedBy(StrEnum):
    """What runs the networks within Triton."""

    PYTHON = "python"
    OPENVINO = "openvino"
    ONNXRUNTIME = "onnxruntime"
    TENSORRT = "tensorrt"


class ServedFor(StrEnum):
    """Whether a frame is run at once, or may wait for others."""

    LIVE = "live"
    OFFLINE = "offline"


@dataclass(frozen=True, slots=True)
class Serving:
    """How networks are served. SettingsError says what cannot be.

    So many `instances` of each run side by side, one thread or stream each.
    """

    back_end: ServedBy = ServedBy.PYTHON
    use: ServedFor = ServedFor.LIVE
    instances: int = 1

    def __post_init__(self) -> None:
        if self.instances < 1:
            raise SettingsError(f"{self.instances} instances were asked for; expected at least 1.")
        if (self.back_end, self.use) == (ServedBy.OPENVINO, ServedFor.OFFLINE):
            raise SettingsError(
                "Triton's OpenVINO back end cannot batch frames of several senders: it runs every "
                f"batch as a full one of {MOST_TOGETHER}. Take --back-end python for batches, or "
                "--for live with more --instances."
            )

    def require(self, precision: Precision) -> None:
        """Raise SettingsError unless weights of `precision` are of use with the back end."""
        if precision is Precision.FP16 and self.back_end is not ServedBy.TENSORRT:
            raise SettingsError(
                f"fp16 is for cards: --back-end {self.back_end} computes in fp32 all the same. "
                "Take fp32, or --back-end tensorrt."
            )

    def batches(self, ports: Ports) -> bool:
        """Whether the frames of several requests are run together.

        Only of a network that reads a frame a row: of one that reads several crops of a lesion
        and answers once, the rows of two requests cannot be told apart.
        """
        rows = {shape[0] for shape in ports.outputs.values()}
        return self.use is ServedFor.OFFLINE and rows == {ports.input_shape[0]} == {1}


def config_text(name: str, ports: Ports, precision: Precision, serving: Serving) -> str:
    """config.pbtxt of the network that is called `name`."""
    batches = serving.batches(ports)
    shapes = {ports.input_name: ports.input_shape}
    kind = "KIND_GPU" if serving.back_end is ServedBy.TENSORRT else "KIND_CPU"
    lines = [
        f'name: "{name}"',
        *_back_end(serving),
        f"max_batch_size: {MOST_TOGETHER if batches else 0}",
        *_tensors("input", shapes, batches),
        *_tensors("output", ports.outputs, batches),
        f"instance_group [ {{ kind: {kind} count: {serving.instances} }} ]",
        *_warm_up(ports, batches),
        *_more(ports, precision, serving),
    ]
    if batches:
        lines.append(f"dynamic_batching {{ max_queue_delay_microseconds: {LONGEST_WAIT_US} }}")
    return "\n".join(lines) + "\n"


def _back_end(serving: Serving) -> list[str]:
    """TensorRT is ONNX Runtime's: it builds its plans on the card, from the same file."""
    if serving.back_end is ServedBy.PYTHON:
        return ['backend: "python"']
    name = "openvino" if serving.back_end is ServedBy.OPENVINO else "onnxruntime"
    return [f'backend: "{name}"', 'default_model_filename: "model.onnx"']


def _tensors(kind: str, shapes: Mapping[str, tuple[int, ...]], batches: bool) -> list[str]:
    return [
        f'{kind} [ {{ name: "{name}" data_type: TYPE_FP32 {_dims(shape, batches)} }} ]'
        for name, shape in shapes.items()
    ]


def _dims(shape: tuple[int, ...], batches: bool) -> str:
    """Of a batch the first side is left out; Triton then wants a number to have a side of 1."""
    if not batches:
        return f"dims: {list(shape)}"
    return f"dims: {list(shape[1:])}" if shape[1:] else "dims: [1] reshape { shape: [] }"


def _warm_up(ports: Ports, batches: bool) -> list[str]:
    """Run once before it says that it is ready: the first run of any engine takes longest."""
    dims = list(ports.input_shape[1:] if batches else ports.input_shape)
    tensor = f"{{ data_type: TYPE_FP32 dims: {dims} zero_data: true }}"
    return [
        'model_warmup [ { name: "zeros" batch_size: 1 '
        f'inputs {{ key: "{ports.input_name}" value: {tensor} }} }} ]'
    ]


def _more(ports: Ports, precision: Precision, serving: Serving) -> list[str]:
    count = str(serving.instances)
    match serving.back_end:
        case ServedBy.PYTHON:
            return _parameters(SETTINGS.items())
        case ServedBy.OPENVINO:
            # Its instances share one compiled network: a stream and a thread each.
            return _parameters([("INFERENCE_NUM_THREADS", count), ("NUM_STREAMS", count)])
        case ServedBy.ONNXRUNTIME:
            return _parameters([("intra_op_thread_count", "1"), ("inter_op_thread_count", "1")])
        case ServedBy.TENSORRT:
            return _accelerator(ports, precision, serving.batches(ports))


def _accelerator(ports: Ports, precision: Precision, batches: bool) -> list[str]:
    pairs = [("precision_mode", precision.upper())]
    if batches:
        # One plan for batches of any size: else each new size builds one, in seconds to minutes.
        row = "x".join(map(str, ports.input_shape[1:]))
        pairs += [
            (f"trt_profile_{each}_shapes", f"{ports.input_name}:{count}x{row}")
            for each, count in (("min", 1), ("opt", MOST_TOGETHER), ("max", MOST_TOGETHER))
        ]
    parameters = " ".join(f'parameters {{ key: "{key}" value: "{value}" }}' for key, value in pairs)
    accelerator = f'gpu_execution_accelerator : [ {{ name: "tensorrt" {parameters} }} ]'
    return [f"optimization {{ execution_accelerators {{ {accelerator} }} }}"]


def _parameters(pairs: Iterable[tuple[str, str]]) -> list[str]:
    return [
        f'parameters {{ key: "{key}" value: {{ string_value: "{value}" }} }}'
        for key, value in pairs
    ]
