"""The embedding models, and the reader that works on their token vectors."""

from pathlib import Path

WEIGHTS_FOLDER = Path(__file__).parent / "weights"
"""The weights that ship: the adapter of the bundled model, the reader, and the weights of ranking."""
