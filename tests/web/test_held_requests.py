"""A request whose body is still on its way when the right to act ends: nothing of it is done, no word of it is lost.

The body ends the right itself when it is first read: after the request was let in, before its act begins.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from io import BytesIO
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import Engine, func, select, update
from werkzeug.test import EnvironBuilder, TestResponse

from pipeline.clock import real_now
from pipeline.db import engine, unit_of_work
from pipeline.models import Account, Berkas, CorrectionRequest, Outbox, Sk, Tugas, WaitingRole, WebSession
from pipeline.roles import Peran
from pipeline.rules.transitions import Keputusan, Request
from pipeline.services.deadlines.calendar import seed_calendar
from pipeline.services.desk.claim import claim
from pipeline.services.desk.decide import decide
from pipeline.services.people.actor import Petugas
from pipeline.services.people.delegasi import deactivate, end_assignment
from pipeline.services.people.passwords import change_password
from pipeline.services.people.sessions import end_all_sessions, load_session
from pipeline.services.records.paper.register import look_at_register
from pipeline.settings import settings
from pipeline.sop.words import KeputusanKind
from tests.desks import BACK_OFFICE, DINAS_TEKNIS, FRONT_OFFICE, KABID_PERIZINAN, KEPALA_DINAS, SEKRETARIS
from tests.factories import WEDNESDAY, at_desk, bring_to, filled_in, person, submitted
from tests.new_office import SMTP, NewOffice
from tests.papers_before import number, register_file
from tests.shapes import install, shape
from tests.web.codes import give_code, shown
from tests.web.conftest import PASSWORD, Browser, SamplePerson
from tests.web.desk import PASSPHRASE, Kantor, give_certificate, login, make_kantor, make_officer  # noqa: F401 - the fixture kantor
from tests.web.test_calendar import FLOOD
from tests.web.test_delegasi import content as delegasi
from tests.web.test_desk_form import form as typed_form
from tests.web.test_desk_form import photo
from tests.web.test_draft import sent_back
from tests.web.test_notices import failed, put
from tests.web.test_own_code import secret_on
from tests.web.test_user import NEW, account_id_of, penugasan_of
from tests.web.url_map import fingerprint

KABID, KADIS, TECHNICAL = KABID_PERIZINAN, KEPALA_DINAS, DINAS_TEKNIS
REASON = "Dua petugas sedang bertugas di luar kota."


class HeldBody(BytesIO):
    """A body that does something when it is first read."""

    def __init__(self, content: bytes, meanwhile: Callable[[], object]) -> None:
        super().__init__(content)
        self.meanwhile: Callable[[], object] | None = meanwhile

    def _first(self) -> None:
        if meanwhile := self.meanwhile:
            self.meanwhile = None
            meanwhile()

    def read(self, *a: int | None) -> bytes:
        self._first()
        return super().read(*a)

    def readinto(self, b: bytearray) -> int:  # type: ignore[override]  # whatever buffer
        self._first()
        return super().readinto(b)


@dataclass
class Act:
    """One thing a person does through the web."""

    who: Browser
    path: str
    form: dict[str, object] = field(default_factory=dict)
    method: str = "POST"
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes | None = None

    def send(self, meanwhile: Callable[[], object] = lambda: None) -> TestResponse:
        made = EnvironBuilder(method="POST", data=self._fields()).get_environ()
        content, kind = made["wsgi.input"].read(), made["CONTENT_TYPE"]
        if self.raw is not None:
            content, kind = self.raw, "application/offset+octet-stream"
        return self.who.web_client.open(
            self.path,
            method=self.method,
            input_stream=HeldBody(content, meanwhile),
            content_type=kind,
            content_length=len(content),
            headers={"X-CSRFToken": self.who.token, **self.headers},
        )

    def _fields(self) -> dict[str, object]:
        """The form as a browser sends it; a file is (content, name), so that it can be sent twice."""
        files = {k: (BytesIO(v[0]), v[1]) for k, v in self.form.items() if isinstance(v, tuple)}
        return {"csrf_token": self.who.token, **self.form, **files}


@dataclass
class World:
    """An office, an applicant, and what the acts of a test need before them."""

    kantor: Kantor
    pemohon: SamplePerson
    app: Flask
    patch: pytest.MonkeyPatch

    def at(self, langkah: str, peran: Peran, action: str, **form: object) -> Act:
        file = self.kantor.carry(langkah)
        self.kantor[peran].open_page(file.address)
        return Act(self.kantor[peran], f"{file.address}/{action}", {**file.shown(), **form})

    def officer(self, peran: Peran) -> Browser:
        make_officer(f"{peran}@uji.test", peran)
        browser = login(self.app, f"{peran}@uji.test")
        browser.open_page("/akun/sandi")
        return browser

    def mine(self, permohonan_id: UUID, action: str, **form: object) -> Act:
        self.pemohon.browser.open_page("/akun/sandi")
        return Act(self.pemohon.browser, f"/permohonan/{permohonan_id}/{action}", form)


def take(d: World) -> Act:
    return d.at("rekomendasi", TECHNICAL, "ambil")


def release(d: World) -> Act:
    act = d.at("rekomendasi", TECHNICAL, "lepas")
    claim(UUID(act.path.split("/")[3]), actor=d.kantor.person[TECHNICAL], now=WEDNESDAY)
    return act


def keputusan(d: World) -> Act:
    return d.at("paraf_kabid", KABID, "keputusan", keputusan="setujui")


def save_desk_form(d: World) -> Act:
    file = d.kantor.carry("rekomendasi")
    d.kantor[TECHNICAL].open_page(file.address)
    field: dict[str, object] = {
        **typed_form(file),
        "foto-tambah": "1",
        "foto-label": "depan",
        "foto-berkas": (photo().read(), "f.jpg"),
    }
    return Act(d.kantor[TECHNICAL], f"{file.address}/formulir", field)


def redraft(d: World) -> Act:
    file = sent_back(d.kantor)
    browser = d.kantor[BACK_OFFICE]
    browser.open_page(f"{file.address}/draf")
    return Act(browser, f"{file.address}/draf", {"pertimbangan": "bahwa telah ditinjau;", "tembusan": "Arsip"})


def sign_naskah(d: World) -> Act:
    give_certificate(d.kantor)
    return d.at("tanda_tangan", KADIS, "tanda-tangan", passphrase=PASSPHRASE)


def unsigned(d: World) -> Act:
    give_certificate(d.kantor)
    act = d.at("tanda_tangan", KADIS, "tanda-tangan", passphrase="frasa yang keliru")
    assert act.send().status_code == 422  # a number is drawn
    with unit_of_work() as s:
        s.execute(update(Sk).values(status="perlu_dicek"))
    return Act(act.who, f"{act.path}/belum")


def reassign_tugas(d: World) -> Act:
    make_officer("rusmini@uji.test", TECHNICAL, name="Rusmini Hayati")
    file = d.kantor.carry("rekomendasi")
    text = d.kantor[KABID].open_page(f"/petugas/permohonan/{file.permohonan_id}").text
    recipient = text.split('">Rusmini Hayati</option>')[0].rsplit('value="', 1)[1]
    return Act(d.kantor[KABID], f"{file.address}/alihkan", {"kepada": recipient, "alasan": REASON})


def extend_tenggat(d: World) -> Act:
    file = d.kantor.carry("rekomendasi")
    d.kantor[KABID].open_page(f"/petugas/permohonan/{file.permohonan_id}")
    return Act(d.kantor[KABID], f"{file.address}/perpanjang", {"hari": "2", "alasan-perpanjang": REASON})


def create_certificate(d: World) -> Act:
    d.kantor[KADIS].open_page("/petugas/sertifikat")
    phrase = {"sandi": PASSWORD, "passphrase": "frasa baru saya", "ulangi": "frasa baru saya"}
    return Act(d.kantor[KADIS], "/petugas/sertifikat", dict(phrase))


def create_user(d: World) -> Act:
    return Act(d.officer(Peran.ADMIN), "/admin/pengguna/baru", dict(NEW))


def grant_peran(d: World) -> Act:
    content = {"peran": "back_office", "jabatan": "Pengolah Data", "start_date": "2026-11-25"}
    return Act(d.officer(Peran.ADMIN), f"/admin/pengguna/{account_id_of('front_office@uji.test')}/peran", dict(content))


def close_user(d: World) -> Act:
    return Act(d.officer(Peran.ADMIN), f"/admin/pengguna/{account_id_of('front_office@uji.test')}/tutup")


def reopen_user(d: World) -> Act:
    account = account_id_of("front_office@uji.test")
    with unit_of_work() as s:
        s.execute(update(Account).where(Account.id == account).values(active=False))
    return Act(d.officer(Peran.ADMIN), f"/admin/pengguna/{account}/buka")


def end_peran(d: World) -> Act:
    address = f"/admin/penugasan/{penugasan_of('front_office@uji.test')}/akhiri"
    return Act(d.officer(Peran.ADMIN), address, {"end_date": "2026-11-26"})


def create_delegasi(d: World) -> Act:
    content = delegasi(d.kantor, d.kantor.person[SEKRETARIS].person_id)
    return Act(d.officer(Peran.ADMIN), "/admin/delegasi/baru", content)


def calendar_save(d: World) -> Act:
    seed_calendar(WEDNESDAY)
    admin = d.officer(Peran.ADMIN)
    page = admin.open_page("/admin/kalender/dampak", query_string=FLOOD).text
    return Act(
        admin,
        "/admin/kalender/simpan",
        dict(re.findall(r'type="hidden" name="(?!csrf)([\w-]+)" value="([^"]*)"', page)),
    )


def try_again(d: World) -> Act:
    submitted(person())
    with unit_of_work() as s:
        s.execute(update(Outbox).values(stuck_at=WEDNESDAY, attempts=5, error="OSError"))
        nomor = s.scalar(select(func.min(Outbox.id)))
    return Act(d.officer(Peran.OPERATOR), f"/operator/pesan/{nomor}/coba-lagi")


def send_one_again(d: World) -> Act:
    return Act(d.officer(Peran.OPERATOR), f"/operator/pemberitahuan/{failed(d.pemohon.person_id)}/kirim-ulang")


def resend_all(d: World) -> Act:
    failed(d.pemohon.person_id)
    return Act(d.officer(Peran.OPERATOR), "/operator/pemberitahuan/kirim-ulang")


def visit_notice(d: World) -> Act:
    one = put(d.pemohon.person_id)
    d.pemohon.browser.open_page("/pemberitahuan")
    return Act(d.pemohon.browser, f"/pemberitahuan/{one}/buka")


def read(d: World) -> Act:
    put(d.pemohon.person_id)
    d.pemohon.browser.open_page("/pemberitahuan")
    return Act(d.pemohon.browser, "/pemberitahuan/dibaca", {"sampai": WEDNESDAY.isoformat()})


def save_password(d: World) -> Act:
    d.pemohon.browser.open_page("/akun/sandi")
    return Act(d.pemohon.browser, "/akun/sandi", {"sandi_lama": PASSWORD, "sandi": "kuda laut biru tua"})


def change_address(d: World) -> Act:
    d.pemohon.browser.open_page("/akun/alamat")
    return Act(d.pemohon.browser, "/akun/alamat", {"sandi": PASSWORD, "surel": "baru@uji.test"})


def save_setup(d: World) -> Act:
    """The first code of an app, by an officer's own will."""
    officer = d.officer(Peran.OPERATOR)
    phone, kept = secret_on(officer.open_page("/petugas/kode-masuk/pasang"))
    form: dict[str, object] = {"kode_baru": shown(phone), "rahasia": kept, "sandi": PASSWORD}
    return Act(officer, "/petugas/kode-masuk/pasang", form)


