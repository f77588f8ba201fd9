"""Memory: what the C library holds back is given up."""

import ctypes
import sys

ARENAS = 2
_M_ARENA_MAX = -8  # malloc.h


def share_arenas() -> None:
    """Let all threads allocate from two arenas; to be called before there is a second thread.

    glibc gives each thread that answers an arena of its own, and none of them gives back what a question
    needed for a moment: with eight threads that is 150 MB.
    """
    if sys.platform == "linux":
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # other C libraries have none
        if mallopt is not None:
            mallopt(_M_ARENA_MAX, ARENAS)


def trim() -> None:
    """Give back what loading a model needed for a moment, 60 MB; to be called when all is loaded."""
    if sys.platform == "linux":
        malloc_trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if malloc_trim is not None:
            malloc_trim(0)
