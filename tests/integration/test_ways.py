"""Ways through an SOP: a branch on what the form says, a time that only passes, and an applicant asked for more."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from pipeline.calendar.edit import AddLibur
from pipeline.db import unit_of_work
from pipeline.documents.signing import Secret
from pipeline.documents.signing.local import create_certificate
from pipeline.errors import InputInvalid
from pipeline.models import Notice, Permohonan, Tugas
from pipeline.queries.applicant.journey import State, walk
from pipeline.queries.applicant.permohonan import Filler, my_permohonan
from pipeline.queries.applicant.tracking import find_trace
from pipeline.queries.calendar import read_calendar
from pipeline.queries.desk.overview import Criteria, read_at_desk, read_langkah
from pipeline.roles import Peran
from pipeline.rules.transitions import Keputusan, Request
from pipeline.services.applicant.form import save_isian
from pipeline.services.applicant.submit import submit
from pipeline.services.deadlines.calendar import change_calendar, seed_calendar
from pipeline.services.deadlines.escalate import anything_due, sweep_late
from pipeline.services.deadlines.recompute import recompute_deadlines
from pipeline.services.deadlines.waits import end_waits
from pipeline.services.desk.decide import decide
from pipeline.services.people.actor import Petugas
from pipeline.services.records.verify.whole import verify_all
from pipeline.settings import settings
from pipeline.sop.words import KeputusanKind
from tests.desks import BACK_OFFICE, KABID_PERIZINAN, SEKRETARIS
from tests.factories import WEDNESDAY, at_desk, person, work_off
from tests.shapes import (
    PASSPHRASE,
    REASON,
    added,
    forward,
    forward_to,
    handed_in,
    install,
    path,
    place,
    shape,
    standing,
    step,
    upload,
)
from web.walk import journey_item

SMALL = {"nama_lembaga": "Warung Sari", "ukuran": "KECIL"}
LARGE = {**SMALL, "ukuran": "BESAR"}
THURSDAY = WEDNESDAY + timedelta(days=1)
FRIDAY = WEDNESDAY + timedelta(days=2)

BRANCH = step("teliti", cabang=[{"ke": "konsep", "bila": [{"ukuran": "KECIL"}]}])
WAIT = added("petunjuk", kode="sanggah", kegiatan="Masa sanggah tetangga", tunggu="2 Hari", status="Masa sanggah")


def ask(d):
    """Between advice and draft the applicant pays."""
    asks = {"syarat": ["BUKTI"], "isian": ["nomor_bayar"]}
    added(
        "petunjuk",
        kode="bayar",
        kegiatan="Membayar retribusi",
        peran="pemohon",
        waktu="10 Menit",
        status="Menunggu pembayaran",
        keputusan="kirim",
        tombol="Kirim bukti bayar",
        minta=asks,
    )(d)
    d["syarat"].append({"kode": "BUKTI", "nama": "Bukti bayar", "wajib": [{}], "diminta_pada": "bayar"})
    d["isian"].append(
        {"kode": "nomor_bayar", "label": "Nomor bayar", "bagian": "papan", "jenis": "teks", "diminta_pada": "bayar"}
    )


@pytest.fixture
def kantor(kantor):
    create_certificate(settings().data / "tte", str(kantor[SEKRETARIS].person_id), "S", Secret(PASSPHRASE))
    return kantor


@pytest.fixture
def begun(monkeypatch, kantor):
    def begin(content, *changes):
        sop, pemohon = install(monkeypatch, shape("izin_papan", *changes)), person()
        return sop, handed_in(sop, pemohon, content), pemohon

    return begin


def shown(p):
    """The journey on the public page."""
    with unit_of_work() as s:
        row = s.get_one(Permohonan, p)
    return find_trace(row.nomor, row.tracking_code)


class TestBranch:
    @pytest.mark.parametrize(
        ("content", "langkah"),
        [
            (SMALL, ["isi", "teliti", "konsep", "paraf", "teken", "nomori", "arsip"]),
            (LARGE, ["isi", "teliti", "petunjuk", "konsep", "paraf", "teken", "nomori", "arsip"]),
        ],
    )
    def test_the_form_says_where_a_file_goes(self, kantor, begun, content, langkah):
        sop, p, _ = begun(content, BRANCH)
        points = walk(sop, content, *_status(p), ())
        assert [t.langkah.code for t in points] == langkah
        forward_to(p, sop, kantor, None)
        assert (path(p), standing(p)) == (langkah, ("selesai", "terbit"))
        assert verify_all()[1] == []

    def test_a_branch_past_an_approval_needs_no_approval_there(self, kantor, begun):
        sop, p, _ = begun(SMALL, step("konsep", cabang=[{"ke": "teken", "bila": [{"ukuran": "KECIL"}]}]))
        forward_to(p, sop, kantor, None)
        assert standing(p) == ("selesai", "terbit")
        assert "paraf" not in path(p)


def _status(p):
    with unit_of_work() as s:
        row = s.get_one(Permohonan, p)
        return row.status, row.langkah


class TestWait:
    def test_the_calendar_ends_it_once(self, kantor, begun):
        """Two working days from Wednesday: Friday, at the end of the office's day."""
        sop, p, _ = begun(SMALL, WAIT)
        forward_to(p, sop, kantor, "sanggah")
        with unit_of_work() as s:
            t = s.get_one(Tugas, at_desk(p).tugas_id)
            assert (t.peran, t.automatic, t.eskalasi_at) == ("sistem", True, None)
            until = t.tenggat
        assert until.date() == FRIDAY.date()
        assert not anything_due(until - timedelta(seconds=1))
        assert end_waits(now=until - timedelta(seconds=1)) == 0
        assert place(p) == "sanggah"
        assert anything_due(until)
        sweep_late(now=until)
        sweep_late(now=until)
        assert place(p) == "konsep"
        forward_to(p, sop, kantor, None, now=until)
        assert (path(p).count("sanggah"), standing(p)) == (1, ("selesai", "terbit"))
        assert verify_all()[1] == []

    def test_its_message_may_come_often_and_ends_nothing(self, kantor, begun):
        sop, p, _ = begun(SMALL, WAIT)
        forward_to(p, sop, kantor, "sanggah")
        work_off()
        assert place(p) == "sanggah"
        sweep_late(now=WEDNESDAY)
        assert place(p) == "sanggah"
        assert verify_all()[1] == []

    def test_a_holiday_moves_its_end(self, kantor, begun):
        seed_calendar(WEDNESDAY)
        sop, p, _ = begun(SMALL, WAIT)
        forward_to(p, sop, kantor, "sanggah")
        admin = Petugas(person(Peran.ADMIN), Peran.ADMIN)
        flood = AddLibur(((THURSDAY.date(), "Banjir"),))
        change_calendar(flood, actor=admin, version=read_calendar().version, now=WEDNESDAY)
        recompute_deadlines(now=WEDNESDAY)
        with unit_of_work() as s:
            t = s.get_one(Tugas, at_desk(p).tugas_id)
            assert t.tenggat.date() == FRIDAY.date() + timedelta(days=3)
            assert t.eskalasi_at is None
        assert verify_all()[1] == []

    def test_it_is_shown_with_its_reason_to_the_public_and_to_leaders(self, kantor, begun):
        sop, p, _ = begun(SMALL, WAIT)
        forward_to(p, sop, kantor, "sanggah")
        trace = shown(p)
        assert trace.word == "Masa sanggah"
        now = next(item for item in journey_item(trace.point) if item["current"])
        assert now["details"][0] == "Masa sanggah tetangga"
        assert now["details"][1].startswith("Menunggu 2 hari sampai")
        listed, total = read_at_desk(Criteria(overdue_only=False), page=1, now=WEDNESDAY)
        assert [(line.langkah.activity, line.peran.name) for line in listed] == [
            ("Masa sanggah tetangga", "Masa tunggu")
        ]
        assert total == 1
        assert sop["sanggah"].superior is None
        assert read_langkah(now=WEDNESDAY)


