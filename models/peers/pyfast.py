"""FAST (pyfast), the framework for ultrasound and other imaging, with the shipped networks in it.

The OpenVINO in it is of 2022 and misreads what ONNX writes anew in operator set 18, and it asks for
a batch in every output. So it is given the same weights and operations in the words of set 17, from
the picture to the lesion map and to the logits of each crop; their mean is taken here.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import EngineUnavailable
from senoscope.models.package import ModelPackage, Precision
from senoscope.models.peers.reading import (
    Answer,
    Box,
    Given,
    Read,
    enlarged,
    highest_first,
    probability,
)
from senoscope.models.segmenter import MOST_LESIONS

ENGINE = "OpenVINO"
"""What FAST takes by itself on a processor. Its ONNX Runtime was slower with both networks."""
OPSET, IR = 17, 8
NEW_IN_18 = {
    "Resize": {"antialias", "axes", "keep_aspect_ratio_policy"},
    "ReduceMean": {"noop_with_empty_axes"},
}
"""Attributes that set 17 lacks; the shipped files hold their defaults, which mean the same."""
REMEDY = (
    "Run: pip install 'senoscope[peers]'. It also needs OpenCL and libusb; on Debian: apt install "
    "pocl-opencl-icd libusb-1.0-0 libgl1"
)
Resizing = Literal["smoothed", "plain"]


def full_frame(
    unet: ModelPackage, googlenet: ModelPackage, precision: Precision, resizing: Resizing
) -> Read:
    """Reads frames as they come; FAST crops and resizes. EngineUnavailable says why not.

    "smoothed" is what its networks do by themselves; "plain" puts its resizer in front, told not
    to smooth.
    """
    return _FullFrame(_Networks(unet, googlenet, precision), resizing == "plain")


def resized_beforehand(unet: ModelPackage, googlenet: ModelPackage, precision: Precision) -> Read:
    """Reads what was cut and resized before. EngineUnavailable says why not."""
    networks = _Networks(unet, googlenet, precision)

    def read(given: Given) -> Answer:
        inside = networks.outlined(networks.image(given.small))
        return networks.answer(
            given,
            inside,
            [
                networks.probability([networks.image(crop) for crop in crops])
                for crops in given.crops
            ],
        )

    return read


class _Networks:
    """Both networks, loaded in FAST."""

    def __init__(self, unet: ModelPackage, googlenet: ModelPackage, precision: Precision) -> None:
        self.fast = _library()
        cv2.setNumThreads(1)
        self.unet, self.googlenet = unet, googlenet
        with TemporaryDirectory() as place:
            network, _ = adapted(unet.weights(precision), "lesion")
            outlining = {
                "heatmapOutput": False,
                "threshold": unet.setting("lesion_from"),
                "hasBackgroundClass": False,
            }
            make = partial(self.fast.SegmentationNetwork.create, **outlining)
            self._outline = _loaded(make, network, unet, Path(place) / "unet.onnx")
            network, self._logits = adapted(googlenet.weights(precision), "Gemm")
            make = self.fast.NeuralNetwork.create
            self._classify = _loaded(make, network, googlenet, Path(place) / "googlenet.onnx")

    def image(self, pixels: NDArray[np.uint8]) -> Any:
        """(rows, columns) as FAST has it."""
        return self.fast.Image.createFromArray(pixels[..., None])

    def outlined(self, image: Any) -> NDArray[np.uint8]:
        """(size, size), 1 inside a lesion."""
        self._outline.setInputData(0, image)
        self._outline.run()
        return np.array(self._outline.getOutputData(0), np.uint8)[..., 0]

    def probability(self, crops: Sequence[Any]) -> float | None:
        """Of malignancy, of the lesion that all `crops` show; None where it looks like none."""
        self._classify.setInputData(0, self.fast.Batch.create(crops))
        self._classify.run()
        # What comes out is a batch, into which Python cannot look; the engine still has it whole.
        logits = np.array(self._classify.getInferenceEngine().getOutputData(self._logits))
        malignant, is_lesion = logits.mean(axis=0)
        return probability(float(malignant), float(is_lesion), self.googlenet)

    def answer(
        self, given: Given, inside: NDArray[np.uint8], found: Sequence[float | None]
    ) -> Answer:
        """Of what was `found` in the lesions `inside` a frame."""
        rows, columns = given.pixels.shape
        mask = partial(enlarged, inside.astype(np.float32), 0.5, (rows, columns))
        return Answer(highest_first(found), mask)


class _FullFrame:
    """FAST from the frame on; only the boxes are found in its mask by OpenCV."""

    def __init__(self, networks: _Networks, plain: bool) -> None:
        self._networks = networks
        self._crop = networks.fast.ImageCropper.New()
        self._crop.allowOutOfBoundsCropping(True)
        cards = networks.unet, networks.googlenet
        self._to_unet, self._to_googlenet = (
            # Columns, rows, depth, interpolate, keep the aspect, smooth first.
            networks.fast.ImageResizer.create(card.size, card.size, 0, True, False, False)
            if plain
            else None
            for card in cards
        )

    def __call__(self, given: Given) -> Answer:
        """Outline and classify."""
        networks = self._networks
        frame = networks.image(given.pixels)
        inside = networks.outlined(_through(self._to_unet, frame))
        rows, columns = given.pixels.shape
        boxes = boxes_of(inside, (rows, columns), networks.unet.setting("smallest_share"))
        return networks.answer(
            given, inside, [networks.probability(self._crops(frame, box)) for box in boxes]
        )

    def _crops(self, frame: Any, box: Box) -> list[Any]:
        crops = []
        for margin in self._networks.googlenet.margins:
            left, top, side = square_round(box, margin)
            self._crop.setSize(np.array([side, side], np.int32))
            self._crop.setOffset(np.array([left, top], np.int32))
            crops.append(_through(self._to_googlenet, _through(self._crop, frame)))
        return crops


def boxes_of(inside: NDArray[np.uint8], shape: tuple[int, int], smallest_share: float) -> list[Box]:
    """Of the lesions in a network's (size, size) mask, in pixels of its (rows, columns) frame."""
    count, _, stats, _ = cv2.connectedComponentsWithStats(inside)
    parts = sorted(stats[1:count], key=lambda part: -int(part[cv2.CC_STAT_AREA]))
    across, down = shape[1] / inside.shape[1], shape[0] / inside.shape[0]
    return [
        (left * across, top * down, (left + width) * across - 1, (top + height) * down - 1)
        for left, top, width, height, area in parts[:MOST_LESIONS]
        if area >= smallest_share * inside.size
    ]


