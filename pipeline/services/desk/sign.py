"""The Kepala Dinas signs: number and intent, then document and signature outside any transaction, then the outcome.

A failed signature keeps its number for the next try of the same file in the same year. An outcome nobody knows is
``perlu_dicek``: no second signature is made by itself. The frasa sandi lives in this call and nowhere else.
"""

import secrets
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from pipeline.clock import real_now
from pipeline.db import unit_of_work
from pipeline.documents.final import SigningOfficial, draft_final, final_text_differs, signed_final, years_later
from pipeline.documents.pdf.engine import convert
from pipeline.documents.qr import qr_png
from pipeline.documents.signing import OutcomeUnknown, Secret, TteRequest, TteResult, WrongPassphrase, penandatangan
from pipeline.documents.template.render import render
from pipeline.errors import AlurIzinError, DecidedAlready, NaskahChanged, NotAllowedYet
from pipeline.json import Json
from pipeline.models import Approval, Draft, Penugasan, Person, Sk
from pipeline.rules.history.register import FreedReason, is_unknown
from pipeline.rules.transitions import Keputusan, Seen
from pipeline.services.desk.decide import guard_approver
from pipeline.services.people import rate_limit
from pipeline.services.people.actor import Petugas
from pipeline.services.records.attempt import UNKNOWN, attempt_of, guard_settled
from pipeline.services.records.intact import guard_record
from pipeline.services.records.locking import LOST, File, guard_desk, guard_seen, lock_tugas
from pipeline.services.records.numbers import Number, draw, free, keep, kept, use
from pipeline.services.records.record import record
from pipeline.services.records.routing import approval, approved, route
from pipeline.settings import PdfEngine, settings
from pipeline.sop.values import KeputusanKind, case_data, one_of
from pipeline.storage import store
from pipeline.tanggal import date_at

SUBSTITUTED = "Percobaan tanda tangan ini sudah digantikan percobaan lain. Muat ulang halaman."


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """What was decided to be signed: committed before anything is made."""

    sk_id: UUID
    tugas_id: UUID
    pada: datetime  # which attempt this is: a later one on the same row has a later one
    sebagai: str | None  # by what right it was begun; what was allowed then stays allowed
    menggantikan: UUID | None
    number: Number
    tanggal: date
    token: str
    berlaku_sampai: date | None
    pejabat: SigningOfficial
    person_id: UUID
    konteks: Json
    templat_sha256: str
    draft_docx: str
    mesin: PdfEngine

    @property
    def url(self) -> str:
        return f"{settings().base_url}/verifikasi/{self.token}"


def sign(tugas_id: UUID, sandi: Secret, *, oleh: Petugas, seen: Seen, now: datetime) -> UUID:
    """Sign the draft on the table and send the file on. Returns the id of the SK.

    Raises what ``decide`` raises, and SigningFailed (WrongPassphrase, ServiceUnavailable, OutcomeUnknown …): then the
    file is still on this desk and nothing is issued; TooOften after too many wrong ones.
    """
    guesses = rate_limit.counter("frasa-sandi", str(oleh.person_id))
    with rate_limit.guess(guesses, wrong=WrongPassphrase, now=real_now()):
        return _sign(tugas_id, sandi, oleh, seen, now)


def _sign(tugas_id: UUID, sandi: Secret, oleh: Petugas, seen: Seen, now: datetime) -> UUID:
    niat = _intend(tugas_id, oleh, seen, now)
    if niat is None:
        raise NotAllowedYet(UNKNOWN.format(nama="Penanda tangan sebelumnya"))
    try:
        docx, pdf = _document(niat)
        if not _is_local():
            _note_sent(niat, docx, pdf, oleh, now)
    except Exception:  # re-raised; whatever it is, the signer was not called, so nothing was signed
        _set_aside(niat, oleh, "gagal", now)
        raise
    try:
        hasil = penandatangan(settings()).tanda_tangani(
            TteRequest(id=str(niat.sk_id), pdf=pdf, pejabat=str(niat.person_id), url_verifikasi=niat.url), sandi
        )
    except Exception as e:  # re-raised; only a refusal we know says that nothing was signed
        certain = isinstance(e, AlurIzinError) and not isinstance(e, OutcomeUnknown)
        _set_aside(niat, oleh, "gagal" if certain else "perlu_dicek", now)
        raise
    try:
        _publish(niat, docx, hasil, oleh, now)
    except LOST:
        _set_aside(niat, oleh, "gagal", now)
        raise
    return niat.sk_id


