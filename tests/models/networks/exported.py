"""What is asked of every network: its file says the same, and its loss reaches every weight."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest


def logits_of_file_and_network(network: Any, crops: Any, folder: Path) -> tuple[Any, Any]:
    """(2,) each: the mean over `crops` (n, 1, side, side) of one lesion."""
    pytest.importorskip("nncf", reason="exporting needs nncf, of the [train] extra")
    engine = pytest.importorskip("onnxruntime", reason="of the [train] extra")
    import torch  # noqa: PLC0415

    from senoscope.models.training.export import ExportedClassifier, export_onnx  # noqa: PLC0415

    path = folder / "model.onnx"
    export_onnx(ExportedClassifier(network), crops.shape[-1], path, len(crops))
    names = ["malignant", "is_lesion"]
    by_file = engine.InferenceSession(path).run(names, {"picture": crops.numpy()})
    with torch.inference_mode():
        by_network = network(crops).mean(dim=0)
    return torch.tensor([float(each[0]) for each in by_file]), by_network


def unreached(network: Any, loss: Any) -> list[str]:
    """Names of the weights that `loss` has no slope in."""
    import torch  # noqa: PLC0415

    weights = dict(network.named_parameters())
    slopes = torch.autograd.grad(loss, list(weights.values()))
    return [name for name, slope in zip(weights, slopes, strict=True) if not slope.any()]
