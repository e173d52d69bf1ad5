"""From the first administrator to an open office: what is missing is said, and nothing is sent before it is there."""

import re
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from flask import Flask
from sqlalchemy import Engine, select, update

from pipeline.db import unit_of_work
from pipeline.documents.signing import Secret
from pipeline.errors import NotAllowedYet
from pipeline.models import Account, Notice, OfficeEvent, Outbox
from pipeline.roles import Peran
from pipeline.rules.notices.rules import NoticeStatus
from pipeline.rules.opening.checklist import NOT_OPEN
from pipeline.rules.opening.facts import OfficeEventKind
from pipeline.services.applicant.submit import submit
from pipeline.services.desk.letters import receipt
from pipeline.services.desk.sign import sign
from pipeline.services.notices.send import send_notice
from pipeline.services.notices.write import TASK
from pipeline.services.records.verify.whole import verify_all
from tests.desks import KEPALA_DINAS
from tests.factories import WEDNESDAY, at_desk, filled_in, person, set_by_sql, submitted
from tests.integration.fake_smtp import SmtpServer
from tests.integration.test_verify import behind_our_back
from tests.new_office import BSRE, SMTP, NewOffice
from tests.stored import stored
from tests.web.conftest import Browser, SamplePerson
from tests.web.desk import Kantor, login, make_kantor, make_officer  # noqa: F401 - the fixture kantor

ADMIN = "ti@uji.test"
WARNED = (
    "BSrE tidak diatur",
    "Surel tidak diatur",
    "Gerbang pesan tidak diatur",
    "Pemindai virus tidak diatur",
    "Cadangan belum pernah dibuat",
    "tidak ada orangnya",
    "Tabel hari libur 2026 masih kosong",
    "Tabel hari libur 2027 masih kosong",
)


def words(browser: Browser, address: str) -> str:
    answer = browser.open_page(address)
    assert answer.status_code == 200, answer.location
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, db: Engine) -> NewOffice:
    return NewOffice(monkeypatch, tmp_path)


@pytest.fixture
def admin(app: Flask, office: NewOffice) -> SamplePerson:
    person_id = make_officer(ADMIN, Peran.ADMIN, name="Kepala TI")
    return SamplePerson(person_id, ADMIN, login(app, ADMIN))


@pytest.fixture
def ready(office: NewOffice, admin: SamplePerson, kantor: Kantor) -> NewOffice:
    office.all_but_people(admin.person_id)
    return office


class TestChecklist:
    def test_a_new_administrator_is_led_to_it(self, admin: SamplePerson) -> None:
        assert admin.browser.open_page("/admin").location == "/admin/mulai"
        page = words(admin.browser, "/admin/mulai")
        assert "Kantor belum dibuka untuk pemohon." in page
        assert page.count("Langkahnya:") == 6
        assert "kantor.toml contoh" in page
        assert "Tidak ada petugas yang dapat bekerja di meja Front Office hari ini." in page
        assert "6 hal belum ada" in words(admin.browser, "/admin/pengguna")

    def test_an_open_office_leads_to_its_people(self, ready: NewOffice, admin: SamplePerson) -> None:
        assert admin.browser.open_page("/admin").location == "/admin/pengguna"
        page = words(admin.browser, "/admin/mulai")
        assert "Semuanya siap. Pemohon dapat mengirim permohonan." in page
        assert "hal belum ada" not in words(admin.browser, "/admin/pengguna")

    def test_a_demo_is_kept_from_nothing(self, app: Flask, kantor: Kantor, pemohon: SamplePerson) -> None:
        make_officer(ADMIN, Peran.ADMIN)
        browser = login(app, ADMIN)
        assert browser.open_page("/admin").location == "/admin/pengguna"
        assert "Ini mode demo" in words(browser, "/admin/mulai")
        assert NOT_OPEN not in words(pemohon.browser, "/permohonan")
        submitted(person())

    @pytest.mark.parametrize("peran", [Peran.OPERATOR, Peran.PDP, KEPALA_DINAS])
    def test_it_is_the_administrators(self, app: Flask, office: NewOffice, peran: Peran) -> None:
        make_officer("lain@uji.test", peran)
        browser = login(app, "lain@uji.test")
        browser.open_page("/petugas/masuk")
        assert browser.open_page("/admin/mulai").status_code == 403
        assert browser.send("/admin/mulai/uji-coba", {"setuju": "ya"}).status_code == 403


