"""What happened to a file on a desk between two decisions, in words: taken, given back, given to another, stuck."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, Row, and_, select
from sqlalchemy.orm import aliased

from pipeline.models import Orang, Pengalihan, Peristiwa, PeristiwaWords
from pipeline.register import REASONS, FreedReason
from pipeline.roles import Peran

#: jenis of a peristiwa -> its words.
KATA: Mapping[str, str] = {
    "diambil": "Diambil",
    "dilepas": "Dilepas ke antrean",
    "perlu_petugas": "Pemeriksaan otomatis selesai: perlu dilihat petugas",
    "macet": "Pekerjaan sistem macet, menunggu operator",
    "dilanjutkan": "Pekerjaan sistem dijalankan lagi",
    "sk_gagal": "Tanda tangan tidak berhasil, belum ada surat yang terbit",
    "sk_perlu_dicek": "Hasil tanda tangan belum diketahui, perlu dicek pada penyedia",
}


def _drawn(data: Mapping[str, object]) -> str:
    drawn = data["drawn"]
    previously = drawn["previously"] if isinstance(drawn, dict) else None
    from_whom = f", yang dibebaskan berkas {previously}," if previously else ""
    return f"Nomor {data['sk_nomor']}{from_whom} diberikan pada surat ini"


def _freed(data: Mapping[str, object]) -> str:
    return f"Nomor {data['sk_nomor']} dibebaskan: {REASONS[FreedReason(str(data['reason']))]}"


#: Those about the number of the letter; the first attempt draws it.
NOMOR: Mapping[str, Callable[[Mapping[str, object]], str]] = {"sk_niat": _drawn, "nomor_bebas": _freed}
#: Those that tell a reader nothing: their outcome has a line of its own, or none is needed.
TANPA_KATA = frozenset({"dibuat", "isi", "siap", "sk_dikirim"})
TERLANTAR = "Dikembalikan ke antrean: pemegangnya tidak lagi bertugas di meja ini"
SISTEM = "Sistem"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gerak:
    """One line: what, by whom, why."""

    pada: datetime
    judul: str
    oleh: str
    alasan: str = ""


def read_gerak(conn: Connection, permohonan_id: UUID) -> list[Gerak]:
    """Everything of that kind, in no order."""
    p, w = Peristiwa, PeristiwaWords
    query = (
        select(p.jenis, p.pada, p.peran, p.data, Orang.nama, w.words["sebagai"].as_string().label("sebagai"))
        .outerjoin(Orang, Orang.id == p.oleh)
        .outerjoin(w, and_(w.permohonan_id == p.permohonan_id, w.urut == p.urut))
        .where(p.permohonan_id == permohonan_id, p.jenis.in_((*KATA, *NOMOR)))
        .order_by(p.urut)
    )
    rows = [r for r in conn.execute(query) if r.jenis != "sk_niat" or "drawn" in r.data]
    return [_gerak(r) for r in rows] + _handed(conn, permohonan_id)


def _gerak(r: Row[*tuple[object, ...]]) -> Gerak:
    stranded = r.jenis == "dilepas" and r.nama is None
    oleh = f"{r.nama}, {r.sebagai or Peran(r.peran).nama}" if r.nama and r.peran else SISTEM
    if r.jenis in NOMOR:
        own = r.data.get("reason") == FreedReason.WITHDRAWN  # the applicant is known by role
        return Gerak(pada=r.pada, judul=NOMOR[r.jenis](r.data), oleh=Peran.PEMOHON.nama if own else oleh)
    return Gerak(pada=r.pada, judul=TERLANTAR if stranded else KATA[r.jenis], oleh=oleh)


def _handed(conn: Connection, permohonan_id: UUID) -> list[Gerak]:
    """What superiors gave to another person."""
    dari, kepada, atasan = aliased(Orang), aliased(Orang), aliased(Orang)
    p = Pengalihan
    query = (
        select(p.pada, p.alasan, p.sebagai, dari.nama.label("dari"), kepada.nama.label("kepada"), atasan.nama)
        .outerjoin(dari, dari.id == p.dari)
        .join(kepada, kepada.id == p.kepada)
        .join(atasan, atasan.id == p.oleh)
        .where(p.permohonan_id == permohonan_id)
    )
    return [
        Gerak(
            pada=r.pada,
            judul=f"Dialihkan {f'dari {r.dari} ' if r.dari else ''}kepada {r.kepada}",
            oleh=f"{r.nama}, {r.sebagai}",
            alasan=r.alasan,
        )
        for r in conn.execute(query)
    ]