def ask_code_reset(d: World) -> Act:
    give_code("front_office@uji.test")
    return Act(d.officer(Peran.ADMIN), f"/admin/pengguna/{account_id_of('front_office@uji.test')}/lepas-kode")


def agree(d: World) -> Act:
    act = ask_code_reset(d)
    assert act.send().status_code == 303
    d.kantor[KABID].open_page("/akun/sandi")
    return Act(d.kantor[KABID], f"/petugas/kode-masuk/lepas/{account_id_of('front_office@uji.test')}")


def ask_role(d: World) -> UUID:
    content: dict[str, object] = {"peran": "kabid_perizinan", "jabatan": "Kabid", "start_date": "2026-11-25"}
    account_id = account_id_of("front_office@uji.test")
    assert Act(d.officer(Peran.ADMIN), f"/admin/pengguna/{account_id}/peran", content).send().status_code == 303
    with unit_of_work() as s:
        return s.scalars(select(WaitingRole.id)).one()


def confirm(d: World) -> Act:
    d.kantor[SEKRETARIS].open_page("/akun/sandi")
    return Act(d.kantor[SEKRETARIS], f"/akun/peran/{ask_role(d)}/konfirmasi")


def refuse(d: World) -> Act:
    d.kantor[SEKRETARIS].open_page("/akun/sandi")
    return Act(d.kantor[SEKRETARIS], f"/akun/peran/{ask_role(d)}/tolak")


