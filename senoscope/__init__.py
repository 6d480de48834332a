"""Senoscope: an open breast-ultrasound assistant. The folders beside this one are its packages."""

__version__ = "0.1.0"
