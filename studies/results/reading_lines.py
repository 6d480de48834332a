"""A reading in plain lines, as a terminal shows it."""

from __future__ import annotations

from collections.abc import Iterator

from senoscope.studies.results.breast_mri.report_rows import exam_rows_mri, lesion_rows
from senoscope.studies.results.finding_said import chance_said, finding_name, is_mark
from senoscope.studies.results.report_mammography import exam_rows, image_row
from senoscope.studies.results.report_words import said
from senoscope.studies.study_reading import FindingKind, ImageReading, StudyFinding, StudyReading

ENGLISH = "en"


def reading_lines(reading: StudyReading) -> Iterator[str]:
    """What was read, what was not and why, then each finding."""
    frames = sum(each.frames for each in reading.images)
    images = len(reading.images)
    yield f"{reading.frames_read} of {frames} frames were read, of {images} images."
    for image in reading.images:
        yield from _of_image(image)
    for row in (*exam_rows(reading, ENGLISH), *exam_rows_mri(reading, ENGLISH)):
        yield f"{row.name}: {row.value}" + (f" ({row.doubt})" if row.doubt else "")
    if reading.abstained:
        yield "Nothing was fit to be read: this says nothing of the breast."
    elif not reading.findings:
        yield "No lesion was marked in what was read."
    by_uid = {each.instance_uid: each for each in reading.images}
    for finding in reading.findings:
        yield _of_finding(finding, by_uid[finding.key.at.instance_uid])


def _of_image(image: ImageReading) -> Iterator[str]:
    if image.trouble:
        yield f"File {image.place} was not read: {image.trouble}"
        return
    reasons = [
        f"{count} {said(ENGLISH, f'unsuitable_{why.value}')}"
        for why, count in image.unsuitable.items()
    ]
    lost = image.frames - image.read - sum(image.unsuitable.values())
    if lost:
        reasons.append(f"{lost} could not be decoded, or the AI failed on them")
    if reasons:
        yield f"File {image.place}: {image.read} of {image.frames} read; {'; '.join(reasons)}."
    if (row := image_row(image, ENGLISH)) is not None:
        yield f"{row.name}: {row.value}."


def _of_finding(finding: StudyFinding, image: ImageReading) -> str:
    size = "no millimetres"
    if finding.measured is not None:
        long, short = finding.measured.long_axis, finding.measured.short_axis
        size = (
            f"{long.value:.1f} x {short.value:.1f} mm (95 % {long.lower:.1f} to {long.upper:.1f} x "
            f"{short.lower:.1f} to {short.upper:.1f})"
        )
    words = finding.assessed
    frame = finding.key.at.frame
    at = f"file {image.place}, frame {frame}"
    if (height_mm := image.height_mm(frame)) is not None:
        at += f", {height_mm:.1f} mm above the lowest slice"
    if finding.kind is FindingKind.ENHANCEMENT:
        rows = [f"{row.name} {row.value}" for row in lesion_rows(finding, ENGLISH)]
        return "; ".join([finding_name(finding), at, chance_said(finding), *rows, *words]) + "."
    if is_mark(finding):
        views = f"outlined on {len(finding.images)}"
        said = [f"Mark {finding.number}: {finding.kind.value}", at, views, chance_said(finding)]
        return "; ".join([*said, *words]) + "."
    chance = f"{finding.probability:.2f}"
    if finding.lowest < finding.highest:
        chance += f" (frames {finding.lowest:.2f} to {finding.highest:.2f})"
    told = f"{at}; {size}; malignancy {chance}, suspicion {finding.suspicion.value}"
    return f"Finding {finding.number}: {'; '.join([told, *([', '.join(words)] if words else [])])}."
