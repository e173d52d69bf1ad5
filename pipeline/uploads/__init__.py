"""Files from outside: judged, cleaned and written anew before anything of ours keeps them.

Accepted are PDF, JPEG, PNG and HEIC. What is shown is never the received bytes but what we made of them in the sandbox;
a file that acts, hides something or does not open is refused with a sentence that says what to do instead.
"""

import hashlib
from dataclasses import dataclass
from typing import Final

from pipeline.errors import BerkasRefused, BerkasTooLarge
from pipeline.uploads import names
from pipeline.uploads.examination import Examination, examine, read_examination
from pipeline.uploads.sandbox import ScannerDead, ScannerNotReady, sandbox

UKURAN_PALING_BESAR: Final = 10 << 20

__all__ = [
    "UKURAN_PALING_BESAR",
    "Accepted",
    "Examination",
    "ScannerNotReady",
    "accept",
    "examine",
    "read_examination",
]


@dataclass(frozen=True, slots=True)
class Accepted:
    """An accepted file: the cleaned name to show, and the cleaned copy to keep."""

    nama: str
    jenis: str  # pdf, jpg or png
    payload: bytes
    halaman: int
    sha256_asli: str  # of what was received
    asli: bytes | None = None  # what was received, when it carries an electronic signature that only it can prove


def accept(nama: str, payload: bytes) -> Accepted:
    """Check and clean one uploaded file.

    Raises BerkasTooLarge over 10 MB, BerkasRefused with the sentence to show, ScannerNotReady (nothing is
    known about the file; try again).
    """
    if len(payload) > UKURAN_PALING_BESAR:
        raise BerkasTooLarge
    nama = names.clean_name(nama)
    jenis = names.kind_of(payload)
    names.check_suffix(nama, jenis)
    try:
        head, bersih = sandbox().run(f"clean_{jenis}", {"jenis": jenis}, payload)
    except ScannerDead:
        raise BerkasRefused(names.TOO_HEAVY) from None
    signed = head.get("signed") is True
    disimpan = str(head["jenis"])
    return Accepted(
        nama=names.with_suffix(nama, disimpan),
        jenis=disimpan,
        payload=bersih,
        halaman=int(head["halaman"]),
        sha256_asli=hashlib.sha256(payload).hexdigest(),
        asli=payload if signed else None,
    )