def square_round(box: Box, margin: float) -> tuple[int, int, int]:
    """(left, top, side) in whole pixels of what `crop_affine` maps onto a crop."""
    left, top, right, bottom = box
    side = max(right - left, bottom - top, 8.0) * (1 + 2 * margin)
    first_x, first_y = (left + right - side) / 2, (top + bottom - side) / 2
    return round(first_x), round(first_y), round(side)


def adapted(file: bytes, last: str) -> tuple[bytes, str]:
    """The network in an ONNX `file`, in set 17, up to its output `last`; and that output's name.

    Where no output is called so, `last` is an operator: the file ends with the last of its kind.
    """
    try:
        import onnx  # noqa: PLC0415 - only this needs it
        from onnx.utils import Extractor  # noqa: PLC0415
    except ImportError as error:
        raise EngineUnavailable(f"onnx cannot be imported ({error}). {REMEDY}") from error
    model = onnx.load_model_from_string(file)
    if last not in {output.name for output in model.graph.output}:
        last = [node.output[0] for node in model.graph.node if node.op_type == last][-1]
    model = Extractor(model).extract_model([model.graph.input[0].name], [last])
    known = {each.name: onnx.numpy_helper.to_array(each) for each in model.graph.initializer}
    for node in model.graph.node:
        lacking = NEW_IN_18.get(node.op_type, set())
        if node.op_type == "ReduceMean" and len(node.input) == 2:
            axes = known[node.input.pop()].tolist()
            node.attribute.append(onnx.helper.make_attribute("axes", axes))
        for attribute in [each for each in node.attribute if each.name in lacking]:
            node.attribute.remove(attribute)
    model.opset_import[0].version, model.ir_version = OPSET, IR
    onnx.checker.check_model(model, full_check=True)
    return model.SerializeToString(), last


def _loaded(make: Any, network: bytes, card: ModelPackage, file: Path) -> Any:
    file.write_bytes(network)
    return make(
        str(file),
        # Its manual scales before it subtracts; its kernel does so after.
        scaleFactor=1.0,
        meanIntensity=255 * card.mean,
        standardDeviationIntensity=255 * card.std,
        inferenceEngine=ENGINE,
    )


def _through(step: Any, image: Any) -> Any:
    if step is None:
        return image
    step.setInputData(0, image)
    return step.runAndGetOutputData()


def _library() -> Any:
    """FAST itself. Where the machine has no OpenCL it can't even be imported."""
    try:
        import fast  # noqa: PLC0415 - prints, opens Qt and OpenCL
    except (ImportError, OSError, RuntimeError) as error:
        raise EngineUnavailable(f"pyfast cannot be imported ({error}). {REMEDY}") from error
    return fast
