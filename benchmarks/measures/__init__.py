"""What the benchmarks measure: ranking, encoders, times."""