class TestNothingIsSentBefore:
    def test_the_applicant_is_told_kindly_and_the_draft_stays(self, office: NewOffice, pemohon: SamplePerson) -> None:
        draft = filled_in(pemohon.person_id)
        for page in ("", "/baru", f"/{draft}/periksa"):
            assert NOT_OPEN in words(pemohon.browser, f"/permohonan{page}")
        answer = pemohon.browser.send(f"/permohonan/{draft}/kirim", {"benar": "ya", "privasi": "1"})
        assert answer.status_code in {409, 422}
        with pytest.raises(NotAllowedYet, match="belum dibuka"):
            submit(draft, actor=pemohon.person_id, privacy_version="1", now=WEDNESDAY)
        assert pemohon.browser.open_page(f"/permohonan/{draft}/periksa").status_code == 200

    @pytest.mark.parametrize("lacking", ["own_file", "holidays", "message", "trial", "certificate", "backup", "desk"])
    def test_each_of_the_must_haves_is_one(
        self, office: NewOffice, app: Flask, admin: SamplePerson, kantor: Kantor, lacking: str
    ) -> None:
        given: dict[str, Callable[[], None]] = {
            "own_file": office.own_file,
            "holidays": lambda: office.holidays(2026),
            "message": lambda: office.message_arrived(admin.person_id),
            "trial": office.declared,
            "certificate": office.certified,
            "backup": office.backup,
            "desk": lambda: None,
        }
        for name, give in given.items():
            if name != lacking:
                give()
        if lacking == "desk":
            close(kantor, KEPALA_DINAS)
        draft = filled_in(who := person())
        with pytest.raises(NotAllowedYet):
            submit(draft, actor=who, privacy_version="1", now=WEDNESDAY)
        number = 2 if lacking == "desk" else 1  # nobody there, and so nobody who signs
        assert f"{number} hal belum ada" in words(admin.browser, "/admin/pengguna")
        if lacking != "desk":
            given[lacking]()
            submit(draft, actor=who, privacy_version="1", now=WEDNESDAY)

    def test_a_signer_without_a_certificate_is_told_where_it_is_made(
        self, office: NewOffice, app: Flask, admin: SamplePerson, kantor: Kantor
    ) -> None:
        office.declared()
        page = words(admin.browser, "/admin/mulai")
        assert "Meja Kepala Dinas belum punya sertifikat penanda tangan" in page
        assert "membuat sertifikatnya di /petugas/sertifikat" in page
        office.certified(Peran.ADMIN)  # somebody who signs nothing
        assert "belum punya sertifikat" in words(admin.browser, "/admin/mulai")
        office.certified()
        assert "belum punya sertifikat" not in words(admin.browser, "/admin/mulai")
        close(kantor, KEPALA_DINAS)
        page = words(admin.browser, "/admin/mulai")
        assert "Meja Kepala Dinas belum punya sertifikat penanda tangan: belum ada orangnya" in page
        office.change(bsre=BSRE)
        assert "belum punya sertifikat" not in words(admin.browser, "/admin/mulai")

    def test_a_permit_of_another_town_is_to_be_looked_at_and_keeps_nobody_out(
        self, ready: NewOffice, admin: SamplePerson
    ) -> None:
        assert "Semuanya siap" in words(admin.browser, "/admin/mulai")
        ready.own_file(kota="Contoh Raya")
        page = words(admin.browser, "/admin/mulai")
        assert "Isi izin Perlu dilihat" in page
        assert "menyebut Banjarbaru, padahal kantor ini Kota Contoh Raya." in page
        assert "Semuanya siap" not in page
        submitted(person())

    def test_a_message_that_did_not_arrive_is_none(self, ready: NewOffice, admin: SamplePerson) -> None:
        with unit_of_work() as s:
            s.scalars(select(Notice)).one().status = NoticeStatus.GAGAL
        draft = filled_in(who := person())
        with pytest.raises(NotAllowedYet):
            submit(draft, actor=who, privacy_version="1", now=WEDNESDAY)
        assert "Pesan uji lewat surel gagal" in words(admin.browser, "/admin/mulai")

    def test_an_open_office_stays_so_when_a_desk_is_empty(
        self, ready: NewOffice, kantor: Kantor, admin: SamplePerson
    ) -> None:
        submitted(person())
        submitted(person(), seed="b")
        close(kantor, KEPALA_DINAS)
        submitted(person(), seed="c")
        with unit_of_work() as s:
            kinds = s.scalars(select(OfficeEvent.kind).order_by(OfficeEvent.id)).all()
        assert kinds == ["uji_coba", "dibuka"]
        assert "Kantor sudah dibuka untuk pemohon." in words(admin.browser, "/admin/mulai")
        assert [f.sentence for f in verify_all()[1]] == []

    def test_without_a_signer_nothing_more_is_taken(self, ready: NewOffice) -> None:
        submitted(person())
        ready.declared(OfficeEventKind.UJI_COBA_SELESAI)
        with pytest.raises(NotAllowedYet):
            submitted(person(), seed="b")
        ready.change(bsre=BSRE)
        submitted(person(), seed="c")


