"""How a simulated lesion looks and enhances, benign or malignant, so that no feature gives it away.

Each lesion has one hidden number, N(SEPARATION, 1) if it is malignant and N(-SEPARATION, 1) if not.
Every feature follows it partly: z = rho * hidden + sqrt(1 - rho^2) * noise. So features agree with
each other as in life, one alone parts the classes with an AUC of normal_cdf(rho * SEPARATION *
sqrt 2), and all together never with more than normal_cdf(SEPARATION * sqrt 2), 0.93. Size, place,
side and the exam are drawn alike for both.

Shape, margin and inner enhancement are words of BI-RADS MRI. Shares of curve types were set near
those of Kuhl et al., Radiology 1999;211:101; the AUC of mean Ktrans near 0.76, as in 116 patients
of PMC6260880. ADC as Partridge et al., JMRI 2017;45:337 describe it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

SEPARATION = 1.05
MASS_RHO = {
    "ktrans": 0.46, "ve": 0.36, "margin": 0.50, "spicules": 0.42, "rim": 0.36, "uneven": 0.36,
    "septa": 0.25, "adc": 0.50, "t2": 0.30,
}  # fmt: skip
_MASS_MM = (14.0, 0.45)
_NONMASS_MM = (22.0, 0.35)


@dataclass(frozen=True, slots=True)
class Appearance:
    """`ktrans_per_min`, `ve`, `vp` are means over the lesion.

    `size_mm` its longest diameter, `axes` three shares of it. `margin` how far the edge strays, as
    a share of the radius; `spicules` their number; `rim` how much less the middle takes up, 0..1;
    `uneven` the spread of Ktrans within, as a share; `septa` dark ones. `clumped` 0..1 of a
    non-mass enhancement. `adc` 1e-6 mm2/s, `t2_signal` against gland's, `t1_share` of typical T1.
    """

    kind: str
    is_malignant: bool
    size_mm: float
    axes: tuple[float, float, float]
    ktrans_per_min: float
    ve: float
    vp: float
    margin: float
    spicules: int
    rim: float
    uneven: float
    septa: bool
    clumped: float
    adc: float
    t2_signal: float
    t1_share: float


MALIGNANT_KINDS = ("malignant mass", "malignant non-mass", "malignant focus")
BENIGN_KINDS = ("benign mass", "benign non-mass", "benign focus")
CYST = "cyst"
KINDS = (*MALIGNANT_KINDS, *BENIGN_KINDS, CYST)


def appearance(random: np.random.Generator, kind: str) -> Appearance:
    """Of one of KINDS but the cyst."""
    is_malignant = kind in MALIGNANT_KINDS
    hidden = random.normal(SEPARATION if is_malignant else -SEPARATION)
    z = {
        name: rho * hidden + np.sqrt(1 - rho * rho) * random.standard_normal()
        for name, rho in MASS_RHO.items()
    }
    ktrans = np.clip(0.13 * np.exp(0.6 * z["ktrans"]), 0.03, 1.2)
    ve = np.clip(0.42 * np.exp(-0.42 * z["ve"]), 0.10, 0.85)
    is_mass = kind.endswith(" mass")
    return Appearance(
        kind=kind,
        is_malignant=is_malignant,
        size_mm=_size_mm(random, kind),
        axes=_axes(random, kind),
        ktrans_per_min=float(ktrans * (1 if is_mass else 0.75)),
        ve=float(ve),
        vp=float(random.uniform(0.01, 0.06)),
        margin=float(0.10 * np.exp(0.5 * z["margin"])),
        spicules=int(max(0, round(7 * (z["spicules"] - 0.55)))) if is_mass else 0,
        rim=float(np.clip(0.45 * (z["rim"] - 0.5), 0, 0.8)) if is_mass else 0.0,
        uneven=float(np.clip(0.22 * np.exp(0.4 * z["uneven"]), 0.05, 0.6)),
        septa=bool(is_mass and z["septa"] < -0.9),
        clumped=float(1 / (1 + np.exp(-z["uneven"]))),
        adc=float(np.clip(1230 - 230 * z["adc"], 600, 2100)),
        t2_signal=float(1.0 * np.exp(-0.3 * z["t2"])),
        t1_share=float(random.uniform(0.92, 1.12)),
    )


def _axes(random: np.random.Generator, kind: str) -> tuple[float, float, float]:
    """Non-mass enhancement follows ducts, so it is longer than wide."""
    wide, deep = random.uniform(0.62, 1), random.uniform(0.55, 0.95)
    share = 0.65 if kind.endswith("non-mass") else 1.0
    return 1.0, float(wide * share), float(deep * share)


def _size_mm(random: np.random.Generator, kind: str) -> float:
    if kind.endswith("focus"):
        return float(random.uniform(3.5, 5.0))
    middle, spread = _MASS_MM if kind.endswith(" mass") else _NONMASS_MM
    low = 6 if kind.endswith(" mass") else 9
    return float(np.clip(middle * np.exp(spread * random.standard_normal()), low, 40))


def screening_mix(seed: int) -> tuple[str, ...]:
    """Kinds for one woman: a fifth has nothing, most one lesion or two, some a cyst besides."""
    random = np.random.default_rng([seed, 110])
    kinds: list[str] = []
    if random.random() > 0.2:
        classes = MALIGNANT_KINDS if random.random() < 0.5 else BENIGN_KINDS
        kinds.append(str(random.choice(classes, p=(0.68, 0.24, 0.08))))
        if random.random() < 0.3:
            classes = MALIGNANT_KINDS if random.random() < 0.5 else BENIGN_KINDS
            kinds.append(str(random.choice(classes, p=(0.6, 0.2, 0.2))))
    kinds += [CYST] * int(random.choice(3, p=(0.6, 0.25, 0.15)))
    return tuple(kinds)
