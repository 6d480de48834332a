"""`senoscope gallery`: what defeats the networks, on pages made from the user's own data."""

from __future__ import annotations

import html
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import cv2
import numpy as np
import typer

from senoscope.domain.errors import SettingsError
from senoscope.models.evaluation.hard_cases import HardCase, Trap, busi_flags, hard_cases
from senoscope.models.evaluation.matching import lesion_components
from senoscope.models.evaluation.ultrasound_sets import Diagnosis, read_bus_bra, read_busi
from senoscope.models.package import CLASSIFIER, SEGMENTER
from senoscope.ui.assemble import build_reader
from senoscope.ui.written import write_bytes, write_text

WIDTH = 480
TRUE, PREDICTED = (255, 255, 255), (26, 108, 239)
"""Blue, green, red: the reader's outline is thin and white, the network's wide and orange."""
STYLE = """
:root { color-scheme: dark; }
body { background: #16181b; color: #e8e8e8; font: 16px/1.5 system-ui, sans-serif; margin: 2rem; }
section { display: flex; flex-wrap: wrap; gap: 1rem; }
figure { margin: 0; width: 480px; } img { width: 100%; }
"""


def gallery(
    data: Annotated[Path, typer.Option(help="Folder that holds bus-bra/ and busi/.")],
    folder: Annotated[
        Path, typer.Option(file_okay=False, help="The new folder to write the page into.")
    ],
    folds: Annotated[str, typer.Option(help="Of BUS-BRA, 1 to 5, with commas between.")] = "3",
    split: Annotated[str, typer.Option(help="Parts of BUSI: train, val or test.")] = "val",
    segmenter: Annotated[Path, typer.Option(help="A model package's folder.")] = SEGMENTER,
    classifier: Annotated[Path, typer.Option(help="A model package's folder.")] = CLASSIFIER,
) -> None:
    """A page of hard cases: axilla, Doppler, several lesions, cut ones, and the networks' worst."""
    if folder.exists() and any(folder.iterdir()):
        raise SettingsError(f"{folder} is not empty. Name a new folder, or empty this one.")
    images = [image for image in read_bus_bra(data / "bus-bra") if image.part in folds.split(",")]
    images += [image for image in read_busi(data / "busi") if image.part in split.split(",")]
    reader = build_reader(segmenter=segmenter, classifier=classifier)
    flags = busi_flags(data / "busi")
    with typer.progressbar(
        hard_cases(reader, images, flags), length=len(images), label="Reading"
    ) as judged:
        cases = [case for case in judged if case is not None]
    for number, case in enumerate(cases):
        write_bytes(folder / f"{number:04d}.jpg", _picture(case))
    write_text(folder / "index.html", _page(cases, len(images)))
    typer.echo(f"{len(cases)} hard cases of {len(images)} images: {folder / 'index.html'}")


def _picture(case: HardCase) -> bytes:
    pixels = case.image.pixels()
    scale = WIDTH / pixels.shape[1]
    size = WIDTH, round(pixels.shape[0] * scale)
    picture = cv2.cvtColor(
        cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), cv2.COLOR_GRAY2BGR
    )
    for finding in case.findings:
        outline = ((finding.lesion.contour + 0.5) * scale).astype(np.int32)
        cv2.polylines(picture, [outline], True, PREDICTED, 2, cv2.LINE_AA)
    if case.image.diagnosis is not Diagnosis.NORMAL:
        for part in lesion_components(case.image.mask()):
            small = cv2.resize(part.astype(np.uint8), size, interpolation=cv2.INTER_AREA)
            outlines, _ = cv2.findContours(small, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
            cv2.drawContours(picture, outlines, -1, TRUE, 1)
    return cv2.imencode(".jpg", picture)[1].tobytes()


def _page(cases: Sequence[HardCase], images: int) -> str:
    parts = [
        f"<!doctype html><html lang=en><meta charset=utf-8><title>Hard cases</title>"
        f"<style>{STYLE}</style><h1>What defeats the networks</h1>"
        f"<p>{len(cases)} of {images} images. White: the data set's outline. Orange: the "
        "network's. Not a medical device.</p>"
    ]
    for trap in Trap:
        of = [(number, case) for number, case in enumerate(cases) if trap in case.traps]
        if of:
            parts.append(f"<h2>{html.escape(trap)} ({len(of)})</h2><section>")
            parts += [_figure(number, case) for number, case in of]
            parts.append("</section>")
    return "\n".join(parts) + "\n"


def _figure(number: int, case: HardCase) -> str:
    words = [case.image.name, case.image.diagnosis.value]
    words += [] if np.isnan(case.dice) else [f"Dice {case.dice:.2f}"]
    words += [f"{each.suspicion} {each.probability:.2f}" for each in case.findings] or [
        "no outline"
    ]
    caption = html.escape(", ".join(words))
    return (
        f'<figure><img src="{number:04d}.jpg" alt="{caption}" loading="lazy">'
        f"<figcaption>{caption}</figcaption></figure>"
    )
