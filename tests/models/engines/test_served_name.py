"""A network's name on a server is its weights', so that no others can answer."""

from __future__ import annotations

import re

from senoscope.models.engines.served_name import served_name
from senoscope.models.package import Precision, load_package, shipped_packages


def test_the_name_is_the_beginning_of_the_weights_checksum() -> None:
    assert served_name(b"") == "senoscope-e3b0c44298fc1c14"


def test_no_two_shipped_networks_share_one() -> None:
    packages = [load_package(folder) for folder in shipped_packages()]
    weights = {package.weights(each) for package in packages for each in Precision}
    names = {served_name(each) for each in weights}
    assert len(names) == len(weights)
    assert all(re.fullmatch("senoscope-[0-9a-f]{16}", name) for name in names)