class TestAskedForMore:
    @pytest.fixture
    def asked(self, kantor, begun):
        sop, p, pemohon = begun(SMALL, ask)
        forward_to(p, sop, kantor, "bayar")
        return sop, p, pemohon

    def test_it_was_not_asked_for_before(self, kantor, begun):
        _sop, p, pemohon = begun(SMALL, ask)
        assert place(p) == "teliti"
        mine = my_permohonan(p, Filler(pemohon), today=WEDNESDAY.date())
        assert "BUKTI" not in {s.code for s in mine.form.syarat}

    def test_the_applicant_is_told_and_may_change_nothing_else(self, kantor, asked):
        _sop, p, pemohon = asked
        assert standing(p) == ("tindakan", "terbit")
        mine = my_permohonan(p, Filler(pemohon), today=WEDNESDAY.date())
        assert (mine.word, mine.is_editable) == ("Perlu tindakan Anda", True)
        assert [c for k, c in sorted(mine._changeable)] == ["nomor_bayar", "BUKTI"]
        with pytest.raises(InputInvalid):
            save_isian(p, {"nama_lembaga": "Warung Lain"}, actor=pemohon, now=WEDNESDAY)
        with unit_of_work() as s:
            kinds = s.scalars(select(Notice.kind).where(Notice.channel == "lonceng").order_by(Notice.created_at)).all()
        assert kinds == ["diterima", "tindakan"]
        assert shown(p).needs_change

    def test_what_is_asked_for_must_be_there(self, kantor, asked):
        _sop, p, pemohon = asked
        with pytest.raises(InputInvalid) as error:
            submit(p, actor=pemohon, privacy_version="1", now=WEDNESDAY)
        assert set(error.value.errors) == {"isian.nomor_bayar", "syarat.BUKTI"}

    def test_the_promise_waits_while_it_lies_there(self, kantor, asked):
        sop, p, pemohon = asked
        with unit_of_work() as s:
            before = s.get_one(Permohonan, p)
            assert before.eskalasi_at is None
        answer(p, pemohon, now=THURSDAY)
        assert (place(p), standing(p)) == ("konsep", ("berjalan", "terbit"))
        with unit_of_work() as s:
            after = s.get_one(Permohonan, p)
            assert after.tenggat - before.tenggat >= timedelta(days=1)
            assert after.eskalasi_at is not None
        forward_to(p, sop, kantor, None, now=THURSDAY)
        assert standing(p) == ("selesai", "terbit")
        assert verify_all()[1] == []

    def test_a_later_desk_may_send_it_back_there_itemised(self, kantor, begun):
        sop, p, pemohon = begun(SMALL, ask, step("konsep", kembali_ke=["petunjuk", "bayar"]))
        forward_to(p, sop, kantor, "bayar")
        answer(p, pemohon)
        desk = at_desk(p)
        items = (Request("syarat", "BUKTI", "Buram."),)
        back = Keputusan(kind=KeputusanKind.KEMBALIKAN, target="bayar", requests=items)
        decide(desk.tugas_id, back, actor=kantor[BACK_OFFICE], seen=desk.seen, now=WEDNESDAY)
        work_off()
        assert standing(p)[0] == "perbaikan"
        mine = my_permohonan(p, Filler(pemohon), today=WEDNESDAY.date())
        assert list(mine._changeable) == [("syarat", "BUKTI")]
        upload(p, "BUKTI", pemohon, b"terang", now=WEDNESDAY + timedelta(minutes=1))
        submit(p, actor=pemohon, privacy_version="1", now=WEDNESDAY + timedelta(minutes=1))
        work_off()
        assert place(p) == "konsep"
        forward_to(p, sop, kantor, None)
        assert standing(p) == ("selesai", "terbit")
        assert verify_all()[1] == []

    def test_after_a_return_to_the_form_what_was_given_stays_given(self, kantor, begun):
        sop, p, pemohon = begun(SMALL, ask, step("konsep", kembali_ke=["isi"]))
        forward_to(p, sop, kantor, "bayar")
        answer(p, pemohon)
        desk = at_desk(p)
        back = Keputusan(kind=KeputusanKind.KEMBALIKAN, target="isi", reason=REASON)
        decide(desk.tugas_id, back, actor=kantor[BACK_OFFICE], seen=desk.seen, now=WEDNESDAY)
        save_isian(p, LARGE, actor=pemohon, now=WEDNESDAY)
        submit(p, actor=pemohon, privacy_version="1", now=WEDNESDAY)
        work_off()
        with unit_of_work() as s:
            assert s.get_one(Permohonan, p).content["nomor_bayar"] == "123"
        forward_to(p, sop, kantor, "bayar")
        submit(p, actor=pemohon, privacy_version="1", now=WEDNESDAY)
        work_off()
        forward_to(p, sop, kantor, None)
        assert standing(p) == ("selesai", "terbit")
        assert verify_all()[1] == []


def answer(p, pemohon, now=WEDNESDAY):
    save_isian(p, {"nomor_bayar": "123"}, actor=pemohon, now=now)
    upload(p, "BUKTI", pemohon, b"lunas", now=now)
    submit(p, actor=pemohon, privacy_version="1", now=now)
    work_off(now)


def test_all_of_it_together(kantor, begun):
    sop, p, pemohon = begun(LARGE, BRANCH, WAIT, ask)
    forward_to(p, sop, kantor, "bayar")
    answer(p, pemohon)
    assert place(p) == "sanggah"
    sweep_late(now=FRIDAY + timedelta(days=3))
    work_off(FRIDAY)
    forward(p, sop, kantor, FRIDAY + timedelta(days=3))
    assert (place(p), at_desk(p).peran) == ("paraf", KABID_PERIZINAN)
    forward_to(p, sop, kantor, None, now=FRIDAY + timedelta(days=3))
    assert [t.state for t in shown(p).point] == [State.SUDAH] * 10
    assert [t.langkah.code for t in shown(p).point] == [
        *("isi", "teliti", "petunjuk", "bayar", "sanggah", "konsep", "paraf", "teken", "nomori", "arsip")
    ]
    assert verify_all()[1] == []