def mail_link(d: World) -> Act:
    return Act(d.officer(Peran.ADMIN), f"/admin/pengguna/{account_id_of('front_office@uji.test')}/tautan-sandi")


def note_identity(d: World) -> Act:
    content: dict[str, object] = {"nip": "", "nik": "6372014505800001"}
    return Act(d.officer(Peran.ADMIN), f"/admin/pengguna/{account_id_of('front_office@uji.test')}/identitas", content)


def paper_look(d: World) -> Act:
    content: dict[str, object] = {"berkas": (register_file((number(7), "Yayasan Kasih Bunda")), "register.csv")}
    return Act(d.officer(Peran.ADMIN), "/admin/register/lihat", content)


def paper_take(d: World) -> Act:
    file = register_file((number(7), "Yayasan Kasih Bunda"))
    looked = look_at_register(file, "register.csv", actor=None, now=WEDNESDAY)
    return Act(d.officer(Peran.ADMIN), "/admin/register/ambil", {"sha256": looked.sha256, "dilihat": looked.seen})


def paper_start(d: World) -> Act:
    return Act(d.officer(Peran.ADMIN), "/admin/register/nomor", {"seri": "td_lks.sk", "last": "40"})


def begin_trial(d: World) -> Act:
    NewOffice(d.patch, settings().data)
    return Act(d.officer(Peran.ADMIN), "/admin/mulai/uji-coba", {"setuju": "ya"})


