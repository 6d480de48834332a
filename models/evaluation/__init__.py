"""Metrics with confidence intervals, and the public data sets they are computed on."""
