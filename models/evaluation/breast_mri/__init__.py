"""How well breast MRI is read."""
