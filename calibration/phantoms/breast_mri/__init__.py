"""Simulated dynamic breast MRI, whose truth is known."""
