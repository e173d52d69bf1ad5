"""The Kepala Dinas signs: number and intent, then document and signature outside any transaction, then the outcome.

A failed signature keeps its number for the next try of the same file. An outcome nobody knows is ``perlu_dicek``: no
second signature is made by itself. The frasa sandi lives in this call and nowhere else.
"""

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from pipeline.db import unit_of_work
from pipeline.documents.final import PejabatPenandatangan, draft_final, final_text_differs, signed_final, years_later
from pipeline.documents.numbering import format_nomor
from pipeline.documents.pdf import convert
from pipeline.documents.qr import qr_png
from pipeline.documents.render import render
from pipeline.documents.signing import HasilTidakPasti, HasilTte, PermintaanTte, Rahasia, penandatangan
from pipeline.errors import AlurIzinError, BelumBoleh, NaskahBerubah, SudahDiputus
from pipeline.models import Draft, NomorUrut, Orang, Penugasan, Persetujuan, Sk
from pipeline.models.base import Json
from pipeline.services.actor import Petugas
from pipeline.services.decide import guard_approver
from pipeline.services.intact import guard_record
from pipeline.services.locking import File, guard_desk, guard_seen, lock_tugas
from pipeline.services.record import record
from pipeline.services.routing import approval, approved, route
from pipeline.settings import MesinPdf, settings
from pipeline.sop import JenisKeputusan, case_data, salah_satu
from pipeline.storage import store
from pipeline.tanggal import tanggal_di
from pipeline.transitions import Keputusan, Seen

