"""What happened to a file, as news to those it concerns. Called by the step's own task, never by a decision."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from pipeline.db import Transaction, flushed
from pipeline.models import CorrectionRequest, Penugasan
from pipeline.queries.people.accounts import can_work, holds_on
from pipeline.roles import Peran
from pipeline.rules.notices.rules import Kind, news_at, news_of_end
from pipeline.rules.transitions import Transition
from pipeline.services.notices.write import News, tell, tell_many
from pipeline.services.records.locking import Arrival, LockedPermohonan
from pipeline.sop.words import Arah, KeputusanKind
from pipeline.text import date_at, moment_in_words


def announce(s: Transaction, arrivals: Sequence[Arrival], now: datetime) -> None:
    """Tell of files that arrived: the applicant, or the officer it comes back to. Safe to call again."""
    news = list[tuple[News, Collection[UUID]]]()
    for file in arrivals:
        kind = news_at(file.sop, file.langkah, nomor=file.nomor, status=file.status, kunjungan=file.kunjungan)
        if kind is not None:
            news.append((_for_applicant(s, file, kind), [file.pemohon_id]))
    tell_many(s, news, now=now)
    announce_return(s, [file for file in arrivals if file.peran != Peran.PEMOHON and not file.automatic], now)


def announce_return(s: Transaction, files: Sequence[Arrival], now: datetime) -> None:
    """Tell the officers who had these files before that they are on their desks again."""
    known = [(file, file.for_person) for file in files if file.for_person is not None]
    tell_many(s, [(_for_officer(file), _comes_back_to(s, person, file.peran, now)) for file, person in known], now=now)


def tell_ended(s: Transaction, ended: Sequence[tuple[LockedPermohonan, Transition]], now: datetime) -> None:
    """Tell the applicants of files that a decision has closed, unless they know: nothing arrives that would tell it."""
    news = list[tuple[News, Collection[UUID]]]()
    for file, transition in ended:
        kind = news_of_end(file.sop, file.langkah, transition.status) if transition.close else None
        if kind is not None:
            news.append((_for_applicant(s, file, kind), [file.pemohon_id]))
    tell_many(s, news, now=now)


def tell_cancelled(s: Session, file: LockedPermohonan, now: datetime) -> None:
    """The applicant took the application back, or somebody in their name: they should know. A draft just goes."""
    if file.nomor is None or not file.sop.by_applicant:
        return
    news = News(
        kind=Kind.DIBATALKAN,
        key=f"dibatalkan:{file.permohonan_id}",
        permohonan_id=file.permohonan_id,
        link=f"/permohonan/{file.permohonan_id}",
        facts={"nomor": file.nomor, "waktu": moment_in_words(now)},
    )
    tell(s, news, [file.pemohon_id], now=now)


def _held(peran: str, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return Penugasan.peran == str(peran), holds_on(date_at(now)), can_work()


def _for_applicant(s: Transaction, file: Arrival, kind: Kind) -> News:
    """A return is told once per visit to the applicant, the others once per application."""
    page = {Kind.DITERIMA: "/tanda-terima", Kind.PERBAIKAN: "", Kind.SELESAI: "", Kind.TINDAKAN: ""}.get(kind, "/sk")
    total = _asked(s, file.permohonan_id) if kind is Kind.PERBAIKAN else 0
    return News(
        kind=kind,
        key=f"{kind}:{file.tugas_id if kind in (Kind.PERBAIKAN, Kind.TINDAKAN) else file.permohonan_id}",
        permohonan_id=file.permohonan_id,
        link=f"/permohonan/{file.permohonan_id}{page}",
        facts={
            "nomor": file.nomor or "",
            "izin": file.sop.name,
            "surat": _letter(file, kind),
            "janji": str(file.sop.janji),
            "jumlah": total,
            "langkah": file.langkah.activity,
            "diterima": "ya" if any(t.keputusan is KeputusanKind.TERIMA for t in file.sop.langkah) else "",
        },
    )


def _asked(s: Transaction, permohonan_id: UUID) -> int:
    """How much the applicant has to put right."""
    still = (CorrectionRequest.permohonan_id == permohonan_id, CorrectionRequest.answered_at.is_(None))
    return flushed(s).scalars(select(func.count()).where(*still)).one()


def _letter(file: Arrival, kind: Kind) -> str:
    """What the paper is called that the news is about."""
    decision = file.sop.decision(Arah.TOLAK if kind is Kind.DITOLAK else Arah.TERBIT)
    return decision.name if decision else "Surat"


def _for_officer(file: Arrival) -> News:
    return News(
        kind=Kind.KEMBALI,
        key=f"kembali:{file.tugas_id}",
        permohonan_id=file.permohonan_id,
        link=f"/petugas/tugas/{file.tugas_id}",
        facts={"nomor": file.nomor or "", "meja": Peran(file.peran).name, "langkah": file.langkah.activity},
    )


def _comes_back_to(s: Transaction, person_id: UUID, peran: str, now: datetime) -> list[UUID]:
    """Who had this file before on this desk, if they still sit there."""
    still = select(Penugasan.person_id).where(Penugasan.person_id == person_id, *_held(peran, now))
    return list(flushed(s).scalars(still.distinct()))
