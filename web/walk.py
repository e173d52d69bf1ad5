"""The journey of a file as the macro ``walk`` draws it."""

from collections.abc import Sequence

from pipeline.queries.applicant.journey import Point, State
from pipeline.roles import Peran
from pipeline.sop.values import KeputusanKind
from pipeline.tanggal import waktu


def journey_item(titik: Sequence[Point]) -> list[dict[str, object]]:
    """One entry per langkah: judul, sudah, kini, and the lines below it."""
    return [
        {
            "judul": _title(t),
            "sudah": t.keadaan is State.SUDAH,
            "kini": t.keadaan is State.KINI,
            "rincian": _details(t),
            "penjelasan": t.penjelasan,
        }
        for t in titik
    ]


def _title(titik: Point) -> str:
    langkah = titik.langkah
    if langkah.keputusan is KeputusanKind.TERIMA:
        surat = titik.kata.removesuffix(" terbit")
        if titik.untaken:
            return f"{surat} tidak diambil, diarsipkan"
        return f"{surat} diterima pemohon" if titik.keadaan is State.SUDAH else titik.kata
    if langkah.peran is not Peran.PEMOHON:
        return titik.kata
    if titik.keadaan is State.KINI:
        return langkah.status_perbaikan or langkah.status
    return "Permohonan dikirim"


def _details(titik: Point) -> list[str]:
    langkah = titik.langkah
    meja = [] if langkah.peran is Peran.PEMOHON else [langkah.peran.nama]
    if titik.keadaan is State.SUDAH:
        return meja + ([waktu(titik.closed_at)] if titik.closed_at else [])
    if titik.keadaan is State.KINI and titik.tenggat:
        return [*meja, f"Paling lambat {waktu(titik.tenggat)}"]
    if meja:
        kerja = " kerja" if langkah.batas.hari else ""
        return [f"{meja[0]}, paling lama {langkah.batas}{kerja}"]
    return []