#: An intent older than this was left by a process that died.
NIAT_PALING_LAMA = timedelta(minutes=2)
SEDANG = "Dokumen ini sedang ditandatangani. Tunggu sebentar lalu muat ulang halaman."
BELUM_DIKETAHUI = (
    "Hasil tanda tangan sebelumnya belum diketahui. Periksa dahulu pada layanan tanda tangan sebelum mengulang."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Niat:
    """What was decided to be signed: committed before anything is made."""

    sk_id: UUID
    tugas_id: UUID
    pada: datetime  # which attempt this is: a later one on the same row has a later one
    sebagai: str | None  # by what right it was begun; what was allowed then stays allowed
    menggantikan: UUID | None
    nomor: str
    tanggal: date
    token: str
    berlaku_sampai: date | None
    pejabat: PejabatPenandatangan
    orang_id: UUID
    konteks: Json
    templat_sha256: str
    draft_docx: str
    mesin: MesinPdf

    @property
    def url(self) -> str:
        return f"{settings().base_url}/verifikasi/{self.token}"


def sign(tugas_id: UUID, sandi: Rahasia, *, oleh: Petugas, seen: Seen, now: datetime) -> UUID:
    """Sign the draft on the table and send the file on. Returns the id of the SK.

    Raises what ``decide`` raises, and GagalTandaTangan (SandiSalah, LayananTidakTersedia, HasilTidakPasti …): then the
    file is still on this desk and nothing is issued.
    """
    niat = _intend(tugas_id, oleh, seen, now)
    if niat is None:
        raise BelumBoleh(BELUM_DIKETAHUI)
    try:
        docx, pdf = _document(niat)
    except Exception:  # re-raised; whatever it is, the signer was not called, so nothing was signed
        _set_aside(niat, oleh, "gagal", now)
        raise
    try:
        hasil = penandatangan(settings()).tanda_tangani(
            PermintaanTte(id=str(niat.sk_id), pdf=pdf, pejabat=str(niat.orang_id), url_verifikasi=niat.url), sandi
        )
    except Exception as e:  # re-raised; only a refusal we know says that nothing was signed
        pasti = isinstance(e, AlurIzinError) and not isinstance(e, HasilTidakPasti)
        _set_aside(niat, oleh, "gagal" if pasti else "perlu_dicek", now)
        raise
    _publish(niat, docx, hasil, oleh, now)
    return niat.sk_id


def declare_unsigned(tugas_id: UUID, *, oleh: Petugas, now: datetime) -> None:
    """The signer has checked with the provider that an unknown attempt made no signature: it may be tried again."""
    with unit_of_work() as s:
        file = lock_tugas(s, tugas_id, orang_id=oleh.orang_id, now=now)
        guard_desk(file, oleh)
        sk = s.scalar(select(Sk).where(Sk.permohonan_id == file.permohonan_id, Sk.status == "perlu_dicek"))
        if sk is None:
            raise BelumBoleh("Tidak ada tanda tangan yang perlu dicek pada berkas ini.")
        sk.status = "gagal"
        data: Json = {"sk": str(sk.id), "sk_nomor": sk.nomor, "dinyatakan": True}
        record(s, file, "sk_gagal", data, oleh=oleh.orang_id, peran=file.peran, now=now)


def _intend(tugas_id: UUID, oleh: Petugas, seen: Seen, now: datetime) -> Niat | None:
    """T1: guard, draw the number, write down what is about to be signed.

    None: an earlier attempt was lost on its way to the provider; it is written down as one to be checked.
    """
    with unit_of_work() as s:
        file = lock_tugas(s, tugas_id, orang_id=oleh.orang_id, now=now)
        guard_desk(file, oleh)
        guard_seen(file, seen)
        if not file.langkah.tanda_tangan:
            raise BelumBoleh("Langkah ini tidak membubuhkan tanda tangan.")
        guard_approver(file, oleh.orang_id)
        guard_record(s, file)
        draft = s.get_one(Draft, file.draft_id)
        _guard_approvals(s, file, draft)
        sk = _earlier_attempt(s, file, draft.jenis, now)
        if sk is not None and sk.status == "niat" and penandatangan(settings()).nama != "lokal":
            sk.status = "perlu_dicek"  # the local signer leaves nothing behind when its process dies; others may
            _record(s, file, sk, "sk_perlu_dicek", oleh, now)
            return None
        return _write_down(s, file, draft, sk or _new_number(s, file, draft.jenis, oleh.orang_id, now), oleh, now)


def _write_down(s: Session, file: File, draft: Draft, sk: Sk, oleh: Petugas, now: datetime) -> Niat:
    """The intent, dated today as long as the number reads the same on that date."""
    pejabat, hari = _signatory(s, oleh, now), tanggal_di(now)
    sk.draft_id, sk.status, sk.dibuat_pada, sk.penandatangan_id = draft.id, "niat", now, oleh.orang_id
    sk.penandatangan = {"nama": pejabat.nama, "nip": pejabat.nip, "jabatan": pejabat.baris_jabatan}
    if format_nomor(file.sop.naskah.pola_nomor[sk.jenis], sk.urut, hari) == sk.nomor:
        sk.tanggal, sk.tanggal_berlaku_sampai = hari, _valid_until(file, sk.jenis, hari)
    data: Json = {**told_of(sk), "naskah_hash": draft.naskah_hash}
    words: Json = {"penandatangan": sk.penandatangan, "token": sk.token}
    record(s, file, "sk_niat", data, oleh=oleh.orang_id, peran=file.peran, now=now, words=words)
    return Niat(
        sk_id=sk.id, tugas_id=file.tugas_id, pada=now, sebagai=file.sebagai, menggantikan=file.menggantikan,
        nomor=sk.nomor, tanggal=sk.tanggal, token=sk.token, berlaku_sampai=sk.tanggal_berlaku_sampai, pejabat=pejabat,
        orang_id=oleh.orang_id, konteks=draft.konteks, templat_sha256=draft.templat_sha256,
        draft_docx=draft.docx_sha256, mesin=MesinPdf(draft.mesin_pdf),
    )  # fmt: skip


def _guard_approvals(s: Session, file: File, draft: Draft) -> None:
    """Every approval before this one is given on this very draft, and the draft is of what the file says now."""
    given = set(
        s.scalars(select(Persetujuan.langkah).where(Persetujuan.draft_id == draft.id, Persetujuan.batal_pada.is_(None)))
    )
    due = {t.kode for t in file.sop.persetujuan if not t.tanda_tangan}
    if draft.isi_hash != file.isi_hash or due - given - _skipped(file):
        raise NaskahBerubah(
            "Draf ini belum disetujui semua meja dalam keadaan terakhirnya. Kembalikan agar disusun ulang."
        )


def _skipped(file: File) -> set[str]:
    data = case_data(file.isi)
    return {t.kode for t in file.sop.persetujuan if salah_satu(t.lewati_bila, data)}


def _signatory(s: Session, oleh: Petugas, now: datetime) -> PejabatPenandatangan:
    """Name, NIP and title of the signer as of today; a substitute's title says so."""
    hari = tanggal_di(now)
    row = s.execute(
        select(Orang.nama, Orang.nip, Penugasan.jabatan, Penugasan.dasar)
        .join(Penugasan, Penugasan.orang_id == Orang.id)
        .where(
            Orang.id == oleh.orang_id,
            Penugasan.peran == oleh.peran,
            Penugasan.tanggal_mulai <= hari,
            func.coalesce(Penugasan.tanggal_sampai, hari) >= hari,
        )
        .order_by(Penugasan.dasar)
        .limit(1)
    ).one()
    return PejabatPenandatangan(nama=row.nama, nip=row.nip, jabatan=row.jabatan, dasar=row.dasar)


def _earlier_attempt(s: Session, file: File, jenis: str, now: datetime) -> Sk | None:
    """The number this file has already; its attempt failed, or was left (``niat``). Raises BelumBoleh otherwise."""
    sk = s.scalar(select(Sk).where(Sk.permohonan_id == file.permohonan_id, Sk.jenis == jenis))
    if sk is None or sk.status == "gagal":
        return sk
    if sk.status != "niat":
        raise BelumBoleh(BELUM_DIKETAHUI)
    if now - sk.dibuat_pada < NIAT_PALING_LAMA:
        raise BelumBoleh(SEDANG)
    return sk


def next_number(s: Session, jenis: str, tahun: int) -> int:
    """Draw the next number of a series, from 1. It goes with this transaction: a rollback gives it back."""
    return s.execute(
        upsert(NomorUrut)
        .values(jenis=jenis, tahun=tahun, terakhir=1)
        .on_conflict_do_update(
            index_elements=[NomorUrut.jenis, NomorUrut.tahun], set_={"terakhir": NomorUrut.terakhir + 1}
        )
        .returning(NomorUrut.terakhir)
    ).scalar_one()


def _new_number(s: Session, file: File, jenis: str, oleh: UUID, now: datetime) -> Sk:
    """The row that holds the document's number from now on."""
    hari = tanggal_di(now)
    urut = next_number(s, jenis, hari.year)
    naskah = file.sop.naskah
    row = insert(Sk).values(
        id=uuid4(), permohonan_id=file.permohonan_id, draft_id=file.draft_id, jenis=jenis, tahun=hari.year, urut=urut,
        nomor=format_nomor(naskah.pola_nomor[jenis], urut, hari), tanggal=hari, token=secrets.token_urlsafe(16),
        status="niat", penandatangan_id=oleh, penandatangan={}, dibuat_pada=now,
        tanggal_berlaku_sampai=_valid_until(file, jenis, hari),
    )  # fmt: skip
    return s.scalars(row.returning(Sk)).one()


def _valid_until(file: File, jenis: str, hari: date) -> date | None:
    return years_later(hari, file.sop.naskah.berlaku_tahun) if jenis == "sk" else None


def _document(niat: Niat) -> tuple[bytes, bytes]:
    """The document with number, date, QR and signatory; nothing else may differ from what was approved."""
    final = signed_final(
        nomor=niat.nomor, tanggal=niat.tanggal, penandatangan=niat.pejabat, url=niat.url,
        penyedia=penandatangan(settings()).nama, berlaku_sampai=niat.berlaku_sampai,
    )  # fmt: skip
    templat = store().get(niat.templat_sha256)
    docx = render(templat, {**niat.konteks, **final}, qr=qr_png(niat.url), judul=niat.nomor)
    if beda := final_text_differs(store().get(niat.draft_docx), docx, draft_final(), final):
        raise NaskahBerubah(beda)
    pdf = convert(docx, niat.mesin, must_contain=(niat.nomor, niat.pejabat.nama, niat.url))
    return docx, pdf.konten


def _publish(niat: Niat, docx: bytes, hasil: HasilTte, oleh: Petugas, now: datetime) -> None:
    """T2: keep the signed bytes, and move the file on."""
    docx_sha256, pdf_sha256 = store().put(docx), store().put(hasil.pdf)
    with unit_of_work() as s:
        file = lock_tugas(s, niat.tugas_id, orang_id=oleh.orang_id, now=now)
        if file.tugas_selesai or not _in_force(s, niat):
            raise SudahDiputus("Percobaan tanda tangan ini sudah digantikan percobaan lain. Muat ulang halaman.")
        file.sebagai, file.menggantikan = niat.sebagai, niat.menggantikan
        told: Json = {
            "penyedia": hasil.penyedia, "sidik_sertifikat": hasil.sidik_sertifikat, "docx_sha256": docx_sha256,
            "pdf_sha256": pdf_sha256, "pdf_ukuran": len(hasil.pdf),
        }  # fmt: skip
        issue = update(Sk).where(Sk.id == niat.sk_id).values(status="terbit", terbit_pada=now, **told)
        route(
            s, file, Keputusan(jenis=JenisKeputusan.TANDA_TANGANI), oleh=oleh.orang_id, now=now,
            catatan={"sk": str(niat.sk_id), "sk_nomor": niat.nomor, **told, **approved(file)},
            also=(approval(file, oleh.orang_id, now), issue),
        )  # fmt: skip


def told_of(sk: Sk) -> Json:
    """What the history tells of a document about to be signed."""
    sampai = sk.tanggal_berlaku_sampai
    return {
        "sk": str(sk.id), "sk_nomor": sk.nomor, "draft_id": str(sk.draft_id), "jenis": sk.jenis, "tahun": sk.tahun,
        "urut": sk.urut, "tanggal": sk.tanggal.isoformat(),
        "tanggal_berlaku_sampai": sampai.isoformat() if sampai else None,
    }  # fmt: skip


def _set_aside(niat: Niat, oleh: Petugas, status: str, now: datetime) -> None:
    """The attempt is over without a document: failed, or nobody knows. One that was overtaken changes nothing."""
    with unit_of_work() as s:
        file = lock_tugas(s, niat.tugas_id, orang_id=oleh.orang_id, now=now)
        if _in_force(s, niat):
            sk = s.get_one(Sk, niat.sk_id)
            sk.status = status
            _record(s, file, sk, f"sk_{status}", oleh, now)


def _in_force(s: Session, niat: Niat) -> bool:
    """Under the file's lock: this attempt is the one under way."""
    berjalan = (Sk.id == niat.sk_id, Sk.status == "niat", Sk.dibuat_pada == niat.pada)
    return s.scalar(select(Sk.id).where(*berjalan)) is not None


def _record(s: Session, file: File, sk: Sk, jenis: str, oleh: Petugas, now: datetime) -> None:
    data: Json = {"sk": str(sk.id), "sk_nomor": sk.nomor}
    record(s, file, jenis, data, oleh=oleh.orang_id, peran=file.peran, now=now)
