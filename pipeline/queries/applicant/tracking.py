"""What anybody may know: where a file is (with its number and code), and whether a document is genuine."""

import hmac
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import select

from pipeline.db import connection
from pipeline.models import Permohonan, Sk
from pipeline.queries.applicant.journey import Point, status_words, walk
from pipeline.queries.applicant.permohonan import kunjungan_of
from pipeline.queries.applicant.sk import OF_FILE, SK_ISSUED, sk_numbered
from pipeline.queries.opening import issued_in_trial
from pipeline.queries.records.paper import paper_numbered
from pipeline.rules.history.kinds import SkStatus
from pipeline.rules.transitions import WITH_FILLER
from pipeline.sealing.nik import open_nik
from pipeline.sop.registry import every_version, get_sop
from pipeline.sop.values import case_data
from pipeline.sop.words import Arah


@dataclass(frozen=True, slots=True)
class Trace:
    """Where a file is. No name, no address, no document, no officer."""

    nomor: str
    sop_name: str
    word: str
    needs_change: bool
    sent_at: datetime
    tenggat: datetime | None  # of the promise to the public
    point: tuple[Point, ...]


class Authenticity(StrEnum):
    """The answer of the verification page."""

    BERLAKU = "BERLAKU"
    KEDALUWARSA = "KEDALUWARSA"
    DICABUT = "DICABUT"
    REFUSAL = "ASLI"
    TRIAL = "UJI COBA, tidak berlaku"  # whatever became of it since


@dataclass(frozen=True, slots=True)
class TrackedNaskah:
    """A genuine document: what may be compared with the paper."""

    authenticity: Authenticity
    title: str  # of the paper
    izin: str
    nomor: str
    pemegang: str  # "" where only the letter itself should tell it
    day: date
    valid_until_date: date | None
    jabatan: str  # of the signatory
    pdf_sha256: str
    provider: str | None


def find_trace(nomor: str, code: str) -> Trace | None:
    """The file of this number, if this is its code. None for both a wrong number and a wrong code."""
    query = select(
        Permohonan.id,
        Permohonan.nomor,
        Permohonan.tracking_code,
        Permohonan.sop,
        Permohonan.sop_version,
        Permohonan.status,
        Permohonan.langkah,
        Permohonan.content,
        Permohonan.sent_at,
        Permohonan.tenggat,
    ).where(Permohonan.nomor == nomor)
    with connection() as conn:
        row = conn.execute(query).one_or_none()
        if row is None or not row.tracking_code or not hmac.compare_digest(row.tracking_code.encode(), code.encode()):
            return None
        sop = get_sop(row.sop, row.sop_version)
        kunjungan = kunjungan_of(conn, row.id)
    point = walk(sop, case_data(open_nik(row.id, row.content)), row.status, row.langkah, kunjungan)
    words = status_words(sop, row.status, row.langkah)
    needs_correction = row.status in WITH_FILLER
    return Trace(row.nomor, sop.name, words, needs_correction, row.sent_at, row.tenggat, point)


@dataclass(frozen=True, slots=True)
class PaperTrace:
    """A decree of the register of those issued on paper before this system: nothing of it can be proved here."""

    izin: str
    nomor: str
    pemegang: str
    day: date
    valid_until_date: date | None
    lapsed: bool


def find_naskah(code: str, *, today: date) -> TrackedNaskah | None:
    """The published document with this token or this number; None when there is none, or it was never signed.

    Numbers count up: whoever guesses that of a refusal learns no name.
    """
    query = (
        select(Sk, *OF_FILE)
        .join(Permohonan, Permohonan.id == Sk.permohonan_id)
        .where(Sk.token == code, Sk.status.in_(SK_ISSUED))
    )
    with connection() as conn:
        scanned = conn.execute(query).one_or_none()
        row = scanned or sk_numbered(conn, code)
        if row is None:
            return None
        trial = issued_in_trial(conn, row.provider, (row.sent_at, row.created_at, row.issued_at))
    jabatan, sop = row.signatory.get("jabatan"), get_sop(row.sop, row.sop_version)
    paper = sop.paper(row.kind)
    return TrackedNaskah(
        authenticity=Authenticity.TRIAL
        if trial
        else _authenticity(paper.arah, row.status, row.valid_until_date, today),
        title=paper.name,
        izin=sop.name,
        nomor=row.nomor,
        pemegang=row.pemegang if scanned or paper.arah is not Arah.TOLAK else "",
        day=row.day,
        valid_until_date=row.valid_until_date,
        jabatan=jabatan if isinstance(jabatan, str) else "",
        pdf_sha256=row.pdf_sha256,
        provider=row.provider,
    )


def find_on_paper(nomor: str, *, today: date) -> PaperTrace | None:
    """The decree of this number in the register of those issued on paper; None when there is none."""
    with connection() as conn:
        row = paper_numbered(conn, nomor)
    if row is None:
        return None
    lapsed = row.valid_until_date is not None and row.valid_until_date < today
    izin = next((sop.name for sop in every_version() if sop.code == row.sop), row.sop)
    return PaperTrace(izin, row.nomor, row.pemegang, row.day, row.valid_until_date, lapsed)


def _authenticity(arah: Arah | None, status: str, until: date | None, today: date) -> Authenticity:
    if status == SkStatus.DICABUT:
        return Authenticity.DICABUT
    if arah is Arah.TOLAK:
        return Authenticity.REFUSAL
    return Authenticity.KEDALUWARSA if until is not None and until < today else Authenticity.BERLAKU
