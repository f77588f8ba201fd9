"""Map files into memory as arrays."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt


def map_array(path: Path, kind: type) -> npt.NDArray[Any]:
    """Map a file into memory as an array, (N,), which is read where it is used.

    Raises:
        OSError: the file cannot be read.
        ValueError: its size is not a multiple of that of `kind`.
    """
    if path.stat().st_size == 0:  # an empty file cannot be mapped
        return np.empty(0, kind)
    return np.asarray(np.memmap(path, kind, mode="r"))  # slices of a memmap object cost more time