class TestMessage:
    @pytest.fixture
    def smtp(self, office: NewOffice) -> Iterator[SmtpServer]:
        with SmtpServer() as server:
            office.change(smtp=server.settings)
            yield server

    def test_it_goes_by_the_real_channel_to_who_asked_and_its_delivery_is_kept(
        self, smtp: SmtpServer, admin: SamplePerson
    ) -> None:
        admin.browser.open_page("/admin/mulai")
        answer = admin.browser.send("/admin/mulai/pesan-uji", {"saluran": "surel"})
        assert answer.status_code == 303
        assert "sedang dikirim; muat ulang halaman ini" in words(admin.browser, "/admin/mulai")
        leave()
        (letter,) = smtp.handler.letters
        assert letter["To"] == ADMIN
        assert "Pesan uji lewat surel sampai di server tujuan" in words(admin.browser, "/admin/mulai")

    def test_what_the_server_says_is_shown(self, smtp: SmtpServer, admin: SamplePerson) -> None:
        smtp.handler.rcpt = ["550 tidak ada"]
        admin.browser.open_page("/admin/mulai")
        admin.browser.send("/admin/mulai/pesan-uji", {"saluran": "surel"})
        leave()
        assert "Server surel menolak surat ini (550)." in words(admin.browser, "/admin/mulai")

    @pytest.mark.parametrize("channel", ["pesan", "lonceng", "", "x"])
    def test_a_channel_the_office_does_not_have_is_refused(
        self, smtp: SmtpServer, admin: SamplePerson, channel: str
    ) -> None:
        admin.browser.open_page("/admin/mulai")
        assert admin.browser.send("/admin/mulai/pesan-uji", {"saluran": channel}).status_code == 409

    def test_an_administrator_without_such_an_address_is_told(self, office: NewOffice, admin: SamplePerson) -> None:
        office.change(message_url="jsons://pesan.kota.test/kirim")
        admin.browser.open_page("/admin/mulai")
        answer = admin.browser.send("/admin/mulai/pesan-uji", {"saluran": "pesan"})
        assert (answer.status_code, "tidak punya nomor HP" in answer.text) == (409, True)

    def test_it_cannot_be_sent_without_end(self, smtp: SmtpServer, admin: SamplePerson) -> None:
        admin.browser.open_page("/admin/mulai")
        status = [admin.browser.send("/admin/mulai/pesan-uji", {"saluran": "surel"}).status_code for _ in range(11)]
        assert status == [303] * 10 + [429]


