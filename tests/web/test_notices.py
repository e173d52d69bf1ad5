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
from tests.desks import FRONT_OFFICE
from tests.factories import WEDNESDAY, submitted, work_off
from tests.web.conftest import Browser, SamplePerson

PRODUCTION = replace(settings(), mode=Mode.PRODUCTION, smtp=None, message_url="")


def put(person_id: UUID, title: str = "Permohonan perlu diperbaiki", **other: object) -> UUID:
    """A notice, for the bell unless told otherwise."""
    notice_id = uuid4()
    value: dict[str, object] = {
        "key": str(notice_id),
        "kind": "perbaikan",
        "channel": "lonceng",
        "content": "Satu.\n\nDua.",
        "link": "/permohonan",
        "status": "terkirim",
        "created_at": WEDNESDAY,
        **other,
    }
    with unit_of_work() as s:
        s.add(Notice(id=notice_id, person_id=person_id, title=title, **value))
    return notice_id


def failed(person_id: UUID, status: str = "gagal") -> UUID:
    """A letter that did not arrive; its message is closed."""
    notice_id = put(person_id, channel="surel", status=status, error="Server surel menolak surat ini (550).")
    with unit_of_work() as s:
        owe(s, [(str(notice_id), None)], now=WEDNESDAY)
        s.scalars(select(Outbox)).one().closed_at = WEDNESDAY
    return notice_id


def read(notice_id: UUID) -> Notice:
    with unit_of_work() as s:
        return s.get_one(Notice, notice_id)


def test_a_bell_shows_my_news_and_opening_one_reads_it(pemohon: SamplePerson) -> None:
    one = put(pemohon.person_id)
    page = pemohon.browser.open_page("/pemberitahuan").text
    assert "Permohonan perlu diperbaiki" in page
    assert "Baru" in page
    assert '<p class="govuk-body">Dua.</p>' in page
    answer = pemohon.browser.send(f"/pemberitahuan/{one}/buka")
    assert (answer.status_code, answer.location) == (303, "/permohonan")
    assert read(one).read_at is not None


def test_somebody_elses_news_is_missing(make_pemohon: Callable[..., SamplePerson]) -> None:
    me, other = make_pemohon(), make_pemohon("lain@uji.test")
    secret = put(other.person_id, "Hanya untuk orang lain")
    assert "Hanya untuk orang lain" not in me.browser.open_page("/pemberitahuan").text
    assert me.browser.send(f"/pemberitahuan/{secret}/buka").status_code == 404
    assert me.browser.send("/pemberitahuan/dibaca", {"sampai": WEDNESDAY.isoformat()}).status_code == 303
    assert read(secret).read_at is None


def test_marking_all_leaves_what_came_after_the_page(pemohon: SamplePerson) -> None:
    old = put(pemohon.person_id)
    page = pemohon.browser.open_page("/pemberitahuan").text
    new = put(pemohon.person_id, created_at=WEDNESDAY + timedelta(minutes=1))
    until = re.search(r'name="sampai" value="([^"]+)"', page)
    assert until
    assert pemohon.browser.send("/pemberitahuan/dibaca", {"sampai": until[1]}).status_code == 303
    assert read(old).read_at is not None
    assert read(new).read_at is None
    assert "1 pemberitahuan ditandai" in pemohon.browser.open_page("/pemberitahuan").text


@pytest.mark.parametrize("until", ["", "kemarin", "2026-11-25", "2026-11-25T09:00:00"])
def test_a_form_without_its_time_is_refused(pemohon: SamplePerson, until: str) -> None:
    pemohon.browser.open_page("/pemberitahuan")
    put(pemohon.person_id)
    pemohon.browser.open_page("/pemberitahuan")
    assert pemohon.browser.send("/pemberitahuan/dibaca", {"sampai": until}).status_code == 400


def test_officers_have_a_bell_too_and_pages(make_petugas: Callable[..., SamplePerson]) -> None:
    petugas = make_petugas(FRONT_OFFICE)
    for n in range(26):
        put(petugas.person_id, f"Kabar {n}")
    assert "Halaman 1" in petugas.browser.open_page("/pemberitahuan").text
    assert petugas.browser.open_page("/pemberitahuan?halaman=2").text.count("Kabar ") == 2  # the heading and its button
    for page in ("0", "-1", "x", "999999999999"):
        assert petugas.browser.open_page(f"/pemberitahuan?halaman={page}").status_code == 200


def test_every_page_can_show_how_much_is_unread(app: object, pemohon: SamplePerson) -> None:
    for _ in range(3):
        put(pemohon.person_id)
    from web.notices.bell import unread_words

    with pemohon.browser.web_client:
        pemohon.browser.open_page("/pemberitahuan")
        assert render_template_string("{{ unread() }}") == "3"
        for _ in range(100):
            put(pemohon.person_id)
        pemohon.browser.open_page("/pemberitahuan")
        assert unread_words() == "99+"


def test_the_operator_sees_what_did_not_arrive_and_sends_it_again(make_petugas: Callable[..., SamplePerson]) -> None:
    operator = make_petugas(Peran.OPERATOR)
    one = failed(operator.person_id)
    page = operator.browser.open_page("/operator/pemberitahuan").text
    assert "Server surel menolak surat ini (550)." in page
    assert "petugas@uji.test" not in page
    answer = operator.browser.send(f"/operator/pemberitahuan/{one}/kirim-ulang")
    assert answer.status_code == 303
    assert "dikirim ulang" in operator.browser.open_page(answer.location).text
    assert operator.browser.send(f"/operator/pemberitahuan/{one}/kirim-ulang").status_code == 404
    work_off()
    assert read(one).status == "terkirim"


def test_sending_all_again_leaves_the_uncertain_ones(make_petugas: Callable[..., SamplePerson]) -> None:
    operator = make_petugas(Peran.OPERATOR)
    doubt = put(operator.person_id, channel="surel", status="tidak_pasti")
    certain = failed(operator.person_id)
    assert "Tidak pasti" in operator.browser.open_page("/operator/pemberitahuan").text
    assert operator.browser.send("/operator/pemberitahuan/kirim-ulang").status_code == 303
    assert (read(certain).status, read(doubt).status) == ("menunggu", "tidak_pasti")


def test_the_operator_is_told_of_a_channel_that_is_off(
    make_petugas: Callable[..., SamplePerson], monkeypatch: pytest.MonkeyPatch
) -> None:
    operator = make_petugas(Peran.OPERATOR)
    assert "kotak surat demo" in operator.browser.open_page("/operator/pemberitahuan").text
    monkeypatch.setattr("web.notices.bell.settings", lambda: PRODUCTION)
    page = operator.browser.open_page("/operator/pemberitahuan").text
    assert "atur SMTP_URL dan MAIL_FROM untuk menyalakannya" in page
    assert "atur ALURIZIN_PESAN_URL" in page


def test_the_demos_mailbox_holds_what_would_have_left(pemohon: SamplePerson, guest: Browser) -> None:
    submitted(pemohon.person_id)
    assert "Belum ada surat" in guest.open_page("/kotak-surat").text
    work_off()
    page = guest.open_page("/kotak-surat").text
    assert "pemohon@uji.test" in page
    assert re.search(r"Permohonan LKS-2026-\d{6} sudah kami terima", page)


def test_a_real_office_has_no_such_page(guest: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.notices.bell.settings", lambda: PRODUCTION)
    assert guest.open_page("/kotak-surat").status_code == 404
