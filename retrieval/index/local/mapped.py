"""Arrays on disk that are mapped, not loaded."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt


def mapped(path: Path, kind: type) -> npt.NDArray[Any]:
    """A file as an array, (N,), that is read as it is used. Raises `OSError`, `ValueError`."""
    if path.stat().st_size == 0:  # which cannot be mapped
        return np.empty(0, kind)
    return np.asarray(np.memmap(path, kind, mode="r"))  # a memmap's own slices cost ten times as much
