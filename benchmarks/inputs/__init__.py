"""What the benchmarks run on: public data, damaged text, report files, vectors."""
