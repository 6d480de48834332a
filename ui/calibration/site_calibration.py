"""The site's own fits of the probability, and which of them is in force: one small file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from senoscope.domain.errors import ModelPackageError, SettingsError
from senoscope.models.evaluation.platt_fit import PlattFit
from senoscope.models.package import ModelPackage
from senoscope.ui.settings import settings_file
from senoscope.ui.written import write_text

FORMAT = 1
REMEDY = (
    "Fit again with `senoscope calibrate probability CASES.csv`, or go back with "
    "`senoscope calibrate probability --back`."
)


@dataclass(frozen=True, slots=True)
class SiteFit:
    """A fit, the weights it belongs to, and what it rests on.

    `sha256` is `checksum` of the package. `date` is of the fitting, YYYY-MM-DD. `before` is the
    place of the fit that was in force then, None as shipped. `figures` are as in the report.
    """

    package: str
    version: str
    sha256: str
    fit: PlattFit
    lesions: int
    patients: int
    date: str
    figures: Mapping[str, Any]
    before: int | None = None

    def __post_init__(self) -> None:
        texts = all(
            isinstance(x, str) for x in (self.package, self.version, self.sha256, self.date)
        )
        counts = all(type(x) is int and x > 0 for x in (self.lesions, self.patients))
        if not texts or not counts or not isinstance(self.figures, Mapping) or self.fit.slope <= 0:
            raise SettingsError("expected names, counts and slope above 0, and figures")

    @property
    def in_words(self) -> str:
        """As the reader's description says it."""
        return f"calibrated here on {self.lesions} lesions"

    def belongs_to(self, package: ModelPackage) -> bool:
        """Whether it was fitted to what these weights say."""
        return (self.package, self.version, self.sha256) == (
            package.name,
            package.version,
            checksum(package),
        )


@dataclass(frozen=True, slots=True)
class SiteCalibration:
    """All fits that were ever kept here, the oldest first; `in_force` None: as shipped."""

    fits: tuple[SiteFit, ...] = ()
    in_force: int | None = None

    def __post_init__(self) -> None:
        places = [
            (self.in_force, len(self.fits)),
            *((f.before, k) for k, f in enumerate(self.fits)),
        ]
        for place, end in places:
            if place is not None and not (type(place) is int and 0 <= place < end):
                raise SettingsError(f"place {place!r} is given, expected one of {end} earlier fits")

    @property
    def fit(self) -> SiteFit | None:
        """The one in force; None as shipped."""
        return None if self.in_force is None else self.fits[self.in_force]

    def with_fit(self, fit: SiteFit) -> SiteCalibration:
        """The same with `fit` in force."""
        added = replace(fit, before=self.in_force)
        return SiteCalibration((*self.fits, added), len(self.fits))

    def back(self, package: ModelPackage) -> SiteCalibration:
        """As before the fit in force: the latest earlier one that `package` can use, or as shipped.

        SettingsError where it is as shipped already.
        """
        if self.fit is None:
            raise SettingsError(
                f"{package.title} reads as shipped; there is no fit of this site to go back from."
            )
        place = self.fit.before
        while place is not None and not self.fits[place].belongs_to(package):
            place = self.fits[place].before
        return replace(self, in_force=place)


def calibration_file() -> Path:
    """Where the fits are kept for this user."""
    return settings_file().with_name("probability.json")


def load_calibration(path: Path) -> SiteCalibration:
    """Fits of this site; none where there is no file.

    SettingsError when the file is there and not understood: it is never silently passed over.
    """
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        if stored["format"] != FORMAT:
            raise ValueError(f"format {stored['format']!r}, expected {FORMAT}")
        fits = tuple(SiteFit(**{**each, "fit": _numbers(each["fit"])}) for each in stored["fits"])
        return SiteCalibration(fits, stored["in_force"])
    except FileNotFoundError:
        return SiteCalibration()
    except (
        OSError,
        KeyError,
        TypeError,
        AttributeError,
        ValueError,
        OverflowError,
        RecursionError,
        SettingsError,
    ) as error:
        raise SettingsError(
            f"The site's calibration in {path} is not understood ({error}). Bring back a copy of "
            "the file, or remove it to read as shipped."
        ) from error


def save_calibration(calibration: SiteCalibration, path: Path) -> None:
    """Keep all of it, whole or not at all. StorageError says why not."""
    stored = {
        "format": FORMAT,
        "in_force": calibration.in_force,
        "fits": [asdict(each) for each in calibration.fits],
    }
    write_text(path, json.dumps(stored, indent=2, allow_nan=False) + "\n", private=True)


def fit_in_force() -> SiteFit | None:
    """For this user; None as shipped. SettingsError where the file is not understood."""
    return load_calibration(calibration_file()).fit


def calibrated(package: ModelPackage, fit: SiteFit) -> ModelPackage:
    """The same network, its probability and words by `fit`.

    ModelPackageError where the fit belongs to other weights: their logits mean something else.
    """
    if not fit.belongs_to(package):
        raise ModelPackageError(
            f"This site's calibration of {fit.date} was fitted to {fit.package} {fit.version} "
            f"({fit.sha256[:12]}...), and {package.title} ({checksum(package)[:12]}...) is "
            f"installed. {REMEDY}"
        )
    return replace(package, settings={**package.settings, **fit.fit.settings})


def checksum(package: ModelPackage) -> str:
    """Of the checksums of all its weights, as its card lists them."""
    listed = json.dumps(package.card.get("files"), sort_keys=True)
    return hashlib.sha256(listed.encode()).hexdigest()


def _numbers(stored: Mapping[str, Any]) -> PlattFit:
    for name, value in stored.items():
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise TypeError(f"{name} is {value!r}")
    return PlattFit(**{name: float(value) for name, value in stored.items()})
