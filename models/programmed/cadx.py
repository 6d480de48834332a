"""Programmed CADx: a calibrated logistic model over features a person chose. No network file."""

from __future__ import annotations

from pathlib import Path

from senoscope.models.programmed.descriptors import FEATURES
from senoscope.models.programmed.feature_model import FeatureModel, read_feature_model

SHIPPED = Path(__file__).with_name("cadx.json")


def load_cadx() -> FeatureModel:
    """Takes the features of `descriptors.measure`. ModelPackageError where the file is not whole.

    Made by `senoscope train cadx`.
    """
    return read_feature_model(SHIPPED, {feature.name for feature in FEATURES})
