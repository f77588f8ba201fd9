"""`python -m training.reader`: teach the reader."""

from training.reader.train import main

main()
