"""A list of system calls: what is not on it fails, as if this user were not allowed to.

https://docs.kernel.org/userspace-api/seccomp_filter.html
"""

import ctypes
import errno
import mmap
import os
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from pipeline.uploads.walls import kernel


@dataclass(frozen=True, slots=True)
class Machine:
    """A kind of processor: what the kernel calls it, and which of our two columns of numbers is its."""

    mark: int
    column: int


MACHINES: Final = {"x86_64": Machine(0xC000_003E, 0), "aarch64": Machine(0xC000_00B7, 1)}

#: What a program that only calculates, and talks over a socket it was given, asks for. -1: not on this machine.
ALLOWED: Final = {
    "read": (0, 63), "write": (1, 64), "close": (3, 57), "lseek": (8, 62), "getdents64": (217, 61),
    "recvfrom": (45, 207), "sendto": (44, 206), "getsockname": (51, 204), "getpeername": (52, 205),
    "getsockopt": (55, 209), "poll": (7, -1), "ppoll": (271, 73),
    "brk": (12, 214), "munmap": (11, 215), "mremap": (25, 216), "madvise": (28, 233), "futex": (202, 98),
    "rt_sigaction": (13, 134), "rt_sigprocmask": (14, 135), "rt_sigreturn": (15, 139), "sigaltstack": (131, 132),
    "alarm": (37, -1), "setitimer": (38, 103), "getrusage": (98, 165), "clock_gettime": (228, 113),
    "clock_nanosleep": (230, 115), "restart_syscall": (219, 128), "sched_yield": (24, 124),
    "set_robust_list": (273, 99), "rseq": (334, 293),
    "getpid": (39, 172), "gettid": (186, 178), "getrandom": (318, 278), "exit": (60, 93), "exit_group": (231, 94),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Condition:
    """A call that is allowed when these bits of this argument are ``value``."""

    numbers: tuple[int, int]
    argument: int
    bits: int
    value: int


_ALL_BITS: Final = 0xFFFF_FFFF
_NEW_THREAD: Final = 0x3D_0F00
_CLONE3: Final = 435  # hides its flags from us; what does not exist is asked for by the older call
_WRITES: Final = os.O_ACCMODE | os.O_CREAT | os.O_TRUNC | os.O_APPEND


#: Memory never becomes a program, and limits are this process's own.
_CONDITIONS: Final = (
    Condition((9, 222), 2, mmap.PROT_EXEC, 0),  # mmap
    Condition((10, 226), 2, mmap.PROT_EXEC, 0),  # mprotect
    Condition((302, 261), 0, _ALL_BITS, 0),  # prlimit64
    Condition((204, 123), 0, _ALL_BITS, 0),  # sched_getaffinity
    Condition((56, 220), 0, _ALL_BITS, _NEW_THREAD),  # clone: libheif's decoder wants a thread; a process is refused
)
#: Where Landlock says which files: otherwise none is opened.
_READS: Final = Condition((257, 56), 2, _WRITES, os.O_RDONLY)  # openat

LOAD, _AND, EQUALS, _AT_LEAST, RETURN = 0x20, 0x54, 0x15, 0x35, 0x06
ALLOW, REFUSE, _KILL = 0x7FFF_0000, 0x0005_0000, 0x8000_0000
NUMBER_AT, _MACHINE_AT, ARGUMENTS_AT = 0, 4, 16  # in what the kernel shows the filter
_OTHER_TABLE: Final = 0x4000_0000  # numbers of another kind of program (x32)
_FILTER_MODE: Final = 2
_STEP_SIZE: Final = 8

Step = tuple[int, int, int, int]


@cache
def make(*, reads: bool) -> bytes:
    """The list as the kernel reads it; empty where we do not know this kind of machine."""
    if (machine := MACHINES.get(os.uname().machine)) is None:
        return b""
    return packed(_program(machine, (*_CONDITIONS, _READS) if reads else _CONDITIONS))


def packed(steps: Iterable[Step]) -> bytes:
    """A filter as the kernel reads it."""
    return b"".join(struct.pack("HBBI", *step) for step in steps)


def restrict(steps: bytes) -> bool:
    """Hold this process to a filter, for good. False where the kernel has no such thing."""
    if not steps:
        return False
    code = ctypes.create_string_buffer(steps, len(steps))
    program = ctypes.create_string_buffer(struct.pack("HP", len(steps) // _STEP_SIZE, ctypes.addressof(code)))
    return kernel.control(kernel.SYSTEM_CALL_FILTER, _FILTER_MODE, ctypes.addressof(program))


def _program(machine: Machine, conditions: Iterable[Condition]) -> Iterator[Step]:
    yield from _of_this_machine(machine)
    for numbers in ALLOWED.values():
        if (number := numbers[machine.column]) >= 0:
            yield from answer(number, ALLOW)
    yield from answer(_CLONE3, REFUSE | errno.ENOSYS)
    for rule in conditions:
        yield from _conditional(rule, machine.column)
    yield (RETURN, 0, 0, REFUSE | errno.EPERM)


def _of_this_machine(machine: Machine) -> Iterable[Step]:
    """Numbers mean something else to a program of another kind."""
    return (
        (LOAD, 0, 0, _MACHINE_AT),
        (EQUALS, 1, 0, machine.mark),
        (RETURN, 0, 0, _KILL),
        (LOAD, 0, 0, NUMBER_AT),
        (_AT_LEAST, 0, 1, _OTHER_TABLE),
        (RETURN, 0, 0, _KILL),
    )


def answer(number: int, what: int) -> Iterable[Step]:
    """For one call, whatever its arguments."""
    return (EQUALS, 0, 1, number), (RETURN, 0, 0, what)


def _conditional(rule: Condition, column: int) -> Iterable[Step]:
    return (
        (EQUALS, 0, 5, rule.numbers[column]),
        (LOAD, 0, 0, ARGUMENTS_AT + 8 * rule.argument),  # its lower half: the upper one of these is never looked at
        (_AND, 0, 0, rule.bits),
        (EQUALS, 0, 1, rule.value),
        (RETURN, 0, 0, ALLOW),
        (RETURN, 0, 0, REFUSE | errno.EPERM),
    )