def declare_unsigned(tugas_id: UUID, *, oleh: Petugas, now: datetime) -> None:
    """The signer has checked with the provider that an unknown attempt made no signature: it may be tried again."""
    with unit_of_work() as s:
        file = lock_tugas(s, tugas_id, person_id=oleh.person_id, sesi=oleh.sesi, now=now)
        guard_desk(file, oleh)
        sk = attempt_of(s, file)
        if sk is None or not is_unknown(sk.status, sk.created_at, sk.penyedia, now):
            raise NotAllowedYet("Tidak ada tanda tangan yang perlu dicek pada berkas ini.")
        sk.status = "gagal"
        data: Json = {"sk": str(sk.id), "sk_nomor": sk.nomor, "dinyatakan": True}
        record(s, file, "sk_gagal", data, oleh=oleh.person_id, peran=file.peran, now=now)


def _intend(tugas_id: UUID, oleh: Petugas, seen: Seen, now: datetime) -> Intent | None:
    """T1: guard, draw the number, write down what is about to be signed.

    None: an earlier attempt was lost on its way to the provider; it is written down as one to be checked.
    """
    with unit_of_work() as s:
        file = lock_tugas(s, tugas_id, person_id=oleh.person_id, sesi=oleh.sesi, now=now)
        guard_desk(file, oleh)
        guard_seen(file, seen)
        if not file.langkah.tanda_tangan:
            raise NotAllowedYet("Langkah ini tidak membubuhkan tanda tangan.")
        guard_approver(file)
        guard_record(s, file, oleh)
        draft = s.get_one(Draft, file.draft_id)
        _guard_approvals(s, file, draft)
        sk = attempt_of(s, file)
        if sk is not None and sk.status == "niat" and is_unknown(sk.status, sk.created_at, sk.penyedia, now):
            sk.status = "perlu_dicek"
            _record(s, file, sk, "sk_perlu_dicek", oleh, now)
            return None
        guard_settled(sk, now)
        if sk is not None and sk.tahun != date_at(now).year:
            free(s, file, sk, FreedReason.YEAR_END, oleh=oleh.person_id, now=now)
            sk = None
        return _write_down(s, file, draft, sk, oleh, now)


