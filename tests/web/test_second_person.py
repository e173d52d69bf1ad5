"""A role that decides or signs is asked for by one person and confirmed by another, on the pages of both."""

from datetime import timedelta
from uuid import UUID

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import Engine, select, update

from ops.cli import main
from pipeline.clock import Shift, real_now, write_shift
from pipeline.db import unit_of_work
from pipeline.models import Account, WaitingRole
from pipeline.queries.desk.vacancies import read_vacancies
from pipeline.roles import Peran
from pipeline.services.people.accounts import roles_of
from pipeline.services.people.waiting_roles import sweep_requests
from pipeline.services.records.verify.whole import verify_all
from pipeline.settings import settings
from pipeline.text import date_at
from tests.desks import BACK_OFFICE, DINAS_TEKNIS, FRONT_OFFICE, KABID_PERIZINAN, KEPALA_DINAS, SEKRETARIS
from tests.factories import WEDNESDAY
from tests.web.conftest import Browser
from tests.web.desk import Kantor, login, make_kantor, make_officer  # noqa: F401 - the fixture kantor
from tests.web.test_own_code import bell
from tests.web.test_user import NEW, account_id_of, acts, penugasan_of
from tests.web.url_map import fingerprint

HOLDER = "back_office@uji.test"
ASKER, OTHER = "admin@uji.test", "admin2@uji.test"
ROLE: dict[str, object] = {"peran": "kabid_perizinan", "jabatan": "Kepala Bidang", "start_date": "2026-11-25"}
LIST = "/admin/pengguna"


@pytest.fixture
def admin(app: Flask, db: Engine) -> Browser:
    make_officer(ASKER, Peran.ADMIN, name="Admin Utama")
    return login(app, ASKER)


@pytest.fixture
def other(app: Flask, db: Engine) -> Browser:
    make_officer(OTHER, Peran.ADMIN, name="Admin Kedua")
    return login(app, OTHER)


def give(browser: Browser, identifier: str = HOLDER, **change: object) -> int:
    page = f"{LIST}/{account_id_of(identifier)}"
    browser.open_page(page)
    return browser.send(f"{page}/peran", {**ROLE, **change}).status_code


def open_account(browser: Browser, **change: object) -> str:
    browser.open_page(f"{LIST}/baru")
    answer = browser.send(f"{LIST}/baru", {**NEW, **change})
    assert answer.status_code == 201, answer.text
    return answer.text


def latest() -> UUID:
    with unit_of_work() as s:
        return s.scalars(select(WaitingRole.id).order_by(WaitingRole.asked_at.desc())).first()


def answer(browser: Browser, what: str = "konfirmasi", role_id: UUID | None = None) -> int:
    browser.open_page("/akun/sandi")
    return browser.send(f"/akun/peran/{role_id or latest()}/{what}").status_code


def held(identifier: str = HOLDER) -> set[Peran]:
    with unit_of_work() as s:
        person_id = s.scalars(select(Account.person_id).where(Account.email == identifier)).one()
    return {p.peran for p in roles_of(person_id, WEDNESDAY.date())}


def days_later(days: int) -> None:
    write_shift(settings().data, Shift(WEDNESDAY - real_now() + timedelta(days=days, hours=1)))


@pytest.mark.attack("F08")
def test_a_role_that_decides_has_no_effect_before_another_administrator_confirms_it(
    app: Flask, kantor: Kantor, admin: Browser, other: Browser
) -> None:
    assert give(admin) == 303
    page = admin.open_page(f"{LIST}/{account_id_of(HOLDER)}").text
    assert "Peran Kabid Perizinan untuk Petugas Back Office diajukan" in page
    assert "Menunggu konfirmasi" in page
    assert held() == {BACK_OFFICE}
    assert kantor[BACK_OFFICE].open_page("/petugas/antrean?peran=kabid_perizinan").status_code != 200
    assert bell(OTHER) == ["Peran Kabid Perizinan menunggu konfirmasi Anda"]
    assert bell(HOLDER) == []
    assert answer(other) == 303
    assert held() == {BACK_OFFICE, KABID_PERIZINAN}
    assert kantor[BACK_OFFICE].open_page("/petugas/antrean?peran=kabid_perizinan").status_code == 200
    assert bell(HOLDER) == bell(ASKER) == ["Peran Kabid Perizinan untuk Petugas Back Office dikonfirmasi"]
    assert acts(HOLDER) == ["peran_diajukan", "peran_dikonfirmasi"]
    assert verify_all()[1] == []
    page = other.open_page(f"{LIST}/{account_id_of(HOLDER)}").text
    assert "Peran Kabid Perizinan dikonfirmasi; berlaku mulai 25 November 2026" in page
    assert "Menunggu konfirmasi" not in page


