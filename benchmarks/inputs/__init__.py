"""Inputs of the benchmarks: public data, damaged text, report files, synthetic vectors."""
