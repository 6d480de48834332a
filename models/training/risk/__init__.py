"""Fits models of risk."""
