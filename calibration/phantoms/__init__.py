"""Simulated images with known truth."""
