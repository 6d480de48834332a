from __future__ import annotations

import torch

from senoscope.models.networks.risk_lattice import RiskLattice


def test_a_cell_sees_two_others_each_way_and_no_further() -> None:
    torch.manual_seed(0)
    network = RiskLattice(3).eval()
    seen = torch.zeros(1, 3, 9, 9)
    moved = seen.clone()
    moved[0, :, 4, 4] = 5.0
    with torch.no_grad():
        change = (network(moved) - network(seen))[0, 0].abs() > 1e-7
    assert network(seen).shape == (1, 1, 9, 9)
    assert change.any()
    rows, columns = torch.nonzero(change, as_tuple=True)
    assert int((rows - 4).abs().max()) <= 2
    assert int((columns - 4).abs().max()) <= 2


def test_it_takes_lattices_of_any_size() -> None:
    assert RiskLattice(12)(torch.zeros(2, 12, 5, 7)).shape == (2, 1, 5, 7)
