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
from pipeline.services.applicant.form import keep_berkas, save_isian
from pipeline.services.applicant.reply import answer_request
from pipeline.services.applicant.submit import submit
from pipeline.services.deadlines.calendar import change_calendar, seed_calendar
from pipeline.services.deadlines.escalate import escalate_cases, sweep_escalations
from pipeline.services.desk.claim import add_photo_bap, claim, redraft
from pipeline.services.desk.extend import extend
from pipeline.services.desk.sign import sign
from pipeline.services.desk.supervise import reassign
from pipeline.services.people.actor import Petugas
from pipeline.services.people.delegasi import delegate
from pipeline.services.records.heads import make_daily_head
from pipeline.sop.values import KeputusanKind
from pipeline.uploads import Accepted
from tests.factories import RABU, SOP, at_desk, bring_to, decide_at, filled_in, person, submitted, work_off, write_bap
from tests.integration.conftest import PASSPHRASE

REASON = "Jumlah pengurus pada BAP tidak sama dengan akta."
NANTI = RABU + timedelta(days=8)
BARU = NANTI + timedelta(minutes=1)
END = NANTI + timedelta(days=1)


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
    make_daily_head(now=NANTI)
    _correction(p, pemohon, kantor)
    _draft_and_approvals(p, kantor)
    meja = at_desk(p)
    sign(meja.tugas_id, Secret(PASSPHRASE), oleh=kantor[Peran.KEPALA_DINAS], seen=meja.seen, now=BARU)
    work_off(BARU)
    accept_sk(p, oleh=pemohon, now=BARU)
    withdrawn, draft = submitted(pemohon, benih="b"), filled_in(pemohon, benih="c")
    work_off(BARU)
    withdraw(withdrawn, oleh=pemohon, alasan="Kami perbaiki dahulu.", now=BARU)
    make_daily_head(now=END)
    return Story(p, _nomor(p), _nomor(withdrawn), draft)


def _inspection(p: UUID, kantor: dict[Peran, Petugas]) -> None:
    """Taken, extended, given to another, moved by a holiday, and late all the same."""
    seed_calendar(RABU)
    bring_to(p, "rekomendasi", kantor)
    tugas_id, kabid = at_desk(p).tugas_id, kantor[Peran.KABID_PERIZINAN]
    claim(tugas_id, oleh=kantor[Peran.DINAS_TEKNIS], now=RABU)
    extend(tugas_id, 1, "Jalan ke lokasi terendam banjir.", oleh=kabid, now=RABU)
    reassign(tugas_id, person(Peran.DINAS_TEKNIS, nama="Rusmini"), REASON, oleh=kabid, now=RABU)
    reassign(tugas_id, kantor[Peran.DINAS_TEKNIS].person_id, REASON, oleh=kabid, now=RABU)
    admin = Petugas(person(Peran.ADMIN), Peran.ADMIN)
    banjir = AddLibur(((date(2026, 11, 26), "Banjir"),))
    change_calendar(banjir, oleh=admin, versi=read_calendar().versi, now=RABU)
    sweep_escalations(now=NANTI)
    escalate_cases(now=NANTI)


def _correction(p: UUID, pemohon: UUID, kantor: dict[Peran, Petugas]) -> None:
    """Sent back with two items; one is answered in words, one with a new file."""
    from pipeline.services.desk.decide import decide

    meja = at_desk(p)
    items = (Request("syarat", "AKTA", "Halaman 3 terpotong."), Request("isian", "uraian_kegiatan", "Jelaskan."))
    back = Keputusan(jenis=KeputusanKind.KEMBALIKAN, ke="ajukan", alasan=REASON, permintaan=items)
    decide(meja.tugas_id, back, oleh=kantor[Peran.DINAS_TEKNIS], seen=meja.seen, now=NANTI)
    work_off(NANTI)
    with unit_of_work() as s:
        asked = s.scalars(select(CorrectionRequest).where(CorrectionRequest.jenis == "isian")).one()
    answer_request(p, asked.id, "Sudah kami jelaskan.", oleh=pemohon, now=NANTI)
    save_isian(p, {"uraian_kegiatan": "Mengasuh 24 anak dalam asrama."}, oleh=pemohon, now=BARU)
    new = Accepted("akta baru.jpg", "jpg", picture("putih"), 1, "0" * 64, None)
    keep_berkas(p, "AKTA", new, oleh=pemohon, now=BARU)
    submit(p, oleh=pemohon, privacy_version="1", now=BARU)
    work_off(BARU)


def _draft_and_approvals(p: UUID, kantor: dict[Peran, Petugas]) -> None:
    """A picture in the BAP, a draft in the Back Office's words, one approval by a Plh."""
    bring_to(p, "rekomendasi", kantor, now=BARU)
    teknis, kabid = kantor[Peran.DINAS_TEKNIS], kantor[Peran.KABID_PERIZINAN]
    add_photo_bap(at_desk(p).tugas_id, "depan", picture("biru"), {}, oleh=teknis, now=BARU)
    write_bap(p, teknis, now=BARU)
    decide_at(p, teknis, SOP["rekomendasi"].keputusan, now=BARU)
    work_off(BARU)
    decide_at(p, kabid, KeputusanKind.SETUJUI, now=BARU)
    work_off(BARU)
    sekretaris = kantor[Peran.SEKRETARIS]
    decide_at(p, sekretaris, KeputusanKind.KEMBALIKAN, ke="susun_sk", alasan="Tambah tembusan.", now=BARU)
    work_off(BARU)
    tambahan = {"pertimbangan": "Bahwa lembaga telah diperiksa;", "tembusan": ["Wali Kota"]}
    redraft(at_desk(p).tugas_id, tambahan, oleh=kantor[Peran.BACK_OFFICE], now=BARU)
    bring_to(p, "paraf_kabid", kantor, now=BARU)
    wakil = person(nama="Hj. Norlaila")
    delegate(
        kepada=wakil, menggantikan=kabid.person_id, peran=Peran.KABID_PERIZINAN, dasar="plh", assignment_letter="800/1",
        scan=None, start_date=BARU.date(), end_date=BARU.date(),
        oleh=Petugas(person(Peran.ADMIN), Peran.ADMIN), now=BARU,
    )  # fmt: skip
    decide_at(p, Petugas(wakil, Peran.KABID_PERIZINAN), KeputusanKind.SETUJUI, now=BARU)
    work_off(BARU)
    decide_at(p, sekretaris, KeputusanKind.SETUJUI, now=BARU)
    work_off(BARU)


def picture(colour: str) -> bytes:
    out = io.BytesIO()
    Image.effect_noise((320, 240), 60).convert("RGB").save(out, "JPEG", comment=colour.encode())
    return out.getvalue()


def _nomor(p: UUID) -> str:
    with unit_of_work() as s:
        return str(s.get_one(Permohonan, p).nomor)
