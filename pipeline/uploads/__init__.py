"""Files from outside: judged, cleaned and written anew before anything of ours keeps them.

Accepted are PDF, JPEG, PNG and HEIC. What is shown is never the received bytes but what we made of them in the sandbox;
a file that acts, hides something or does not open is refused with a sentence that says what to do instead.
"""

import hashlib
import json
from base64 import b64decode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias, TypeVar

from pipeline.errors import BerkasDitolak, BerkasTerlaluBesar
from pipeline.uploads import names
from pipeline.uploads.sandbox import PemeriksaMati, PemeriksaTidakSiap, Session, sandbox
from pipeline.verification import Page

UKURAN_PALING_BESAR: Final = 10 << 20

__all__ = ["UKURAN_PALING_BESAR", "Diterima", "PemeriksaTidakSiap", "accept", "inspect", "inspect_many", "measure_many"]

T = TypeVar("T")
Stored: TypeAlias = tuple[bytes, str]  # a stored copy and its kind


@dataclass(frozen=True, slots=True)
class Diterima:
    """An accepted file: the cleaned name to show, and the cleaned copy to keep."""

    nama: str
    jenis: str  # pdf, jpg or png
    konten: bytes
    halaman: int
    sha256_asli: str  # of what was received
    asli: bytes | None = None  # what was received, when it carries an electronic signature that only it can prove


def accept(nama: str, konten: bytes) -> Diterima:
    """Check and clean one uploaded file.

    Raises BerkasTerlaluBesar over 10 MB, BerkasDitolak with the sentence to show, PemeriksaTidakSiap (nothing is
    known about the file; try again).
    """
    if len(konten) > UKURAN_PALING_BESAR:
        raise BerkasTerlaluBesar
    nama = names.clean_name(nama)
    jenis = names.kind_of(konten)
    names.check_suffix(nama, jenis)
    try:
        head, bersih = sandbox().run(f"clean_{jenis}", {"jenis": jenis}, konten)
    except PemeriksaMati:
        raise BerkasDitolak(names.TERLALU_BERAT) from None
    signed = head.get("bertanda_tangan") is True
    disimpan = str(head["jenis"])
    return Diterima(
        nama=names.with_suffix(nama, disimpan),
        jenis=disimpan,
        konten=bersih,
        halaman=int(head["halaman"]),
        sha256_asli=hashlib.sha256(konten).hexdigest(),
        asli=konten if signed else None,
    )


def inspect(konten: bytes, jenis: str) -> str | None:
    """What is wrong with a stored copy, as a sentence; None when it opens and is what it should be."""
    return inspect_many([(konten, jenis)])[0]


def inspect_many(berkas: Sequence[Stored]) -> list[str | None]:
    """``inspect`` for all files of an application, in one child. Raises PemeriksaTidakSiap."""
    return _each(berkas, _inspect, names.TERLALU_BERAT)


def measure_many(berkas: Sequence[Stored]) -> list[tuple[Page, ...] | None]:
    """What the pages of stored files show; None for a file whose pages cannot be drawn. Raises PemeriksaTidakSiap."""
    return _each(berkas, _measure, None)


def _each(berkas: Sequence[Stored], look: Callable[[Session, Stored], T], dead: T) -> list[T]:
    """Look at each file in a child that goes on with the next; ``dead`` for one over which two children died."""
    hasil: list[T] = []
    mati_di = -1
    while len(hasil) < len(berkas):
        try:
            with sandbox().session() as session:
                for stored in berkas[len(hasil) :]:
                    hasil.append(look(session, stored))
        except PemeriksaMati:
            if mati_di == len(hasil):  # twice over the same file: not an accident of ours
                hasil.append(dead)
            mati_di = len(hasil)
    return hasil


def _inspect(session: Session, stored: Stored) -> str | None:
    konten, jenis = stored
    try:
        if names.kind_of(konten) != jenis:
            raise BerkasDitolak(names.BEDA)
        session.call("inspect_pdf" if jenis == names.PDF else "inspect_image", {"jenis": jenis}, konten)
    except BerkasDitolak as e:
        return str(e)
    return None


def _measure(session: Session, stored: Stored) -> tuple[Page, ...] | None:
    try:
        _, found = session.call("measure", {"jenis": stored[1]}, stored[0])
        return tuple(map(_page, json.loads(found)))
    except BerkasDitolak:
        return None


def _page(p: Mapping[str, str | float]) -> Page:
    sketch = b64decode(str(p["sketch"]))
    return Page(tiny=bool(p["tiny"]), detail=float(p["detail"]), order=float(p["order"]), sketch=sketch)
