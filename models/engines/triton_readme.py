"""The README of an exported model repository: which name is which network, and how it is served."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from senoscope import __version__
from senoscope.models.engines.served_network import ServedNetwork
from senoscope.models.engines.triton_config import (
    LONGEST_WAIT_US,
    MOST_TOGETHER,
    ServedBy,
    ServedFor,
    Serving,
)
from senoscope.models.package import CLASSIFIER, SEGMENTER

HEADING = "# Networks of Senoscope, for an inference server"
RUN_BY = {
    ServedBy.PYTHON: (
        "Triton's Python back end, whose model.py runs OpenVINO on one thread an instance, with "
        "the settings of Senoscope's own engine. The server's Python needs openvino and numpy."
    ),
    ServedBy.OPENVINO: (
        "Triton's OpenVINO back end, not run here. On a processor that multiplies bfloat16 it "
        "computes what is not int8 in that; the Python back end keeps float32."
    ),
    ServedBy.ONNXRUNTIME: "Triton's ONNX Runtime back end on the processor, not run here.",
    ServedBy.TENSORRT: (
        "Triton's ONNX Runtime back end with TensorRT, on an NVIDIA card. The plans are not built "
        "here: a plan runs on the card and TensorRT it was built with and no other, so the server "
        "builds them when it loads the networks. For Triton's own TensorRT back end build each "
        "there with `trtexec --onnx=NAME/1/model.onnx --saveEngine=NAME/1/model.plan`, and put "
        '`backend: "tensorrt"` in the place of config.pbtxt\'s first back end, its file name and '
        "its optimization."
    ),
}


def readme_text(
    networks: Sequence[ServedNetwork], serving: Serving, served: Mapping[str, str]
) -> str:
    """README.md; `served` is the SHA-256 of each name's file as it lies there."""
    rows = [
        f"| {each.name} | {each.package.title} | {each.precision} | {each.sha256} |"
        for each in networks
    ]
    changed = [each for each in networks if served[each.name] != each.sha256]
    return "\n".join(
        [
            HEADING,
            "",
            f"Written by Senoscope {__version__}: `{_command(networks, serving)}`.",
            "Not a medical device: suggestions, not diagnoses.",
            "",
            "A network's name is made of its weights' SHA-256: no others can answer for it.",
            "",
            "| name | package | precision | SHA-256 of its weights |",
            "|---|---|---|---|",
            *rows,
            "",
            *([_changed(changed, served), ""] if changed else []),
            f"Run by {RUN_BY[serving.back_end]}",
            "",
            *_batching(networks, serving),
            "",
            "    tritonserver --model-repository DIR",
            "",
            *_others(serving),
            "",
        ]
    )


def _command(networks: Sequence[ServedNetwork], serving: Serving) -> str:
    """Where packages were named, their folders are not told: they may be called after somebody."""
    packages = {each.package.folder for each in networks}
    return " ".join(
        [
            "senoscope models export --layout triton DIR",
            f"--back-end {serving.back_end} --for {serving.use} --instances {serving.instances}",
            *(f"--precision {each}" for each in dict.fromkeys(each.precision for each in networks)),
            *(["--package FOLDER"] * len(packages) if packages != {SEGMENTER, CLASSIFIER} else []),
        ]
    )


def _changed(changed: Sequence[ServedNetwork], served: Mapping[str, str]) -> str:
    files = ", ".join(f"{each.name} {served[each.name]}" for each in changed)
    return f"With a first side of any length, for batches, the files' own SHA-256 are: {files}."


def _batching(networks: Sequence[ServedNetwork], serving: Serving) -> list[str]:
    if serving.use is ServedFor.LIVE:
        return ["For live frames: shapes are fixed, each request is run at once and by itself."]
    together = ", ".join(each.name for each in networks if serving.batches(each.ports))
    alone = ", ".join(each.name for each in networks if not serving.batches(each.ports))
    lines = []
    if together:
        lines.append(
            f"For offline reading: up to {MOST_TOGETHER} requests of {together} are run together, "
            f"and one waits up to {LONGEST_WAIT_US / 1000:g} ms for others."
        )
    if alone:
        lines.append(
            f"{alone}: such a network reads the crops of one lesion and answers once, so its "
            "requests are run by themselves."
        )
    return lines


def _others(serving: Serving) -> list[str]:
    """What other servers' own documents say they take; none of them was run here."""
    kserve = "KServe serves this folder with its Triton runtime (`storageUri` of it)."
    if serving.back_end is ServedBy.PYTHON or serving.use is ServedFor.OFFLINE:
        return [kserve]
    return [
        f"{kserve} OpenVINO Model Server takes each folder as it is, one "
        "(`ovms --model_name NAME --model_path DIR/NAME --port 9000`) or all, by a configuration "
        "file. MLServer brings no runtime for ONNX files; it needs one of its own beside them. "
        "None of the three was run here."
    ]
