"""What others would write gives the answers that Senoscope gives, or is not measured."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from senoscope.models.engines.ways import USUAL
from senoscope.models.evaluation.metrics import dice
from senoscope.models.package import SHIPPED, Precision, load_package
from senoscope.models.peers.naive import NaiveLoop
from senoscope.models.peers.reading import Given, NetworksAlone
from senoscope.models.segmenter import lesion_mask
from senoscope.ui.assemble import build_reader

UNET, GOOGLENET = (load_package(SHIPPED / name) for name in ("unet-realtime", "googlenet"))
LEAST_DICE, MOST_SHIFT = 0.97, 0.05
"""Contours and crops are each one's own. Seen: 0.998 and 0.003."""


@pytest.mark.parametrize("kind", ["naive", "alone"])
def test_a_peer_answers_as_the_reader_does(given: list[Given], kind: str) -> None:
    engines = USUAL.load(UNET), USUAL.load(GOOGLENET)
    peer = (
        NaiveLoop(*engines, UNET, GOOGLENET, 90)
        if kind == "naive"
        else NetworksAlone(*engines, UNET, GOOGLENET)
    )
    reader = build_reader()
    assert len(given) == 3
    for frame in given:
        reading = reader.read(frame.pixels, 0)
        answer = peer(frame)
        lesions = [finding.lesion for finding in reading.findings]
        expected = lesion_mask(lesions, frame.pixels.shape)
        assert dice(answer.mask(), expected) >= LEAST_DICE
        own = [finding.probability for finding in reading.findings]
        assert len(own) == 1
        assert answer.probabilities == pytest.approx(own, abs=MOST_SHIFT)


def test_the_naive_picture_is_the_frame_with_its_lesion_in_colour(given: list[Given]) -> None:
    loop = NaiveLoop(USUAL.load(UNET), USUAL.load(GOOGLENET), UNET, GOOGLENET, 95)
    answer = loop(given[0])
    drawn = cv2.imdecode(np.frombuffer(loop.jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert drawn is not None
    inside = cv2.erode(answer.mask().astype(np.uint8), np.ones((9, 9), np.uint8)).astype(bool)
    redder = drawn[..., 2].astype(int) - drawn[..., 0]
    assert redder[inside].mean() > 40
    assert abs(redder[~answer.mask()]).mean() < 4


def test_what_looks_like_no_lesion_is_not_answered(given: list[Given]) -> None:
    never = load_package(SHIPPED / "googlenet")
    never.settings["lesion_logit_from"] = 1e3
    loop = NaiveLoop(USUAL.load(UNET), USUAL.load(never), UNET, never, 90)
    answer = loop(given[0])
    assert answer.probabilities == ()
    assert not answer.mask().any()


def test_reading_by_pytorch_is_the_same_at_fp32(given: list[Given]) -> None:
    pytest.importorskip("torch", reason="PyTorch is of the [train] extra")
    pytest.importorskip("onnx", reason="drawing a network needs onnx, of the [train] extra")
    from senoscope.models.engines import torch  # noqa: PLC0415
    from senoscope.models.engines.ways import REFERENCE  # noqa: PLC0415

    ours = NetworksAlone(REFERENCE.load(UNET), REFERENCE.load(GOOGLENET), UNET, GOOGLENET)
    by_torch = (torch.load(each.weights(Precision.FP32)) for each in (UNET, GOOGLENET))
    theirs = NetworksAlone(*by_torch, UNET, GOOGLENET)
    assert theirs(given[0]).probabilities == pytest.approx(ours(given[0]).probabilities, abs=1e-4)