def finish_trial(d: World) -> Act:
    act = begin_trial(d)
    assert act.send().status_code == 303
    return Act(act.who, "/admin/mulai/uji-coba/akhiri")


def send_test(d: World) -> Act:
    NewOffice(d.patch, settings().data).change(smtp=SMTP)
    return Act(d.officer(Peran.ADMIN), "/admin/mulai/pesan-uji", {"saluran": "surel"})


def create(d: World) -> Act:
    d.pemohon.browser.open_page("/permohonan/baru")
    return Act(d.pemohon.browser, "/permohonan/baru", {"sop": "td_lks"})


def open_file(d: World) -> Act:
    """Of a permit that begins at a desk."""
    sop = install(d.patch, shape("surat_masuk"))
    d.patch.setattr("web.petugas.antrean.SOPS", {sop.code: sop})
    d.kantor[FRONT_OFFICE].open_page("/petugas/antrean")
    return Act(d.kantor[FRONT_OFFICE], "/petugas/berkas-baru", {"sop": sop.code, "id": str(uuid4())})


def seek_applicant(d: World) -> Act:
    d.kantor[FRONT_OFFICE].open_page("/petugas/loket")
    return Act(d.kantor[FRONT_OFFICE], "/petugas/loket/cari", {"pengenal": d.pemohon.email})


def make_slip(d: World) -> Act:
    d.kantor[FRONT_OFFICE].open_page("/petugas/loket")
    shown: dict[str, object] = {"dokumen": "ktp", "akhir": "0001", "alasan": "lupa"}
    return Act(d.kantor[FRONT_OFFICE], "/petugas/loket/kode", {"akun": str(account_id_of(d.pemohon.email)), **shown})


def save_page(d: World) -> Act:
    return d.mine(filled_in(d.pemohon.person_id), "isian/lembaga", nama_lembaga="Yayasan Nama Lain")


