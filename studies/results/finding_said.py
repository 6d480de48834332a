"""How DICOM objects and a terminal name a finding and its probability, in English."""

from __future__ import annotations

from senoscope.studies.study_reading import FindingKind, StudyFinding


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