def _write_down(s: Session, file: File, draft: Draft, sk: Sk | None, oleh: Petugas, now: datetime) -> Intent:
    """The intent: number and date are those of today, also when the number was drawn for an earlier try."""
    pejabat, hari = _signatory(s, oleh, now), date_at(now)
    number = kept(file, sk, hari) if sk else draw(s, file, draft.jenis, hari)
    sampai = _valid_until(file, draft.jenis, hari)
    provider = penandatangan(settings()).nama
    told: Json = {"tanggal": hari, "valid_until_date": sampai, "draft_id": draft.id, "penyedia": provider}
    words: Json = {"penandatangan": {"nama": pejabat.nama, "nip": pejabat.nip, "jabatan": pejabat.jabatan_line}}
    fresh: Json = {"status": "niat", "docx_sha256": None, "sent_sha256": None}  # of this attempt
    values = {**told, **words, **fresh, "nomor": number.nomor, "signer_id": oleh.person_id, "created_at": now}
    sk_id, token = (sk.id, sk.token) if sk else (uuid4(), secrets.token_urlsafe(16))
    new = insert(Sk).values(id=sk_id, permohonan_id=file.permohonan_id, token=token, **number.key, **values)
    row = update(Sk).where(Sk.id == sk_id).values(**values) if sk else new
    data: Json = {
        "sk": str(sk_id), "sk_nomor": number.nomor, "naskah_hash": draft.naskah_hash, **number.key,
        **{k: str(v) if v else None for k, v in told.items()},
    }  # fmt: skip
    if sk is None:
        data["drawn"] = {**number.key, "previously": number.previously}
    record(
        s, file, "sk_niat", data, oleh=oleh.person_id, peran=file.peran, now=now, words={**words, "token": token},
        also=(keep(file, number, now), row),
    )  # fmt: skip
    return Intent(
        sk_id=sk_id, tugas_id=file.tugas_id, pada=now, sebagai=file.sebagai, menggantikan=file.menggantikan,
        number=number, tanggal=hari, token=token, berlaku_sampai=sampai, pejabat=pejabat, person_id=oleh.person_id,
        konteks=draft.konteks, templat_sha256=draft.templat_sha256, draft_docx=draft.docx_sha256,
        mesin=PdfEngine(draft.pdf_engine),
    )  # fmt: skip


def _guard_approvals(s: Session, file: File, draft: Draft) -> None:
    """Every approval before this one is given on this very draft, and the draft is of what the file says now."""
    given = set(s.scalars(select(Approval.langkah).where(Approval.draft_id == draft.id, Approval.voided_at.is_(None))))
    due = {t.kode for t in file.sop.persetujuan if not t.tanda_tangan}
    if draft.content_digest != file.content_digest or due - given - _skipped(file):
        raise NaskahChanged(
            "Draf ini belum disetujui semua meja dalam keadaan terakhirnya. Kembalikan agar disusun ulang."
        )


def _skipped(file: File) -> set[str]:
    data = case_data(file.isi)
    return {t.kode for t in file.sop.persetujuan if one_of(t.lewati_bila, data)}


def _signatory(s: Session, oleh: Petugas, now: datetime) -> SigningOfficial:
    """Name, NIP and title of the signer as of today; a substitute's title says so."""
    hari = date_at(now)
    row = s.execute(
        select(Person.nama, Person.nip, Penugasan.jabatan, Penugasan.dasar)
        .join(Penugasan, Penugasan.person_id == Person.id)
        .where(
            Person.id == oleh.person_id,
            Penugasan.peran == oleh.peran,
            Penugasan.start_date <= hari,
            func.coalesce(Penugasan.end_date, hari) >= hari,
        )
        .order_by(Penugasan.dasar)
        .limit(1)
    ).one()
    return SigningOfficial(nama=row.nama, nip=row.nip, jabatan=row.jabatan, dasar=row.dasar)


def _valid_until(file: File, jenis: str, hari: date) -> date | None:
    return years_later(hari, file.sop.naskah.berlaku_tahun) if jenis == "sk" else None


def _document(niat: Intent) -> tuple[bytes, bytes]:
    """The document with number, date, QR and signatory; nothing else may differ from what was approved."""
    final = signed_final(
        nomor=niat.number.nomor, tanggal=niat.tanggal, penandatangan=niat.pejabat, url=niat.url,
        penyedia=penandatangan(settings()).nama, berlaku_sampai=niat.berlaku_sampai,
    )  # fmt: skip
    templat = store().get(niat.templat_sha256)
    docx = render(templat, {**niat.konteks, **final}, qr=qr_png(niat.url), judul=niat.number.nomor)
    if different := final_text_differs(store().get(niat.draft_docx), docx, draft_final(), final):
        raise NaskahChanged(different)
    pdf = convert(docx, niat.mesin, must_contain=(niat.number.nomor, niat.pejabat.nama, niat.url))
    return docx, pdf.payload


