"""The study dashboard: what the log of readings shows."""
