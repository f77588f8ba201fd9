"""Map files into memory as arrays."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt


def map_array(path: Path, kind: type) -> npt.NDArray[Any]:
    """Map a file as an array, (N,), of which only what is used is read. Raises `OSError`, `ValueError`."""
    if path.stat().st_size == 0:  # an empty file cannot be mapped
        return np.empty(0, kind)
    return np.asarray(np.memmap(path, kind, mode="r"))  # slices of a memmap object cost more time