def _note_sent(niat: Intent, docx: bytes, pdf: bytes, oleh: Petugas, now: datetime) -> None:
    """What leaves for a provider is on record first: if the answer is lost, the signed file can be known again.

    And what a provider has signed is signed: whoever may not act any more is stopped here.
    """
    kept = {"docx_sha256": store().put(docx), "sent_sha256": store().put(pdf)}
    with unit_of_work() as s:
        file = lock_tugas(s, niat.tugas_id, person_id=oleh.person_id, sesi=oleh.sesi, now=now)
        guard_desk(file, oleh)
        if not _in_force(s, niat):
            raise DecidedAlready(SUBSTITUTED)
        sent = update(Sk).where(Sk.id == niat.sk_id).values(**kept)
        data: Json = {"sk": str(niat.sk_id), "sk_nomor": niat.number.nomor, **kept}
        record(s, file, "sk_dikirim", data, oleh=oleh.person_id, peran=file.peran, now=now, also=(sent,))


def _publish(niat: Intent, docx: bytes, hasil: TteResult, oleh: Petugas, now: datetime) -> None:
    """T2: keep the signed bytes, and move the file on.

    A provider's signature stands, whatever became of the signer's session and role; the local one is nothing yet.
    """
    sesi = oleh.sesi if _is_local() else None
    docx_sha256, pdf_sha256 = store().put(docx), store().put(hasil.pdf)
    with unit_of_work() as s:
        file = lock_tugas(s, niat.tugas_id, person_id=oleh.person_id, sesi=sesi, now=now)
        if file.closed_tugas or not _in_force(s, niat):
            raise DecidedAlready(SUBSTITUTED)
        if _is_local():
            guard_desk(file, oleh)
        file.sebagai, file.menggantikan = niat.sebagai, niat.menggantikan
        signed: Json = {
            "certificate_digest": hasil.certificate_digest, "docx_sha256": docx_sha256, "pdf_sha256": pdf_sha256,
            "pdf_size": len(hasil.pdf),
        }  # fmt: skip
        issue(s, file, niat.sk_id, niat.number, signed, oleh=oleh, now=now)


def issue(s: Session, file: File, sk_id: UUID, number: Number, signed: Json, *, oleh: Petugas, now: datetime) -> None:
    """The document is there: it is issued under its number, and the file moves on."""
    row = update(Sk).where(Sk.id == sk_id).values(status="terbit", issued_at=now, **signed)
    catatan: Json = {"sk": str(sk_id), "sk_nomor": number.nomor, **signed, **approved(file)}
    also = (approval(file, oleh.person_id, now), row, use(number, now))
    tanda_tangani = Keputusan(jenis=KeputusanKind.TANDA_TANGANI)
    route(s, file, tanda_tangani, oleh=oleh.person_id, now=now, catatan=catatan, also=also)


def _set_aside(niat: Intent, oleh: Petugas, status: str, now: datetime) -> None:
    """The attempt is over without a document: failed, or nobody knows. One that was overtaken changes nothing."""
    with unit_of_work() as s:
        file = lock_tugas(s, niat.tugas_id, person_id=oleh.person_id, now=now)
        file.sebagai, file.menggantikan = niat.sebagai, niat.menggantikan
        if _in_force(s, niat):
            sk = s.get_one(Sk, niat.sk_id)
            sk.status = status
            _record(s, file, sk, f"sk_{status}", oleh, now)


def _is_local() -> bool:
    return penandatangan(settings()).nama == "lokal"


def _in_force(s: Session, niat: Intent) -> bool:
    """Under the file's lock: this attempt is the one under way."""
    berjalan = (Sk.id == niat.sk_id, Sk.status == "niat", Sk.created_at == niat.pada)
    return s.scalar(select(Sk.id).where(*berjalan)) is not None


def _record(s: Session, file: File, sk: Sk, jenis: str, oleh: Petugas, now: datetime) -> None:
    data: Json = {"sk": str(sk.id), "sk_nomor": sk.nomor}
    record(s, file, jenis, data, oleh=oleh.person_id, peran=file.peran, now=now)