def upload_berkas(d: World) -> Act:
    permohonan_id = filled_in(d.pemohon.person_id)
    delete_one(permohonan_id, "AKTA")
    return d.mine(permohonan_id, "dokumen/AKTA", berkas=(photo().read(), "akta.jpg"))


def delete_berkas(d: World) -> Act:
    permohonan_id = filled_in(d.pemohon.person_id)
    with unit_of_work() as s:
        berkas = s.scalars(select(Berkas.id).where(Berkas.permohonan_id == permohonan_id)).first()
    return d.mine(permohonan_id, f"berkas/{berkas}/hapus")


def begin_upload(d: World) -> Act:
    act = d.mine(filled_in(d.pemohon.person_id), "unggah/AKTA")
    act.headers = {"Upload-Length": "5"}
    return act


def delete_upload(d: World) -> Act:
    permohonan_id = filled_in(d.pemohon.person_id)
    delete_one(permohonan_id, "AKTA")
    begin = d.mine(permohonan_id, "unggah/AKTA")
    begin.headers = {"Upload-Length": "5"}
    upload_id = begin.send().location.rpartition("/")[2]
    return d.mine(permohonan_id, f"unggah/{upload_id}/hapus")


def resume_upload(d: World) -> Act:
    permohonan_id, content = filled_in(d.pemohon.person_id), photo().read()
    delete_one(permohonan_id, "AKTA")
    start = d.mine(permohonan_id, "unggah/AKTA")
    start.headers = {"Upload-Length": str(len(content)), "Upload-Metadata": "filename YWt0YS5qcGc="}
    address = start.send().location
    return Act(start.who, address, method="PATCH", raw=content, headers={"Upload-Offset": "0"})


def send(d: World) -> Act:
    return d.mine(filled_in(d.pemohon.person_id), "kirim", benar="ya", privasi="2026-11")


def cancel(d: World) -> Act:
    return d.mine(submitted(d.pemohon.person_id), "batalkan", alasan="Berkas kami belum lengkap.")


def reply(d: World) -> Act:
    permohonan_id = submitted(d.pemohon.person_id)
    bring_to(permohonan_id, "rekomendasi", d.kantor.person)
    ask = (Request("syarat", "AKTA", "Halaman 2 terpotong."),)
    desk = at_desk(permohonan_id)
    back = Keputusan(kind=KeputusanKind.KEMBALIKAN, target="ajukan", reason="Akta belum lengkap.", requests=ask)
    decide(desk.tugas_id, back, actor=d.kantor.person[TECHNICAL], seen=desk.seen, now=WEDNESDAY)
    with unit_of_work() as s:
        requests = s.scalars(select(CorrectionRequest.id)).one()
    return d.mine(permohonan_id, f"jawab/{requests}", jawaban="Aktanya memang satu halaman.")


def receive_sk(d: World) -> Act:
    give_certificate(d.kantor)
    permohonan_id = submitted(d.pemohon.person_id)
    bring_to(permohonan_id, "tanda_tangan", d.kantor.person)
    d.kantor[KADIS].open_page("/petugas/antrean")
    desk = at_desk(permohonan_id)
    content = {"versi": str(desk.seen.version), "naskah_hash": desk.seen.naskah_hash or "", "passphrase": PASSPHRASE}
    assert d.kantor[KADIS].send(f"/petugas/tugas/{desk.tugas_id}/tanda-tangan", dict(content)).status_code == 303
    return d.mine(permohonan_id, "sk/terima")


