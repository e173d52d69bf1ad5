"""One file that everything has happened to, one withdrawn and one never sent: what verify and the history are shown."""

import io
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from PIL import Image
from sqlalchemy import select

from pipeline.calendar.edit import AddLibur
from pipeline.db import unit_of_work
from pipeline.documents.signing import Secret
from pipeline.models import CorrectionRequest, Permohonan
from pipeline.queries.calendar import read_calendar
from pipeline.roles import Peran
from pipeline.rules.transitions import Keputusan, Request
from pipeline.services.applicant.close import accept_sk, withdraw
from pipeline.services.applicant.form import save_isian
from pipeline.services.applicant.reply import answer_request
from pipeline.services.applicant.submit import submit
from pipeline.services.deadlines.calendar import change_calendar, seed_calendar
from pipeline.services.deadlines.escalate import escalate_cases, sweep_escalations
from pipeline.services.desk.claim import claim, redraft
from pipeline.services.desk.extend import extend
from pipeline.services.desk.sign import sign
from pipeline.services.desk.supervise import reassign
from pipeline.services.people.actor import Petugas
from pipeline.services.people.delegasi import delegate
from pipeline.services.records.heads import make_daily_head
from pipeline.sop.words import KeputusanKind
from pipeline.uploads import Accepted
from tests.desks import BACK_OFFICE, DINAS_TEKNIS, KABID_PERIZINAN, KEPALA_DINAS, SEKRETARIS
from tests.factories import (
    SOP,
    WEDNESDAY,
    add_photo,
    at_desk,
    bring_to,
    decide_at,
    filled_in,
    keep_berkas,
    person,
    submitted,
    work_off,
    write_bap,
)
from tests.integration.conftest import PASSPHRASE

REASON = "Jumlah pengurus pada BAP tidak sama dengan akta."
LATER = WEDNESDAY + timedelta(days=8)
NEW = LATER + timedelta(minutes=1)
END = LATER + timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Story:
    """The file it is about, its number, its applicant; and the two others."""

    p: UUID
    nomor: str
    withdrawn: str
    draft: UUID


def whole_story(kantor: dict[Peran, Petugas]) -> Story:
    """Everything that can happen to a file, over nine days with a daily head on two of them."""
    pemohon = person()
    p = submitted(pemohon)
    _inspection(p, kantor)
    make_daily_head(now=LATER)
    _correction(p, pemohon, kantor)
    _draft_and_approvals(p, kantor)
    desk = at_desk(p)
    sign(desk.tugas_id, Secret(PASSPHRASE), actor=kantor[KEPALA_DINAS], seen=desk.seen, now=NEW)
    work_off(NEW)
    accept_sk(p, actor=pemohon, now=NEW)
    withdrawn, draft = submitted(pemohon, seed="b"), filled_in(pemohon, seed="c")
    work_off(NEW)
    withdraw(withdrawn, actor=pemohon, reason="Kami perbaiki dahulu.", now=NEW)
    make_daily_head(now=END)
    return Story(p, _nomor(p), _nomor(withdrawn), draft)


def _inspection(p: UUID, kantor: dict[Peran, Petugas]) -> None:
    """Taken, extended, given to another, moved by a holiday, and late all the same."""
    seed_calendar(WEDNESDAY)
    bring_to(p, "rekomendasi", kantor)
    tugas_id, kabid = at_desk(p).tugas_id, kantor[KABID_PERIZINAN]
    claim(tugas_id, actor=kantor[DINAS_TEKNIS], now=WEDNESDAY)
    extend(tugas_id, 1, "Jalan ke lokasi terendam banjir.", actor=kabid, now=WEDNESDAY)
    reassign(tugas_id, person(DINAS_TEKNIS, name="Rusmini"), REASON, actor=kabid, now=WEDNESDAY)
    reassign(tugas_id, kantor[DINAS_TEKNIS].person_id, REASON, actor=kabid, now=WEDNESDAY)
    admin = Petugas(person(Peran.ADMIN), Peran.ADMIN)
    flood = AddLibur(((date(2026, 11, 26), "Banjir"),))
    change_calendar(flood, actor=admin, version=read_calendar().version, now=WEDNESDAY)
    sweep_escalations(now=LATER)
    escalate_cases(now=LATER)


