"""The capture loop: sources, newest frame, reading, viewers."""
