"""Landlock: this process opens no file but fonts and chance, connects to no port and sends no signal out.

https://docs.kernel.org/userspace-api/reach.html
"""

import ctypes
import os
from contextlib import suppress
from typing import Final

from pipeline.uploads.walls import kernel

#: Where pdfium looks for letters that a document does not bring along.
FONTS: Final = ("/usr/share/fonts", "/usr/share/X11/fonts/Type1", "/usr/share/X11/fonts/TTF", "/usr/local/share/fonts")
CHANCE: Final = "/dev/urandom"  # qpdf asks for some before it opens a locked document
NONE: Final = -1  # instead of rules, where the kernel has no Landlock

CREATE, _ADD_RULE, _RESTRICT = 444, 445, 446  # the same number on every machine
_ASK_VERSION: Final = 1
_PATH_BENEATH: Final = 1
_READ_FILE, _READ_DIR = 1 << 2, 1 << 3
_OPEN: Final = {**dict.fromkeys(FONTS, _READ_FILE | _READ_DIR), CHANCE: _READ_FILE}
#: Rights on files, network and other processes that a version of Landlock knows of.
_FILE_BITS: Final = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
_NETWORK: Final = 0b11
_SCOPES: Final = 0b11
_NETWORK_SINCE, _SCOPES_SINCE = 4, 6


class _Attributes(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("network", ctypes.c_uint64), ("scopes", ctypes.c_uint64))


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("beneath", ctypes.c_int32))


def version() -> int:
    """What the kernel has; 0 for nothing."""
    return max(0, kernel.call(CREATE, 0, 0, _ASK_VERSION))


def make() -> int:
    """Rules to be used by any number of children: its descriptor, or NONE."""
    if not (known := version()):
        return NONE
    attributes = _Attributes(
        files=(1 << _FILE_BITS[min(known, max(_FILE_BITS))]) - 1,
        network=_NETWORK if known >= _NETWORK_SINCE else 0,
        scopes=_SCOPES if known >= _SCOPES_SINCE else 0,
    )
    # An older kernel takes what it does not know as long as it is zero.
    rules = kernel.call(CREATE, ctypes.addressof(attributes), ctypes.sizeof(attributes), 0)
    for path, rights in _OPEN.items() if rules >= 0 else ():
        with suppress(OSError):  # not every machine has each of them
            _allow(rules, path, rights)
    return rules


def restrict(rules: int) -> int:
    """Hold this process to it, for good; the version that holds, or 0."""
    held = rules >= 0 and kernel.call(_RESTRICT, rules, 0) == 0
    return version() if held else 0


def _allow(rules: int, path: str, rights: int) -> None:
    beneath = os.open(path, os.O_PATH)
    try:
        rule = _PathBeneath(rights, beneath)
        kernel.call(_ADD_RULE, rules, _PATH_BENEATH, ctypes.addressof(rule), 0)
    finally:
        os.close(beneath)