def _correction(p: UUID, pemohon: UUID, kantor: dict[Peran, Petugas]) -> None:
    """Sent back with two items; one is answered in words, one with a new file."""
    from pipeline.services.desk.decide import decide

    desk = at_desk(p)
    items = (Request("syarat", "AKTA", "Halaman 3 terpotong."), Request("isian", "uraian_kegiatan", "Jelaskan."))
    back = Keputusan(kind=KeputusanKind.KEMBALIKAN, target="ajukan", reason=REASON, requests=items)
    decide(desk.tugas_id, back, actor=kantor[DINAS_TEKNIS], seen=desk.seen, now=LATER)
    work_off(LATER)
    with unit_of_work() as s:
        asked = s.scalars(select(CorrectionRequest).where(CorrectionRequest.kind == "isian")).one()
    answer_request(p, asked.id, "Sudah kami jelaskan.", actor=pemohon, now=LATER)
    save_isian(p, {"uraian_kegiatan": "Mengasuh 24 anak dalam asrama."}, actor=pemohon, now=NEW)
    new = Accepted("akta baru.jpg", "jpg", picture("putih"), 1, "0" * 64, None)
    keep_berkas(p, "AKTA", new, actor=pemohon, now=NEW)
    submit(p, actor=pemohon, privacy_version="1", now=NEW)
    work_off(NEW)


def _draft_and_approvals(p: UUID, kantor: dict[Peran, Petugas]) -> None:
    """A picture in the BAP, a draft in the Back Office's words, one approval by a Plh."""
    bring_to(p, "rekomendasi", kantor, now=NEW)
    technical, kabid = kantor[DINAS_TEKNIS], kantor[KABID_PERIZINAN]
    add_photo(p, "depan", picture("biru"), actor=technical, now=NEW)
    write_bap(p, technical, now=NEW)
    decide_at(p, technical, SOP["rekomendasi"].keputusan, now=NEW)
    work_off(NEW)
    decide_at(p, kabid, KeputusanKind.SETUJUI, now=NEW)
    work_off(NEW)
    secretary = kantor[SEKRETARIS]
    decide_at(p, secretary, KeputusanKind.KEMBALIKAN, target="susun_sk", reason="Tambah tembusan.", now=NEW)
    work_off(NEW)
    additions = {"pertimbangan": "Bahwa lembaga telah diperiksa;", "tembusan": ["Wali Kota"]}
    redraft(at_desk(p).tugas_id, additions, actor=kantor[BACK_OFFICE], now=NEW)
    bring_to(p, "paraf_kabid", kantor, now=NEW)
    deputy = person(name="Hj. Norlaila")
    delegate(
        recipient=deputy,
        replaces=kabid.person_id,
        peran=KABID_PERIZINAN,
        basis="plh",
        assignment_letter="800/1",
        scan=None,
        start_date=NEW.date(),
        end_date=NEW.date(),
        actor=Petugas(person(Peran.ADMIN), Peran.ADMIN),
        now=NEW,
    )
    decide_at(p, Petugas(deputy, KABID_PERIZINAN), KeputusanKind.SETUJUI, now=NEW)
    work_off(NEW)
    decide_at(p, secretary, KeputusanKind.SETUJUI, now=NEW)
    work_off(NEW)


def picture(color: str) -> bytes:
    out = io.BytesIO()
    Image.effect_noise((320, 240), 60).convert("RGB").save(out, "JPEG", comment=color.encode())
    return out.getvalue()


def _nomor(p: UUID) -> str:
    with unit_of_work() as s:
        return str(s.get_one(Permohonan, p).nomor)
