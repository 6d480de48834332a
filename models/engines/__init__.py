"""Inference back ends: one back end, one file, the same three names."""