ACTS: dict[str, Callable[[World], Act]] = {
    **{f"petugas.{f.__name__}": f for f in (take, release, keputusan, save_desk_form, redraft, sign_naskah)},
    **{f"petugas.{f.__name__}": f for f in (unsigned, reassign_tugas, extend_tenggat, create_certificate)},
    **{f"petugas.{f.__name__}": f for f in (seek_applicant, make_slip)},
    **{f"admin.{f.__name__}": f for f in (create_user, grant_peran, close_user, reopen_user, end_peran)},
    **{f"admin.{f.__name__}": f for f in (create_delegasi, calendar_save, mail_link, note_identity, ask_code_reset)},
    **{f"admin.{f.__name__}": f for f in (paper_look, paper_take, paper_start, begin_trial, finish_trial, send_test)},
    "operator.try_again": try_again,
    **{f"notices.{f.__name__}": f for f in (send_one_again, resend_all, visit_notice, read)},
    **{f"account.{f.__name__}": f for f in (save_password, change_address, save_setup, agree, confirm, refuse)},
    **{f"pemohon.{f.__name__}": f for f in (create, save_page, upload_berkas, delete_berkas)},
    **{f"pemohon.{f.__name__}": f for f in (begin_upload, resume_upload, send, cancel, reply, receive_sk)},
    "petugas.open_file": open_file,
    "pemohon.delete_upload": delete_upload,
}
#: It only looks: a long list of holidays travels as a POST.
LOOKS = {"admin.calendar_impact"}
#: It needs a provider that has signed: tests/integration/test_accept_signed.py. Those of an account end sessions, or
#: use up a code in one: tests/web/test_own_sessions.py, test_own_code.py, test_second_step.py.
ELSEWHERE = {
    "petugas.already_signed",
    *(f"account.{act}" for act in ("end_sessions", "save_recovery", "save_switch_off")),
    *(f"account.{act}" for act in ("take_second_step", "take_first_setup")),
}


def delete_one(permohonan_id: UUID, syarat: str) -> None:
    with unit_of_work() as s:
        mine = (Berkas.permohonan_id == permohonan_id, Berkas.syarat == syarat)
        s.execute(update(Berkas).where(*mine).values(replaced_at=WEDNESDAY))


@pytest.fixture(name="d")
def make_world(app: Flask, kantor: Kantor, pemohon: SamplePerson, monkeypatch: pytest.MonkeyPatch) -> World:
    return World(kantor, pemohon, app, monkeypatch)


def account_of(browser: Browser) -> UUID:
    """Whose session this browser's last page was shown in."""
    active = load_session(browser.web_client.get_cookie("sesi").value, hari=WEDNESDAY.date(), now=real_now())
    return active.user.account_id


def close(account_id: UUID) -> None:
    with unit_of_work() as s:
        s.execute(update(Account).where(Account.id == account_id).values(active=False))
        end_all_sessions(s.connection(), account_id)


def reopen(account_id: UUID, browser: Browser) -> None:
    """Open the account again, and log in with the same browser."""
    with unit_of_work() as s:
        s.execute(update(Account).where(Account.id == account_id).values(active=True))
        account = s.get_one(Account, account_id)
    assert browser.login(account.email, petugas=account.petugas).status_code == 303
    browser.open_page("/akun/sandi")


@pytest.mark.parametrize("endpoint", ACTS)
def test_a_closed_account_finishes_nothing_it_began(db: Engine, d: World, endpoint: str) -> None:
    act = ACTS[endpoint](d)
    account_id, before = account_of(act.who), {}

    def meanwhile() -> None:
        close(account_id)
        before.update(fingerprint(db))

    answer = act.send(meanwhile)
    assert answer.status_code == 401, answer.text
    assert "Sesi Anda berakhir sebelum kiriman ini selesai diterima" in answer.text
    assert fingerprint(db) == before
    reopen(account_id, act.who)
    again = act.send()
    assert again.status_code < 400, again.text  # so it was the session and nothing else that refused it
    assert fingerprint(db) != before


def test_every_act_of_the_web_is_tried(app: Flask) -> None:
    acts = {
        r.endpoint
        for r in app.url_map.iter_rules()
        if (r.methods or set()) - {"GET", "HEAD", "OPTIONS"}
        and app.view_functions[r.endpoint].__dict__["policy"].name != "publik"
    }
    assert acts - LOOKS - ELSEWHERE == set(ACTS)


def change_it(account_id: UUID) -> None:
    change_password(account_id, PASSWORD, "kuda laut biru tua", now=real_now())


def leave_everywhere(account_id: UUID) -> None:
    with engine().begin() as conn:
        end_all_sessions(conn, account_id)


def grow_old(account_id: UUID) -> None:
    with unit_of_work() as s:
        mine = update(WebSession).where(WebSession.account_id == account_id)
        s.execute(mine.values(last_at=real_now() - timedelta(minutes=31)))