@pytest.mark.attack("F08")
def test_it_stands_where_it_is_answered_and_offers_each_only_what_they_may(
    kantor: Kantor, admin: Browser, other: Browser
) -> None:
    give(admin)
    for page in (LIST, f"{LIST}/{account_id_of(HOLDER)}", f"/akun/peran/{latest()}"):
        mine, theirs = (browser.open_page(page).text for browser in (admin, other))
        assert ("/konfirmasi" in mine, "/tolak" in mine, "Batalkan ajuan" in mine) == (False, True, True), page
        assert ("/konfirmasi" in theirs, "/tolak" in theirs, "Batalkan ajuan" in theirs) == (True, True, False), page
        assert "Yang dapat mengonfirmasi: Admin Kedua, Petugas Kepala Dinas, Petugas Sekretaris." in theirs
    page = kantor[BACK_OFFICE].open_page(f"/akun/peran/{latest()}").text
    assert "menunggu konfirmasi" in page
    assert "/konfirmasi" not in page
    assert "/tolak" not in page


@pytest.mark.attack("F08")
def test_neither_who_asked_nor_who_is_to_hold_it_nor_a_stranger_confirms_it(
    db: Engine, kantor: Kantor, admin: Browser
) -> None:
    give(admin)
    for browser, status in ((admin, 403), (kantor[BACK_OFFICE], 403), (kantor[DINAS_TEKNIS], 404)):
        browser.open_page("/akun/sandi")
        before = fingerprint(db)
        assert answer(browser) == status
        assert fingerprint(db) == before
    assert answer(kantor[BACK_OFFICE], "tolak") == 403
    assert answer(kantor[DINAS_TEKNIS], "tolak") == 404
    assert kantor[FRONT_OFFICE].open_page(f"/akun/peran/{latest()}").status_code == 404
    assert held() == {BACK_OFFICE}


@pytest.mark.parametrize("peran", [SEKRETARIS, KEPALA_DINAS])
def test_who_holds_a_post_above_it_confirms_it(kantor: Kantor, admin: Browser, peran: Peran) -> None:
    give(admin)
    superior = kantor[peran]
    assert "Peran Kabid Perizinan menunggu konfirmasi Anda" in superior.open_page("/pemberitahuan").text
    assert "Tetapkan Petugas Back Office sebagai Kepala Bidang?" in superior.open_page(f"/akun/peran/{latest()}").text
    superior.send(f"/akun/peran/{latest()}/konfirmasi")
    page = superior.open_page(f"/akun/peran/{latest()}").text
    assert f"Dikonfirmasi Petugas {peran.name}" in page
    assert KABID_PERIZINAN in held()


def test_who_stands_in_for_a_superior_confirms_nothing(kantor: Kantor, admin: Browser) -> None:
    """An administrator alone names a substitute: that one is no second person."""
    admin.open_page("/admin/delegasi/baru")
    content = {
        "menggantikan": f"sekretaris:{kantor.person[SEKRETARIS].person_id}",
        "kepada": str(kantor.person[FRONT_OFFICE].person_id),
        "dasar": "plh",
        "assignment_letter": "800/1/SP/2026",
        "start_date": "2026-11-25",
        "end_date": "2026-11-30",
    }
    assert admin.send("/admin/delegasi/baru", content).status_code == 303
    give(admin)
    assert SEKRETARIS in held("front_office@uji.test")
    assert answer(kantor[FRONT_OFFICE]) == 404


