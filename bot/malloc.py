"""Limit the memory that the C library's allocator keeps for itself."""

import ctypes
import sys

ARENAS = 2
_M_ARENA_MAX = -8  # malloc.h


def share_arenas() -> None:
    """Let all threads allocate from two arenas; call this before a second thread starts.

    Otherwise glibc gives each thread an arena of its own, and none returns what a question needed for a
    moment.
    """
    if sys.platform == "linux":
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # other C libraries have none
        if mallopt is not None:
            mallopt(_M_ARENA_MAX, ARENAS)


def trim() -> None:
    """Return the memory that loading a model needed for a moment; call this when all is loaded."""
    if sys.platform == "linux":
        malloc_trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if malloc_trim is not None:
            malloc_trim(0)
