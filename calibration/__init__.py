"""Honest numbers: what a reading is measured against."""