@pytest.mark.parametrize(
    ("who", "kind", "told"),
    [(OTHER, "peran_ditolak", {HOLDER, ASKER}), (ASKER, "peran_ditarik", {HOLDER})],
    ids=["refused", "taken back"],
)
def test_a_role_that_is_refused_or_taken_back_never_begins(
    app: Flask, kantor: Kantor, admin: Browser, other: Browser, who: str, kind: str, told: set[str]
) -> None:
    give(admin)
    role_id = latest()
    assert answer(login(app, who), "tolak") == 303
    assert acts(HOLDER) == ["peran_diajukan", kind]
    assert {name for name in (HOLDER, ASKER) if any(kind[6:] in title for title in bell(name))} == told
    assert answer(other, role_id=role_id) == 409
    assert kind[6:] in other.open_page(f"/akun/peran/{role_id}").text
    assert held() == {BACK_OFFICE}
    assert verify_all()[1] == []
    assert give(admin) == 303, "it can be asked for again"


def test_it_is_asked_for_once_at_a_time(kantor: Kantor, admin: Browser, other: Browser) -> None:
    assert give(admin) == 303
    assert give(other) == 422
    assert "sudah diajukan untuk orang ini" in other.send(f"{LIST}/{account_id_of(HOLDER)}/peran", ROLE).text


def test_after_seven_days_it_is_asked_for_anew(kantor: Kantor, admin: Browser, other: Browser) -> None:
    give(admin)
    role_id = latest()
    days_later(7)
    assert answer(other) == 409
    assert "gugur" in other.open_page(f"/akun/peran/{role_id}").text
    assert "Menunggu konfirmasi" not in other.open_page(LIST).text
    later = WEDNESDAY + timedelta(days=7, hours=1)
    assert sweep_requests(now=later) == 1
    assert sweep_requests(now=later) == 0
    assert acts(HOLDER) == ["peran_diajukan", "peran_gugur"]
    assert bell(HOLDER) == bell(ASKER) == ["Ajuan peran Kabid Perizinan untuk Petugas Back Office gugur"]
    assert "Aplikasi, karena waktunya lewat" in other.open_page(f"{LIST}/{account_id_of(HOLDER)}").text
    assert give(admin, start_date=f"{date_at(later)}") == 303


def test_one_that_has_lapsed_and_is_not_swept_yet_does_not_stand_in_the_way(
    kantor: Kantor, admin: Browser, other: Browser
) -> None:
    give(admin)
    days_later(8)
    assert give(admin, start_date=f"{date_at(WEDNESDAY) + timedelta(days=8)}") == 303
    assert acts(HOLDER) == ["peran_diajukan", "peran_gugur", "peran_diajukan"]
    assert answer(other) == 303


def test_a_role_confirmed_later_begins_that_day_and_not_before(kantor: Kantor, admin: Browser, other: Browser) -> None:
    give(admin)
    days_later(2)
    assert answer(other) == 303
    assert "berlaku mulai 27 November 2026" in other.open_page(f"/akun/peran/{latest()}").text
    assert "27 November 2026 dan seterusnya" in " ".join(
        other.open_page(f"{LIST}/{account_id_of(HOLDER)}").text.split()
    )


def test_what_the_office_has_become_meanwhile_counts_at_the_confirmation(
    kantor: Kantor, admin: Browser, other: Browser
) -> None:
    """Two are asked for the one post that signs: the second is told that it is taken."""
    finish = f"/admin/penugasan/{penugasan_of('kepala_dinas@uji.test')}/akhiri"
    admin.open_page(finish)
    assert admin.send(finish, {"end_date": "2026-11-24"}).status_code == 303
    roles = []
    for email in (HOLDER, "front_office@uji.test"):
        assert give(admin, email, peran="kepala_dinas", jabatan="Kepala Dinas") == 303
        roles.append(latest())
    assert answer(other, role_id=roles[0]) == 303
    assert answer(other, role_id=roles[1]) == 409
    assert "masih terisi" in other.send(f"/akun/peran/{roles[1]}/konfirmasi").text
    assert held("front_office@uji.test") == {FRONT_OFFICE}


