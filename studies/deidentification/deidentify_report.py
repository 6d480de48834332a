"""What an export without persons wrote, and what it left out, with no identity in it."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any

from senoscope.studies.deidentification.ultrasound_area import FoundBy
from senoscope.studies.files.study_limits import LeftOut


@dataclass(frozen=True, slots=True)
class Written:
    """A file of the source by its number, and what became of it.

    `name` is the new file's, below the folder. `cleaned_by`: how the pixels that stay were found;
    None where none had to be made black. `lines_covered`: of writing within them.
    `text_not_checked`: it has pixels and does not say whether text is burned into them.
    """

    place: int
    patient: str
    name: str
    frames: int
    cleaned_by: FoundBy | None
    lines_covered: int
    text_not_checked: bool


@dataclass(frozen=True, slots=True)
class DeidentifyReport:
    """In the order of the source's files."""

    written: tuple[Written, ...]
    left_out: tuple[LeftOut, ...]
    modified_dates: bool
    patient_characteristics: bool

    def as_json(self) -> dict[str, Any]:
        """For `json.dumps`."""
        return asdict(self)

    def __str__(self) -> str:
        """One line a fact."""
        patients = len({each.patient for each in self.written})
        lines = [f"Written: {len(self.written)} files, {patients} patients."]
        ways = Counter(each.cleaned_by for each in self.written if each.cleaned_by)
        lines += [f"Black outside the {each}: {ways[each]} files." for each in sorted(ways)]
        covered = sum(each.lines_covered for each in self.written)
        if covered:
            lines.append(f"Lines of writing on the picture that were painted over: {covered}.")
        unsure = sum(each.text_not_checked for each in self.written)
        if unsure:
            lines.append(
                "Not searched for text in the pixels, and not said by them whether there is any: "
                f"{unsure} files. Look at them."
            )
        return "\n".join([*lines, *map(str, self.left_out)])
