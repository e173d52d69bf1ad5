"""The calls of Linux that Python has no name for."""

import ctypes
from typing import Final

DEATH_SIGNAL: Final = 1
SYSTEM_CALL_FILTER: Final = 22
NO_NEW_PRIVILEGES: Final = 38

_LIBRARY: Final = ctypes.CDLL(None, use_errno=True)
_LIBRARY.syscall.restype = ctypes.c_long


def control(what: int, value: int, pointer: int = 0) -> bool:
    """prctl; whether the kernel did it."""
    words = (ctypes.c_ulong(word) for word in (value, pointer, 0, 0))
    return bool(_LIBRARY.prctl(ctypes.c_int(what), *words) == 0)


def call(number: int, *words: int) -> int:
    """A system call by its number: the kernel's answer, -1 for no."""
    answer: int = _LIBRARY.syscall(ctypes.c_long(number), *(ctypes.c_long(word) for word in words))
    return answer
