"""Senoscope seen from outside: metrics, health and spans."""