@pytest.mark.attack("F08")
def test_the_first_holder_of_a_post_is_given_alone_on_record_and_the_next_is_not(admin: Browser) -> None:
    assert "menunggu konfirmasi" not in open_account(admin)
    page = admin.open_page(f"{LIST}/{account_id_of('sugianoor@uji.test')}").text
    assert "Akun dibuat dengan peran Sekretaris, oleh satu orang: pemegang pertama, belum ada orang kedua" in page
    assert held("sugianoor@uji.test") == {SEKRETARIS}
    told = open_account(admin, nama="Rusmini Hayati", nip="", surel="rusmini@uji.test")
    assert "Perannya belum berlaku" in told
    assert held("rusmini@uji.test") == set()
    page = admin.open_page(f"{LIST}/{account_id_of('rusmini@uji.test')}").text
    assert "Akun dibuat<br>" in page
    assert "Peran Sekretaris mulai 25 November 2026 diajukan; menunggu orang kedua" in page
    assert "alurizin konfirmasi-peran rusmini@uji.test sekretaris" in page
    assert verify_all()[1] == []


def test_a_post_that_somebody_left_is_vacant_until_the_next_one_is_confirmed(kantor: Kantor, admin: Browser) -> None:
    end = f"/admin/penugasan/{penugasan_of('kabid_perizinan@uji.test')}/akhiri"
    admin.open_page(end)
    admin.send(end, {"end_date": "2026-11-24"})
    assert give(admin) == 303
    assert held() == {BACK_OFFICE}
    assert any(v.peran == KABID_PERIZINAN for v in read_vacancies(WEDNESDAY.date())), "nobody sits there yet"


@pytest.mark.attack("F08")
def test_an_administrator_makes_a_second_one_alone_and_the_third_only_with_that_one(app: Flask, admin: Browser) -> None:
    content = {"peran": "admin", "jabatan": "Administrator", "nip": ""}
    assert "belum berlaku" not in open_account(admin, **content, nama="Dua", surel="dua@uji.test")
    assert held("dua@uji.test") == {Peran.ADMIN}
    assert "belum berlaku" in open_account(admin, **content, nama="Tiga", surel="tiga@uji.test")
    end = f"/admin/penugasan/{penugasan_of('dua@uji.test')}/akhiri"
    admin.open_page(end)
    assert admin.send(end, {"end_date": "2026-11-24"}).status_code in {303, 422}
    assert "belum berlaku" in open_account(admin, **content, nama="Empat", surel="empat@uji.test")
    assert held("tiga@uji.test") == held("empat@uji.test") == set()


def test_a_role_that_decides_nothing_is_given_at_once(kantor: Kantor, admin: Browser, other: Browser) -> None:
    for peran, jabatan in (("front_office", "Loket"), ("arsip", "Arsiparis"), ("pdp", "PDP"), ("operator", "Operator")):
        assert give(admin, peran=peran, jabatan=jabatan) == 303
    assert held() == {BACK_OFFICE, FRONT_OFFICE, Peran.ARSIP, Peran.PDP, Peran.OPERATOR}


def test_the_console_is_the_second_person_only_where_the_office_has_none(app: Flask, admin: Browser) -> None:
    open_account(admin)
    open_account(admin, nama="Rusmini Hayati", nip="", surel="rusmini@uji.test")
    command = ["konfirmasi-peran", "rusmini@uji.test", "sekretaris"]
    make_officer(OTHER, Peran.ADMIN, name="Admin Kedua")
    refused = CliRunner().invoke(main, command)
    assert refused.exit_code == 1
    assert "Masih ada yang dapat mengonfirmasinya di aplikasi: Admin Kedua" in refused.output
    with unit_of_work() as s:
        s.execute(update(Account).where(Account.email == OTHER).values(active=False))
    done = CliRunner().invoke(main, command)
    assert (done.exit_code, done.output) == (
        0, "Peran Sekretaris untuk Rusmini Hayati dikonfirmasi, dan tercatat pada akunnya.\n"
    )  # fmt: skip
    assert held("rusmini@uji.test") == {SEKRETARIS}
    assert "Operator, lewat perintah di server" in admin.open_page(f"{LIST}/{account_id_of('rusmini@uji.test')}").text
    again = CliRunner().invoke(main, command)
    assert (again.exit_code, "Tidak ada peran itu yang menunggu" in again.output) == (1, True)