class TestTrial:
    BAR = "Masa uji coba. Surat yang terbit di sini tidak berlaku sebagai surat resmi."

    def test_it_is_declared_by_somebody_and_every_page_says_so(
        self, office: NewOffice, admin: SamplePerson, guest: Browser, pemohon: SamplePerson
    ) -> None:
        assert self.BAR not in words(guest, "/")
        admin.browser.open_page("/admin/mulai")
        refused = admin.browser.send("/admin/mulai/uji-coba")
        assert (refused.status_code, "Centang bahwa surat" in refused.text) == (422, True)
        assert admin.browser.send("/admin/mulai/uji-coba", {"setuju": "ya"}).status_code == 303
        assert "dinyatakan Kepala TI" in words(admin.browser, "/admin/mulai")
        for browser, page in ((guest, "/"), (pemohon.browser, "/permohonan"), (admin.browser, "/admin/pengguna")):
            assert self.BAR in words(browser, page)
        assert self.BAR in guest.open_page("/tiada").text
        admin.browser.open_page("/admin/mulai")
        assert admin.browser.send("/admin/mulai/uji-coba/akhiri").status_code == 303
        assert self.BAR not in words(guest, "/")

    def test_an_office_with_bsre_needs_none(self, office: NewOffice, admin: SamplePerson) -> None:
        office.change(bsre=BSRE)
        page = words(admin.browser, "/admin/mulai")
        assert "BSrE, lewat bsre.kota.test." in page
        assert "Nyatakan masa uji coba" not in page
        assert admin.browser.send("/admin/mulai/uji-coba", {"setuju": "ya"}).status_code == 409

    def test_its_papers_say_so_for_ever_and_others_do_not(self, ready: NewOffice) -> None:
        first = submitted(person())
        ready.declared(OfficeEventKind.UJI_COBA_SELESAI, WEDNESDAY.replace(hour=4))
        ready.change(bsre=BSRE)
        second = submitted(person(), seed="b", now=WEDNESDAY.replace(hour=5))
        for file, said in ((first, True), (second, False)):
            docx = stored(receipt(file).make())
            assert (b"UJI COBA" in unpacked(docx)) is said

    def test_nothing_is_signed_with_a_certificate_of_ours_outside_of_it(self, ready: NewOffice, kantor: Kantor) -> None:
        file = kantor.carry("tanda_tangan")
        ready.declared(OfficeEventKind.UJI_COBA_SELESAI)
        desk = at_desk(file.permohonan_id)
        with pytest.raises(NotAllowedYet, match="tidak sedang dalam masa uji coba"):
            sign(desk.tugas_id, Secret("x"), actor=kantor.person[KEPALA_DINAS], seen=desk.seen, now=WEDNESDAY)

    def test_signers_make_their_certificate_in_it_and_not_after(self, ready: NewOffice, kantor: Kantor) -> None:
        assert "Sertifikat tanda tangan" in words(kantor[KEPALA_DINAS], "/petugas/sertifikat")
        ready.declared(OfficeEventKind.UJI_COBA_SELESAI)
        assert kantor[KEPALA_DINAS].open_page("/petugas/sertifikat").status_code == 404

    def test_who_changes_its_record_is_found(self, ready: NewOffice, db: Engine) -> None:
        behind_our_back(db, "UPDATE office_event SET at = at - interval '1 day'")
        assert [f.sentence for f in verify_all()[1]] == ["catatan kantor “uji_coba” diubah"]


def test_the_operator_sees_what_should_not_stay_so(app: Flask, office: NewOffice) -> None:
    make_officer("operator@uji.test", Peran.OPERATOR)
    browser = login(app, "operator@uji.test")
    page = words(browser, "/operator")
    assert [said for said in WARNED if said not in page] == []
    office.change(bsre=BSRE, smtp=SMTP, message_url="jsons://x", scanner="/run/clamd")
    office.holidays(2026, 2027)
    page = words(browser, "/operator")
    assert [said for said in WARNED if said in page] == ["Cadangan belum pernah dibuat", "tidak ada orangnya"]


def leave() -> None:
    """What is owed to the channels leaves."""
    owed = select(Outbox.id).where(Outbox.task == TASK, Outbox.closed_at.is_(None))
    with unit_of_work() as s:
        ids = s.scalars(owed).all()
    for one in ids:
        send_notice(one, WEDNESDAY)


def close(kantor: Kantor, peran: Peran) -> None:
    """Nobody can work at this desk any more."""
    set_by_sql(update(Account).where(Account.person_id == kantor.person[peran].person_id).values(active=False))


def unpacked(docx: bytes) -> bytes:
    with ZipFile(BytesIO(docx)) as whole:
        return whole.read("word/document.xml")
