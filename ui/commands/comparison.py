"""What `senoscope compare` does: parts picked, figures made, kept and shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import cv2
import typer

from senoscope import __version__
from senoscope.domain.errors import SettingsError
from senoscope.models.evaluation.kept_figures import json_text
from senoscope.models.evaluation.marks import read_tags
from senoscope.models.evaluation.outline_comparison import (
    ONE_ELLIPSE,
    NamedOutliner,
    compare_outliners,
)
from senoscope.models.evaluation.rival_document import KeptKinds, outline_parts, rival_parts
from senoscope.models.evaluation.rival_table import KeptRival
from senoscope.models.evaluation.ultrasound_sets import (
    UltrasoundImage,
    read_bi_rads,
    read_bus_bra,
    read_busi,
    read_scanners,
)
from senoscope.models.package import load_package
from senoscope.models.training.rival_comparison import ComparedImages, Network, compare
from senoscope.models.training.samples import INNER_SHARE, is_inner
from senoscope.ui.assemble import build_classifier, build_segmenter
from senoscope.ui.commands.result_folder import (
    keep_outliners,
    keep_rivals,
    require_places,
    write_into_card,
    write_tables,
)
from senoscope.ui.written import write_text

LEARNT = {"BUS-BRA": ("1", "2"), "BUSI": ("train",)}
TESTED = {"bus-bra 3": ("BUS-BRA", "3"), "busi val": ("BUSI", "val")}


def compare_rivals(
    data: Path,
    packages: Sequence[Path],
    segmenter: Path,
    *,
    report: Path | None,
    docs: Path | None,
    into_cards: bool,
) -> None:
    """Fit and judge every rival; print the tables, and write them where asked to."""
    if docs is not None:
        require_places(docs)
    # One thread, as the loop has it: figures must not hang on the number of cores.
    cv2.setNumThreads(1)
    networks = [Network(load_package(folder), build_classifier(folder)) for folder in packages]
    _require_unlike([each.package.name for each in networks])
    outlines = load_package(segmenter).title
    found = compare(
        _compared_images(data), build_segmenter(segmenter), outlines, networks, typer.echo
    )
    kinds = KeptKinds(
        outlines=outlines,
        network=networks[0].title,
        senoscope=__version__,
        sets=found.groups,
    )
    if report is not None:
        write_text(report, json_text({"rivals": found.rivals, "kinds": kinds}))
    if into_cards:
        _into_cards(networks, found.rivals)
    if docs is None:
        _show(rival_parts(found.rivals, kinds, outlines))
    else:
        keep_rivals(docs, found.rivals, kinds)
        _show(write_tables(docs))


def compare_segmenters(
    data: Path, packages: Sequence[Path], *, report: Path | None, docs: Path | None
) -> None:
    """Judge the outlines of every package, and of one that does not look."""
    if docs is not None:
        require_places(docs)
    cv2.setNumThreads(1)
    outliners = [_outliner(folder) for folder in packages]
    _require_unlike([each.key for each in outliners])
    kept = compare_outliners(_tested(_read(data)), [*outliners, ONE_ELLIPSE], typer.echo)
    if report is not None:
        write_text(report, json_text({"outlines": kept}))
    if docs is None:
        _show(outline_parts(kept))
    else:
        keep_outliners(docs, kept)
        _show(write_tables(docs))


def _read(data: Path) -> dict[str, tuple[UltrasoundImage, ...]]:
    return {"BUS-BRA": read_bus_bra(data / "bus-bra"), "BUSI": read_busi(data / "busi")}


def _tested(
    every: Mapping[str, Sequence[UltrasoundImage]],
) -> dict[str, list[UltrasoundImage]]:
    return {
        part: [image for image in every[name] if image.part == wanted]
        for part, (name, wanted) in TESTED.items()
    }


def _compared_images(data: Path) -> ComparedImages:
    every = _read(data)
    learnt = {
        name: [image for image in every[name] if image.part in parts]
        for name, parts in LEARNT.items()
    }
    return ComparedImages(
        fitted={
            name: [image for image in images if not is_inner(image, INNER_SHARE)]
            for name, images in learnt.items()
        },
        inner=[
            image for images in learnt.values() for image in images if is_inner(image, INNER_SHARE)
        ],
        tested=_tested(every),
        bi_rads=read_bi_rads(data / "bus-bra"),
        scanners=read_scanners(data / "bus-bra"),
        tags=read_tags(),
    )


def _outliner(folder: Path) -> NamedOutliner:
    package, segmenter = load_package(folder), build_segmenter(folder)
    return NamedOutliner(
        package.name,
        package.title,
        lambda pixels: segmenter.segment(pixels).lesions,
        int(package.card["parameters"]),
    )


def _require_unlike(names: Sequence[str]) -> None:
    if len(set(names)) < len(names):
        raise SettingsError(
            f"The packages are called {', '.join(names)}; expected a name each, for figures are "
            "kept by name. Compare versions of one package one after the other."
        )


def _into_cards(networks: Sequence[Network], rivals: Sequence[KeptRival]) -> None:
    kept = {rival["rival"]: rival for rival in rivals}
    for network in networks:
        rival = kept[network.title]
        about = {key: rival[key] for key in ("senoscope", "outlines", "cpu_ms")}
        for part, figures in rival["sets"].items():
            write_into_card(network.package.folder, part, {"about": about, **figures})


def _show(parts: Mapping[str, str]) -> None:
    for place, part in parts.items():
        typer.echo(f"\n{place}\n\n{part}")
