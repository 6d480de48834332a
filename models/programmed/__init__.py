"""Algorithms whose features a person chose; no network file is needed."""