def admin_closes(account_id: UUID) -> None:
    deactivate(account_id, actor=Petugas(person(Peran.ADMIN), Peran.ADMIN), now=WEDNESDAY)


@pytest.mark.parametrize("end", [admin_closes, change_it, leave_everywhere, grow_old], ids=lambda f: f.__name__)
def test_whatever_ends_the_session_ends_what_was_on_its_way(db: Engine, d: World, end: Callable[[UUID], None]) -> None:
    act = keputusan(d)
    account_id = account_of(act.who)
    answer = act.send(lambda: end(account_id))
    assert answer.status_code == 401
    assert at_desk(UUID(hex=permohonan_of(act))).langkah == "paraf_kabid"


def permohonan_of(act: Act) -> str:
    with unit_of_work() as s:
        return s.get_one(Tugas, UUID(act.path.split("/")[3])).permohonan_id.hex


def test_a_role_that_ends_meanwhile_decides_nothing_and_the_page_says_who_to_ask(d: World) -> None:
    """A08. No new login is needed for it: the person is still there, for the roles they keep."""
    act = keputusan(d)
    admin = Petugas(person(Peran.ADMIN), Peran.ADMIN)
    peran = penugasan_of("kabid_perizinan@uji.test")
    answer = act.send(lambda: end_assignment(peran, end_date=date(2026, 11, 24), actor=admin, now=WEDNESDAY))
    assert answer.status_code == 403
    assert "Anda tidak memegang peran meja ini hari ini. Hubungi administrator" in answer.text
    assert at_desk(UUID(hex=permohonan_of(act))).langkah == "paraf_kabid"


def test_the_words_of_a_refused_decision_stand_on_the_page_to_be_copied_and_the_login_leads_back(d: World) -> None:
    file = d.kantor.carry("paraf_kabid")
    d.kantor[KABID].open_page(file.address)
    reason = "Nama lembaga pada akta <b>berbeda</b> dari permohonan."
    content = {**file.shown(), "keputusan": "kembalikan", "ke": "susun_sk", "alasan": reason}
    act = Act(
        d.kantor[KABID], f"{file.address}/keputusan", content, headers={"Referer": f"http://localhost{file.address}"}
    )
    answer = act.send(lambda: close(account_of(act.who)))
    assert "Nama lembaga pada akta &lt;b&gt;berbeda&lt;/b&gt; dari permohonan." in answer.text
    assert f'href="/petugas/masuk?next={file.address}"' in answer.text
    assert 'href="/petugas/masuk"' in answer.text  # the page's header knows that nobody is logged in
    assert answer.headers["Set-Cookie"].startswith("sesi=;")


@pytest.mark.parametrize("secret", ["kata sandi dengan spasi"])
def test_a_passphrase_is_never_shown_back(d: World, secret: str) -> None:
    act = sign_naskah(d)
    act.form["passphrase"] = secret
    answer = act.send(lambda: close(account_of(act.who)))
    assert answer.status_code == 401
    assert secret not in answer.text


def test_a_script_is_told_in_its_own_words(d: World) -> None:
    act = resume_upload(d)
    act.headers["Accept"] = "application/json"
    answer = act.send(lambda: close(account_of(act.who)))
    assert (answer.status_code, answer.mimetype) == (401, "application/json")
    assert "Sesi Anda berakhir" in answer.json["galat"]


def test_a_form_left_open_over_lunch_loses_no_word(d: World) -> None:
    """The session was over before the form was sent: shown to its own page's browser only, not to another site's."""
    file = d.kantor.carry("paraf_kabid")
    kabid = d.kantor[KABID]
    kabid.open_page(file.address)
    grow_old(account_of(kabid))
    content = {**file.shown(), "keputusan": "kembalikan", "ke": "susun_sk", "alasan": "Nama pada akta berbeda."}
    own = kabid.send(f"{file.address}/keputusan", dict(content), headers={"Sec-Fetch-Site": "same-origin"})
    assert own.status_code == 401
    assert "Nama pada akta berbeda." in own.text
    assert 'href="/petugas/masuk' in own.text
    assert kabid.send(f"{file.address}/keputusan", dict(content)).status_code == 302
