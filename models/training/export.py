"""From a fitted network to the ONNX files every engine reads: fp32, and int8 made from it."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import nncf
import numpy as np
import onnx
import torch
from nncf.quantization.advanced_parameters import AdvancedQuantizationParameters
from nncf.quantization.range_estimator import RangeEstimatorParametersSet
from numpy.typing import NDArray
from onnxruntime.transformers.float16 import convert_float_to_float16
from torch import Tensor, nn

from senoscope.models.networks.unet import RealTimeUNet
from senoscope.models.networks.unet_classic import ClassicUNet

OPSET = 18
FIRST = 2
"""Convolutions of a U-Net from the picture on that lose most in int8 (decision 12)."""
POOLING = frozenset(
    {"Add", "AveragePool", "Div", "Gemm", "Mul", "ReduceMax", "ReduceMean", "ReduceSum"}
)
"""Operators of the heads: no work beside the convolutions, and sums of many cells."""


class ExportedUNet(nn.Module):
    """Probabilities in place of logits: `lesion` (1, 1, rows, columns) and `presence` (1,).

    `malignant` (1,) stays a logit, where `network` has that head.
    """

    def __init__(self, network: RealTimeUNet | ClassicUNet) -> None:
        super().__init__()
        self.network = network
        joint = isinstance(network, RealTimeUNet)
        self.outputs = ("lesion", "presence", *(("malignant",) if joint else ()))

    def forward(self, picture: Tensor) -> tuple[Tensor, ...]:
        """(1, 1, rows, columns) in."""
        output = self.network(picture)
        lesion, presence = output.lesion.sigmoid(), output.presence.sigmoid()
        if output.malignant is None:
            return lesion, presence
        return lesion, presence, output.malignant


class ExportedClassifier(nn.Module):
    """Logits `malignant` (1,) and `is_lesion` (1,), each the mean over crops of one lesion.

    Calibration works on logits.
    """

    outputs = ("malignant", "is_lesion")

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, picture: Tensor) -> tuple[Tensor, Tensor]:
        """(crops, 1, rows, columns) in."""
        logits: Tensor = self.network(picture).mean(dim=0, keepdim=True)
        return logits[:, 0], logits[:, 1]


def export_onnx(
    network: ExportedUNet | ExportedClassifier, size: int, path: Path, pictures: int = 1
) -> None:
    """Write `network` at a fixed input of (pictures, 1, size, size) named "picture"."""
    example = torch.zeros(pictures, 1, size, size)
    torch.onnx.export(
        network.eval(),
        (example,),
        path,
        input_names=["picture"],
        output_names=list(network.outputs),
        opset_version=OPSET,
        dynamo=True,
        external_data=False,
        verbose=False,
    )
    _forget_the_machine(path)


def _forget_the_machine(path: Path) -> None:
    """Drop the exporter's notes: they hold stack traces with the paths of who trained."""
    model = onnx.load(path)
    for part in (model, model.graph, *model.graph.node, *model.graph.value_info):
        part.ClearField("metadata_props")
        part.ClearField("doc_string")
    onnx.save(model, path)


def halve(fp32: Path, fp16: Path) -> None:
    """Weights and activations of half precision; picture and outputs stay float32."""
    onnx.save(convert_float_to_float16(onnx.load(fp32), keep_io_types=True), fp16)


def quantise(
    fp32: Path, int8: Path, pictures: Iterable[NDArray[np.float32]], keep_ends: bool
) -> None:
    """One symmetric QDQ file for OpenVINO, ONNX Runtime and TensorRT.

    `pictures` are normalised training inputs (crops, 1, rows, columns): their ranges set the
    scales. TensorRT refuses the asymmetric scales of NNCF's other preset. Scales reach to the
    largest value seen: cut at the mean of each picture's, as NNCF would, the surest logits fell
    short by up to 0.8; its bias correction then moved all of them by 0.1 (decision 10). With
    `keep_ends` a U-Net's first convolutions and the pooling of its heads stay float32.
    """
    logging.getLogger("nncf").setLevel(logging.ERROR)
    inputs: list[dict[str, Any]] = [{"picture": picture} for picture in pictures]
    model = onnx.load(fp32)
    quantised = nncf.quantize(
        model,
        nncf.Dataset(inputs),
        preset=nncf.QuantizationPreset.PERFORMANCE,
        subset_size=len(inputs),
        ignored_scope=_ends(model) if keep_ends else None,
        advanced_parameters=AdvancedQuantizationParameters(
            disable_bias_correction=True,
            activations_range_estimator_params=RangeEstimatorParametersSet.MINMAX,
        ),
    )
    onnx.save(quantised, int8)


def _ends(model: onnx.ModelProto) -> nncf.IgnoredScope:
    convolutions = [node.name for node in model.graph.node if node.op_type == "Conv"]
    pooling = {node.op_type for node in model.graph.node} & POOLING
    return nncf.IgnoredScope(names=convolutions[:FIRST], types=sorted(pooling))
