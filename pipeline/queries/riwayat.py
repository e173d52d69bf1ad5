"""The history of a file as people read it: every decision, draft and missed deadline, newest last."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection, Row, and_, select

from pipeline.calendar import Interval, OfficeCalendar, office_time
from pipeline.db import connection
from pipeline.escalation import describe
from pipeline.models import Orang, Peristiwa, PeristiwaWords, PermintaanPerbaikan, Tugas
from pipeline.queries.kalender import Pergeseran, read_berlaku, read_pergeseran
from pipeline.queries.riwayat_meja import read_gerak
from pipeline.roles import Peran
from pipeline.sop import SELESAI, JenisKeputusan, Langkah, Sop
from pipeline.tanggal import waktu


@dataclass(frozen=True, slots=True, kw_only=True)
class Kejadian:
    """One line of the history."""

    pada: datetime
    judul: str
    oleh: str  # the person and title, or "Sistem"
    alasan: str = ""
    butir: tuple[str, ...] = ()  # what the applicant was asked, item by item
    terpakai: timedelta | None = None  # office time on that desk
    batas: str = ""  # with what a superior has added; empty for the applicant


#: Decisions that read the same wherever they are made.
KATA: Mapping[str, str] = {
    JenisKeputusan.TOLAK: "Rekomendasi: ditolak",
    JenisKeputusan.BATALKAN: "Permohonan dibatalkan pemohon",
    JenisKeputusan.TANDA_TANGANI: "Ditandatangani",
    JenisKeputusan.TERIMA: "SK diterima pemohon",
    JenisKeputusan.ARSIPKAN: "Tidak diambil pemohon, diarsipkan",
}


_w = PeristiwaWords
_SEBAGAI = _w.words["sebagai"].as_string().label("sebagai")


def read_riwayat(permohonan_id: UUID, sop: Sop) -> tuple[Kejadian, ...]:
    """Everything that was decided on the file or done with it on a desk, and every missed deadline, oldest first."""
    with connection() as conn:
        tugas = {str(r.id): r for r in _tugas(conn, permohonan_id)}
        butir = _asked(conn, permohonan_id, sop)
        peristiwa = conn.execute(
            select(Peristiwa.jenis, Peristiwa.pada, Peristiwa.data, Orang.nama, _SEBAGAI)
            .outerjoin(Orang, Orang.id == Peristiwa.oleh)
            .outerjoin(_w, and_(_w.permohonan_id == Peristiwa.permohonan_id, _w.urut == Peristiwa.urut))
            .where(Peristiwa.permohonan_id == permohonan_id, Peristiwa.jenis.in_(("keputusan", "naskah", "eskalasi")))
            .order_by(Peristiwa.urut)
        ).all()
        moves = read_gerak(conn, permohonan_id)
        kalender = read_berlaku(conn).kalender
    moved = read_pergeseran(permohonan_id)
    events = [Kejadian(pada=g.pada, judul=g.judul, oleh=g.oleh, alasan=g.alasan) for g in moves]
    events += [_event(p, tugas.get(str(p.data.get("tugas"))), butir, sop, kalender) for p in peristiwa]
    events += [_moved(p) for p in moved]
    return tuple(sorted(events, key=lambda k: k.pada))


def _tugas(conn: Connection, permohonan_id: UUID) -> list[Row[*tuple[object, ...]]]:
    t = Tugas
    query = (
        select(
            t.id,
            t.langkah,
            t.dibuat_pada,
            t.selesai_pada,
            t.keputusan,
            t.alasan,
            t.sebagai,
            t.tambahan_hari,
            Orang.nama,
        )
        .outerjoin(Orang, Orang.id == t.oleh)
        .where(t.permohonan_id == permohonan_id)
    )
    return list(conn.execute(query))


def _asked(conn: Connection, permohonan_id: UUID, sop: Sop) -> dict[str, tuple[str, ...]]:
    """tugas id -> the items its decision asked for."""
    names = {("syarat", s.kode): s.nama for s in sop.syarat} | {("isian", i.kode): i.label for i in sop.isian}
    m = PermintaanPerbaikan
    asked: dict[str, tuple[str, ...]] = {}
    query = select(m.tugas_id, m.jenis, m.kode, m.catatan).where(m.permohonan_id == permohonan_id).order_by(m.kode)
    for r in conn.execute(query):
        item = f"{names.get((r.jenis, r.kode), 'Umum')}: {r.catatan}"
        asked[str(r.tugas_id)] = (*asked.get(str(r.tugas_id), ()), item)
    return asked


def _event(
    p: Row[*tuple[object, ...]],
    tugas: Row[*tuple[object, ...]] | None,
    butir: dict[str, tuple[str, ...]],
    sop: Sop,
    kalender: OfficeCalendar,
) -> Kejadian:
    if p.jenis == "eskalasi":
        return Kejadian(pada=p.pada, judul=describe(p.data), oleh="Sistem")
    if p.jenis != "keputusan" or tugas is None:
        return Kejadian(pada=p.pada, judul="Draf disusun", oleh=f"{p.nama}, {p.sebagai}" if p.nama else "Sistem")
    langkah = sop[tugas.langkah]
    return Kejadian(
        pada=p.pada,
        judul=_title(p.data, langkah, sop),
        oleh=_who(tugas, langkah),
        alasan=tugas.alasan or "",
        butir=butir.get(str(tugas.id), ()),
        terpakai=office_time(kalender, [Interval(tugas.dibuat_pada, p.pada)]),
        batas="" if langkah.peran is Peran.PEMOHON else langkah.batas.quote(tugas.tambahan_hari),
    )


def _who(tugas: Row[*tuple[object, ...]], langkah: Langkah) -> str:
    """The applicant is named by role only, also where they took the file off a desk; an officer by name and title."""
    if not tugas.nama:
        return "Sistem"
    if langkah.peran is Peran.PEMOHON or tugas.keputusan == JenisKeputusan.BATALKAN:
        return Peran.PEMOHON.nama
    return f"{tugas.nama}, {tugas.sebagai or langkah.peran.nama}"


def _title(data: dict[str, object], langkah: Langkah, sop: Sop) -> str:
    ke = str(data.get("ke", ""))
    target = "" if ke in ("", SELESAI) else sop[ke].peran.nama
    match data.get("keputusan"):
        case JenisKeputusan.KEMBALIKAN:
            return f"Dikembalikan ke {target}"
        case str(jenis) if jenis in KATA:
            return KATA[jenis]
        case JenisKeputusan.KIRIM if langkah.peran is Peran.PEMOHON:
            return "Permohonan dikirim"
        case JenisKeputusan.KIRIM:
            return "Rekomendasi: terbit"
        case _:
            return f"{'Disetujui' if langkah.persetujuan else 'Diterima'}, diteruskan ke {target}"


def _moved(p: Pergeseran) -> Kejadian:
    """By the calendar, whose reason is its version; or by a superior, with theirs."""
    what = "Tenggat" if p.langkah else "Janji waktu berkas"
    longer = p.sebab == "perpanjangan"
    return Kejadian(
        pada=p.pada,
        judul=f"{what} {'diperpanjang' if longer else 'bergeser karena kalender'}:"
        f" {waktu(p.lama)} menjadi {waktu(p.baru)}",
        oleh=p.oleh or "Sistem",
        alasan=p.alasan if longer else "",
    )
