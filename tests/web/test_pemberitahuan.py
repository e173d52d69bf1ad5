"""The bell, the operator's list of what did not arrive, and the demo's mailbox, as people see them."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from flask import render_template_string
from sqlalchemy import select

from pipeline.db import unit_of_work
from pipeline.models import Notice, Outbox
from pipeline.roles import Peran
from pipeline.services.notices.write import owe
from pipeline.settings import Mode, settings
from tests.factories import RABU, submitted, work_off
from tests.web.conftest import Peramban, SamplePerson

PRODUKSI = replace(settings(), mode=Mode.PRODUCTION, smtp=None, message_url="")


def put(person_id: UUID, judul: str = "Permohonan perlu diperbaiki", **lain: object) -> UUID:
    """A notice, for the bell unless told otherwise."""
    notice_id = uuid4()
    nilai: dict[str, object] = {
        "kunci": str(notice_id), "jenis": "perbaikan", "saluran": "lonceng", "isi": "Satu.\n\nDua.",
        "tautan": "/permohonan", "status": "terkirim", "created_at": RABU, **lain,
    }  # fmt: skip
    with unit_of_work() as s:
        s.add(Notice(id=notice_id, person_id=person_id, judul=judul, **nilai))
    return notice_id


def gagal(person_id: UUID, status: str = "gagal") -> UUID:
    """A letter that did not arrive; its message is closed."""
    notice_id = put(person_id, saluran="surel", status=status, galat="Server surel menolak surat ini (550).")
    with unit_of_work() as s:
        owe(s, [(str(notice_id), None)], now=RABU)
        s.scalars(select(Outbox)).one().closed_at = RABU
    return notice_id


def baca(notice_id: UUID) -> Notice:
    with unit_of_work() as s:
        return s.get_one(Notice, notice_id)


def test_a_bell_shows_my_news_and_opening_one_reads_it(pemohon: SamplePerson) -> None:
    satu = put(pemohon.person_id)
    halaman = pemohon.peramban.buka("/pemberitahuan").text
    assert "Permohonan perlu diperbaiki" in halaman
    assert "Baru" in halaman
    assert '<p class="govuk-body">Dua.</p>' in halaman
    jawaban = pemohon.peramban.kirim(f"/pemberitahuan/{satu}/buka")
    assert (jawaban.status_code, jawaban.location) == (303, "/permohonan")
    assert baca(satu).read_at is not None


def test_somebody_elses_news_is_missing(make_pemohon: Callable[..., SamplePerson]) -> None:
    saya, lain = make_pemohon(), make_pemohon("lain@uji.test")
    rahasia = put(lain.person_id, "Hanya untuk orang lain")
    assert "Hanya untuk orang lain" not in saya.peramban.buka("/pemberitahuan").text
    assert saya.peramban.kirim(f"/pemberitahuan/{rahasia}/buka").status_code == 404
    assert saya.peramban.kirim("/pemberitahuan/dibaca", {"sampai": RABU.isoformat()}).status_code == 303
    assert baca(rahasia).read_at is None


def test_marking_all_leaves_what_came_after_the_page(pemohon: SamplePerson) -> None:
    lama = put(pemohon.person_id)
    halaman = pemohon.peramban.buka("/pemberitahuan").text
    baru = put(pemohon.person_id, created_at=RABU + timedelta(minutes=1))
    sampai = re.search(r'name="sampai" value="([^"]+)"', halaman)
    assert sampai
    assert pemohon.peramban.kirim("/pemberitahuan/dibaca", {"sampai": sampai[1]}).status_code == 303
    assert baca(lama).read_at is not None
    assert baca(baru).read_at is None
    assert "1 pemberitahuan ditandai" in pemohon.peramban.buka("/pemberitahuan").text


@pytest.mark.parametrize("sampai", ["", "kemarin", "2026-11-25", "2026-11-25T09:00:00"])
def test_a_form_without_its_time_is_refused(pemohon: SamplePerson, sampai: str) -> None:
    pemohon.peramban.buka("/pemberitahuan")
    put(pemohon.person_id)
    pemohon.peramban.buka("/pemberitahuan")
    assert pemohon.peramban.kirim("/pemberitahuan/dibaca", {"sampai": sampai}).status_code == 400


def test_officers_have_a_bell_too_and_pages(make_petugas: Callable[..., SamplePerson]) -> None:
    petugas = make_petugas(Peran.FRONT_OFFICE)
    for n in range(26):
        put(petugas.person_id, f"Kabar {n}")
    assert "Halaman 1" in petugas.peramban.buka("/pemberitahuan").text
    assert petugas.peramban.buka("/pemberitahuan?halaman=2").text.count("Kabar ") == 2  # the heading and its button
    for halaman in ("0", "-1", "x", "999999999999"):
        assert petugas.peramban.buka(f"/pemberitahuan?halaman={halaman}").status_code == 200


def test_every_page_can_show_how_much_is_unread(app: object, pemohon: SamplePerson) -> None:
    for _ in range(3):
        put(pemohon.person_id)
    from web.pemberitahuan.bell import unread_words

    with pemohon.peramban.web_client:
        pemohon.peramban.buka("/pemberitahuan")
        assert render_template_string("{{ unread() }}") == "3"
        for _ in range(100):
            put(pemohon.person_id)
        assert unread_words() == "99+"


def test_the_operator_sees_what_did_not_arrive_and_sends_it_again(make_petugas: Callable[..., SamplePerson]) -> None:
    operator = make_petugas(Peran.OPERATOR)
    satu = gagal(operator.person_id)
    halaman = operator.peramban.buka("/operator/pemberitahuan").text
    assert "Server surel menolak surat ini (550)." in halaman
    assert "petugas@uji.test" not in halaman
    jawaban = operator.peramban.kirim(f"/operator/pemberitahuan/{satu}/kirim-ulang")
    assert jawaban.status_code == 303
    assert "dikirim ulang" in operator.peramban.buka(jawaban.location).text
    assert operator.peramban.kirim(f"/operator/pemberitahuan/{satu}/kirim-ulang").status_code == 404
    work_off()
    assert baca(satu).status == "terkirim"


def test_sending_all_again_leaves_the_uncertain_ones(make_petugas: Callable[..., SamplePerson]) -> None:
    operator = make_petugas(Peran.OPERATOR)
    ragu = put(operator.person_id, saluran="surel", status="tidak_pasti")
    certain = gagal(operator.person_id)
    assert "Tidak pasti" in operator.peramban.buka("/operator/pemberitahuan").text
    assert operator.peramban.kirim("/operator/pemberitahuan/kirim-ulang").status_code == 303
    assert (baca(certain).status, baca(ragu).status) == ("menunggu", "tidak_pasti")


def test_the_operator_is_told_of_a_channel_that_is_off(
    make_petugas: Callable[..., SamplePerson], monkeypatch: pytest.MonkeyPatch
) -> None:
    operator = make_petugas(Peran.OPERATOR)
    assert "kotak surat demo" in operator.peramban.buka("/operator/pemberitahuan").text
    monkeypatch.setattr("web.pemberitahuan.bell.settings", lambda: PRODUKSI)
    halaman = operator.peramban.buka("/operator/pemberitahuan").text
    assert "atur SMTP_URL dan MAIL_FROM untuk menyalakannya" in halaman
    assert "atur ALURIZIN_PESAN_URL" in halaman


def test_the_demos_mailbox_holds_what_would_have_left(pemohon: SamplePerson, tamu: Peramban) -> None:
    submitted(pemohon.person_id)
    assert "Belum ada surat" in tamu.buka("/kotak-surat").text
    work_off()
    halaman = tamu.buka("/kotak-surat").text
    assert "pemohon@uji.test" in halaman
    assert re.search(r"Permohonan LKS-2026-\d{6} sudah kami terima", halaman)


def test_a_real_office_has_no_such_page(tamu: Peramban, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.pemberitahuan.bell.settings", lambda: PRODUKSI)
    assert tamu.buka("/kotak-surat").status_code == 404
