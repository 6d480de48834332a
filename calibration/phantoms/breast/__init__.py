"""Simulated breasts in three dimensions, compressed for a view and projected; none is real."""
