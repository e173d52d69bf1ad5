"""Proving the records: replay every history and compare it with the tables; follow every chain; read every document."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.orm import Session

from pipeline.bap import read_list
from pipeline.db import unit_of_work
from pipeline.fold import Event, Keadaan, OpenTugas, fold
from pipeline.hashing import content_hash
from pipeline.models import Berkas, Draft, Eskalasi, Peristiwa, Permohonan, Persetujuan, Sk, Tugas
from pipeline.services.content import bap_of, current_berkas
from pipeline.services.record import chain_hash
from pipeline.sop import Arah
from pipeline.storage import store
from pipeline.transitions import Status

SEKALI_BACA = 200


@dataclass(frozen=True, slots=True)
class Finding:
    """What does not hold, on which file."""

    permohonan_id: UUID
    nomor: str | None
    kalimat: str


def verify_all() -> tuple[int, list[Finding]]:
    """Check every permohonan, a page at a time. Returns how many were checked, and what was found."""
    checked, findings, last = 0, list[Finding](), UUID(int=0)
    while True:
        with unit_of_work() as s:
            page = s.scalars(
                select(Permohonan).where(Permohonan.id > last).order_by(Permohonan.id).limit(SEKALI_BACA)
            ).all()
            for p in page:
                findings += [Finding(p.id, p.nomor, kalimat) for kalimat in check(s, p)]
        if not page:
            return checked, findings
        checked, last = checked + len(page), page[-1].id


def check(s: Session, p: Permohonan) -> Iterator[str]:
    """Every sentence about this permohonan that ought not to be there."""
    history = s.scalars(select(Peristiwa).where(Peristiwa.permohonan_id == p.id).order_by(Peristiwa.urut)).all()
    yield from _chain(p, history)
    yield from _content(s, p)
    yield from _files(s, p)
    try:
        replayed = fold(Event(e.jenis, str(e.oleh) if e.oleh else None, e.data) for e in history)
    except (KeyError, ValueError) as e:
        yield f"riwayat tidak dapat diputar ulang: {e}"
        return
    kept = state(s, p)
    for name in Keadaan.__slots__:
        if getattr(kept, name) != getattr(replayed, name):
            yield f"{name}: tabel {getattr(kept, name)!r}, riwayat {getattr(replayed, name)!r}"


def state(s: Session, p: Permohonan) -> Keadaan:
    """What the tables say about a permohonan."""
    draft = s.scalar(select(Draft).where(Draft.permohonan_id == p.id, Draft.batal_pada.is_(None)))
    approvals = s.execute(
        select(Persetujuan.langkah, Persetujuan.orang_id).where(
            Persetujuan.draft_id == (draft.id if draft else None), Persetujuan.batal_pada.is_(None)
        )
    )
    e = Eskalasi
    levels = s.execute(select(e.langkah, e.kunjungan, e.tenggat_ke, e.tingkat).where(e.permohonan_id == p.id))
    sk = s.execute(select(Sk.nomor, Sk.status, Sk.pdf_sha256).where(Sk.permohonan_id == p.id)).all()
    return Keadaan(
        status=Status(p.status),
        langkah=p.langkah,
        arah=Arah(p.arah) if p.arah else None,
        nomor=p.nomor,
        isi_hash=p.isi_hash,
        tugas=_open_tugas(s, p.id),
        naskah_hash=draft.naskah_hash if draft else None,
        persetujuan={langkah: str(orang) for langkah, orang in approvals},
        sk={row.nomor: row.status for row in sk},
        pdf_sha256=next((row.pdf_sha256 for row in sk if row.pdf_sha256), None),
        eskalasi=frozenset((row.langkah, row.kunjungan, row.tenggat_ke, row.tingkat) for row in levels),
    )


def _open_tugas(s: Session, permohonan_id: UUID) -> OpenTugas | None:
    t = s.scalar(select(Tugas).where(Tugas.permohonan_id == permohonan_id, Tugas.selesai_pada.is_(None)))
    if t is None:
        return None
    return OpenTugas(
        id=str(t.id),
        langkah=t.langkah,
        kunjungan=t.kunjungan,
        otomatis=t.otomatis,
        siap=t.siap_pada is not None,
        diambil_oleh=str(t.diambil_oleh) if t.diambil_oleh else None,
        macet=t.macet_pada is not None,
        tambahan_hari=t.tambahan_hari,
    )


def _content(s: Session, p: Permohonan) -> Iterator[str]:
    """What was sent is what the approvals and the history are bound to."""
    if p.nomor is None:
        return
    berkas = [(b.syarat, b.urut, b.sha256) for b in current_berkas(s, p.id)]
    if content_hash(p.isi, berkas, bap_of(s, p.id)) != p.isi_hash:
        yield "isian, dokumen atau BAP tidak sama dengan yang tercatat"


def _files(s: Session, p: Permohonan) -> Iterator[str]:
    """Every document the records name lies in the store, and still has the content it is named after."""
    berkas = select(Berkas.sha256).where(Berkas.permohonan_id == p.id)
    asli = select(Berkas.sha256_asli).where(Berkas.permohonan_id == p.id, Berkas.bertanda_tangan)
    naskah = select(Draft.docx_sha256).where(Draft.permohonan_id == p.id)
    surat = select(func.unnest(array([Sk.docx_sha256, Sk.pdf_sha256]))).where(Sk.permohonan_id == p.id)
    foto = [f.get("sha256") for f in read_list(bap_of(s, p.id) or {}, "foto")]
    for sha256 in sorted(
        {*s.scalars(berkas), *s.scalars(asli), *s.scalars(naskah), *s.scalars(surat), *map(str, foto)} - {None}
    ):
        if not store().intact(sha256):
            yield f"berkas {sha256} hilang atau rusak di penyimpanan"


def _chain(p: Permohonan, history: Sequence[Peristiwa]) -> Iterator[str]:
    """Edited, missing, inserted, reordered, or cut off at the end: each breaks a link or the head."""
    sebelum = ""
    for n, e in enumerate(history, start=1):
        row = {c: getattr(e, c) for c in ("permohonan_id", "urut", "jenis", "pada", "oleh", "peran", "data")}
        if e.urut != n or e.sebelum != sebelum or e.hash != chain_hash(sebelum, row):
            yield f"rantai riwayat putus pada peristiwa {n}"
            return
        sebelum = e.hash
    if p.rantai != sebelum or p.urut_peristiwa != len(history):
        yield "riwayat tidak lengkap: peristiwa terakhir hilang"
