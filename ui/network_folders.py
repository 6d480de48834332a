"""Where users put networks of their own, one folder each."""

from __future__ import annotations

from pathlib import Path

from platformdirs import user_data_path


def mammography_networks() -> Path:
    """Those for mammograms."""
    return _own("mammography-models")


def breast_mri_networks() -> Path:
    """Those for breast MRI."""
    return _own("breast-mri-models")


def _own(name: str) -> Path:
    return user_data_path("senoscope", appauthor=False) / name
