"""The journey of a file as the macro ``walk`` draws it."""

from collections.abc import Sequence

from pipeline.queries.applicant.journey import Point, State
from pipeline.roles import Peran
from pipeline.sop.words import KeputusanKind
from pipeline.text import moment_in_words


def journey_item(point: Sequence[Point]) -> list[dict[str, object]]:
    """One entry per langkah: title, already, current, and the lines below it."""
    return [
        {
            "title": _title(t),
            "already": t.state is State.SUDAH,
            "current": t.state is State.KINI,
            "details": _details(t),
            "explanation": t.explanation,
        }
        for t in point
    ]


def _title(point: Point) -> str:
    langkah = point.langkah
    if langkah.keputusan is KeputusanKind.TERIMA:
        letter = point.word.removesuffix(" terbit")
        if point.untaken:
            return f"{letter} tidak diambil, diarsipkan"
        return f"{letter} diterima pemohon" if point.state is State.SUDAH else point.word
    if langkah.peran != Peran.PEMOHON or langkah.asks:
        return point.word
    if point.state is State.KINI:
        return langkah.correction_status or langkah.status
    return "Permohonan dikirim"


def _details(point: Point) -> list[str]:
    langkah = point.langkah
    desk = [] if langkah.peran == Peran.PEMOHON else [langkah.peran.name]
    if point.state is State.SUDAH:
        return desk + ([moment_in_words(point.closed_at)] if point.closed_at else [])
    if langkah.waits:
        until = f" sampai {moment_in_words(point.tenggat)}" if point.state is State.KINI and point.tenggat else ""
        return [langkah.activity, f"Menunggu {langkah.limit}{until}"]
    if point.state is State.KINI and point.tenggat:
        return [*desk, f"Paling lambat {moment_in_words(point.tenggat)}"]
    if desk:
        kerja = " kerja" if langkah.limit.hari else ""
        return [f"{desk[0]}, paling lama {langkah.limit}{kerja}"]
    return []
