"""Breast MRI objects: which images are one phase, and when it was taken."""
