"""How DICOM objects and a terminal name a finding and its probability, and where it is shown."""

from __future__ import annotations

from senoscope.studies.study_reading import FindingKind, Outlined, StudyFinding


def finding_name(finding: StudyFinding) -> str:
    """With its number: "Lesion 2", "Mass 1"."""
    return f"{finding.kind.value.capitalize()} {finding.number}"


def is_mark(finding: StudyFinding) -> bool:
    """Whether it is a place to look at again, of which malignancy is not said."""
    return finding.kind is not FindingKind.LESION


def chance_said(finding: StudyFinding) -> str:
    """Of malignancy, or of a mark being one."""
    if is_mark(finding):
        return f"mark score {finding.probability:.2f}"
    return f"malignancy {finding.probability:.0%}"


def outline_on(finding: StudyFinding, instance_uid: str) -> Outlined | None:
    """The one that shows it best on that image; None where it is not outlined there."""
    return next((each for each in finding.outlines if each.at.instance_uid == instance_uid), None)
