"""What a voxel of a simulated woman is made of."""

from __future__ import annotations

from enum import IntEnum


class Label(IntEnum):
    """Of a voxel's largest part that is not fat; LESION and above it are lesions, by number."""

    AIR = 0
    FAT = 1
    GLAND = 2
    SKIN = 3
    NIPPLE = 4
    MUSCLE = 5
    BONE = 6
    LUNG = 7
    HEART = 8
    VESSEL = 9
    LIVER = 10
    CYST = 11
    LESION = 64
