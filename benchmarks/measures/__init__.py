"""Measurements of the benchmarks: ranking, encoders, latency, and the fit of weights."""
