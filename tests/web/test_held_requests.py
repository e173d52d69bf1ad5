"""A request whose body is still on its way when the right to act ends: nothing of it is done, no word of it is lost.

The body ends the right itself when it is first read: after the request was let in, before its act begins.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from io import BytesIO
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Engine, func, select, update
from werkzeug.test import EnvironBuilder, TestResponse

from pipeline.clock import real_now
from pipeline.db import engine, unit_of_work
from pipeline.models import Account, Berkas, CorrectionRequest, Outbox, Sk, Tugas, WebSession
from pipeline.roles import Peran
from pipeline.rules.transitions import Keputusan, Request
from pipeline.services.deadlines.calendar import seed_calendar
from pipeline.services.desk.claim import claim
from pipeline.services.desk.decide import decide
from pipeline.services.people.accounts import change_password
from pipeline.services.people.actor import Petugas
from pipeline.services.people.delegasi import deactivate, end_assignment
from pipeline.services.people.sessions import end_all_sessions, load_session
from pipeline.sop.values import KeputusanKind
from tests.factories import RABU, at_desk, bring_to, filled_in, person, submitted
from tests.web.conftest import PASSWORD, Peramban, SamplePerson
from tests.web.meja import PASSPHRASE, Kantor, give_certificate, make_kantor, make_officer, masuk  # noqa: F401 - the fixture kantor
from tests.web.test_bap import form as bap_form
from tests.web.test_bap import photo
from tests.web.test_delegasi import isi as delegasi
from tests.web.test_draf import sent_back
from tests.web.test_kalender import BANJIR
from tests.web.test_pemberitahuan import gagal, put
from tests.web.test_pengguna import BARU, account_id_of, penugasan_of
from tests.web.url_map import fingerprint

KABID, KADIS, TECHNICAL = Peran.KABID_PERIZINAN, Peran.KEPALA_DINAS, Peran.DINAS_TEKNIS
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

    who: Peramban
    path: str
    form: dict[str, object] = field(default_factory=dict)
    method: str = "POST"
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes | None = None

    def send(self, meanwhile: Callable[[], object] = lambda: None) -> TestResponse:
        made = EnvironBuilder(method="POST", data=self._fields()).get_environ()
        content, jenis = made["wsgi.input"].read(), made["CONTENT_TYPE"]
        if self.raw is not None:
            content, jenis = self.raw, "application/offset+octet-stream"
        return self.who.web_client.open(
            self.path,
            method=self.method,
            input_stream=HeldBody(content, meanwhile),
            content_type=jenis,
            content_length=len(content),
            headers={"X-CSRFToken": self.who.token, **self.headers},
        )

    def _fields(self) -> dict[str, object]:
        """The form as a browser sends it; a file is (content, name), so that it can be sent twice."""
        files = {k: (BytesIO(v[0]), v[1]) for k, v in self.form.items() if isinstance(v, tuple)}
        return {"csrf_token": self.who.token, **self.form, **files}


@dataclass
class Dunia:
    """An office, an applicant, and what the acts of a test need before them."""

    kantor: Kantor
    pemohon: SamplePerson
    app: Flask

    def at(self, langkah: str, peran: Peran, aksi: str, **form: object) -> Act:
        file = self.kantor.bawa(langkah)
        self.kantor[peran].buka(file.alamat)
        return Act(self.kantor[peran], f"{file.alamat}/{aksi}", {**file.shown(), **form})

    def officer(self, peran: Peran) -> Peramban:
        make_officer(f"{peran}@uji.test", peran)
        browser = masuk(self.app, f"{peran}@uji.test")
        browser.buka("/akun/sandi")
        return browser

    def mine(self, permohonan_id: UUID, aksi: str, **form: object) -> Act:
        self.pemohon.peramban.buka("/akun/sandi")
        return Act(self.pemohon.peramban, f"/permohonan/{permohonan_id}/{aksi}", form)


def ambil(d: Dunia) -> Act:
    return d.at("rekomendasi", TECHNICAL, "ambil")


def lepas(d: Dunia) -> Act:
    act = d.at("rekomendasi", TECHNICAL, "lepas")
    claim(UUID(act.path.split("/")[3]), oleh=d.kantor.orang[TECHNICAL], now=RABU)
    return act


def keputusan(d: Dunia) -> Act:
    return d.at("paraf_kabid", KABID, "keputusan", keputusan="setujui")


def save_bap(d: Dunia) -> Act:
    file = d.kantor.bawa("rekomendasi")
    d.kantor[TECHNICAL].buka(file.alamat)
    lapangan: dict[str, object] = {**bap_form(file), "tambah": "1", "label": "depan", "foto": (photo().read(), "f.jpg")}
    return Act(d.kantor[TECHNICAL], f"{file.alamat}/bap", lapangan)


def redraft(d: Dunia) -> Act:
    file = sent_back(d.kantor)
    browser = d.kantor[Peran.BACK_OFFICE]
    browser.buka(f"{file.alamat}/draf")
    return Act(browser, f"{file.alamat}/draf", {"pertimbangan": "bahwa telah ditinjau;", "tembusan": "Arsip"})


def tanda_tangani(d: Dunia) -> Act:
    give_certificate(d.kantor)
    return d.at("tanda_tangan", KADIS, "tanda-tangan", passphrase=PASSPHRASE)


def unsigned(d: Dunia) -> Act:
    give_certificate(d.kantor)
    act = d.at("tanda_tangan", KADIS, "tanda-tangan", passphrase="frasa yang keliru")
    assert act.send().status_code == 422  # a number is drawn
    with unit_of_work() as s:
        s.execute(update(Sk).values(status="perlu_dicek"))
    return Act(act.who, f"{act.path}/belum")


def alihkan(d: Dunia) -> Act:
    make_officer("rusmini@uji.test", TECHNICAL, nama="Rusmini Hayati")
    file = d.kantor.bawa("rekomendasi")
    teks = d.kantor[KABID].buka(f"/petugas/permohonan/{file.permohonan_id}").text
    kepada = teks.split('">Rusmini Hayati</option>')[0].rsplit('value="', 1)[1]
    return Act(d.kantor[KABID], f"{file.alamat}/alihkan", {"kepada": kepada, "alasan": REASON})


def perpanjang(d: Dunia) -> Act:
    file = d.kantor.bawa("rekomendasi")
    d.kantor[KABID].buka(f"/petugas/permohonan/{file.permohonan_id}")
    return Act(d.kantor[KABID], f"{file.alamat}/perpanjang", {"hari": "2", "alasan-perpanjang": REASON})


def create_certificate(d: Dunia) -> Act:
    d.kantor[KADIS].buka("/petugas/sertifikat")
    frasa = {"sandi": PASSWORD, "passphrase": "frasa baru saya", "ulangi": "frasa baru saya"}
    return Act(d.kantor[KADIS], "/petugas/sertifikat", dict(frasa))


def create_user(d: Dunia) -> Act:
    return Act(d.officer(Peran.ADMIN), "/admin/pengguna/baru", dict(BARU))


def grant_peran(d: Dunia) -> Act:
    isi = {"peran": "back_office", "jabatan": "Pengolah Data", "start_date": "2026-11-25"}
    return Act(d.officer(Peran.ADMIN), f"/admin/pengguna/{account_id_of('front_office@uji.test')}/peran", dict(isi))


def ask_close_user(d: Dunia) -> Act:
    return Act(d.officer(Peran.ADMIN), f"/admin/pengguna/{account_id_of('front_office@uji.test')}/tutup")


def reopen_user(d: Dunia) -> Act:
    akun = account_id_of("front_office@uji.test")
    with unit_of_work() as s:
        s.execute(update(Account).where(Account.id == akun).values(aktif=False))
    return Act(d.officer(Peran.ADMIN), f"/admin/pengguna/{akun}/buka")


def ask_end_peran(d: Dunia) -> Act:
    alamat = f"/admin/penugasan/{penugasan_of('front_office@uji.test')}/akhiri"
    return Act(d.officer(Peran.ADMIN), alamat, {"end_date": "2026-11-26"})


def create_delegasi(d: Dunia) -> Act:
    isi = delegasi(d.kantor, d.kantor.orang[Peran.SEKRETARIS].person_id)
    return Act(d.officer(Peran.ADMIN), "/admin/delegasi/baru", isi)


def calendar_save(d: Dunia) -> Act:
    seed_calendar(RABU)
    admin = d.officer(Peran.ADMIN)
    halaman = admin.buka("/admin/kalender/dampak", query_string=BANJIR).text
    return Act(
        admin,
        "/admin/kalender/simpan",
        dict(re.findall(r'type="hidden" name="(?!csrf)([\w-]+)" value="([^"]*)"', halaman)),
    )


def try_again(d: Dunia) -> Act:
    submitted(person())
    with unit_of_work() as s:
        s.execute(update(Outbox).values(stuck_at=RABU, percobaan=5, galat="OSError"))
        nomor = s.scalar(select(func.min(Outbox.id)))
    return Act(d.officer(Peran.OPERATOR), f"/operator/pesan/{nomor}/coba-lagi")


def send_one_again(d: Dunia) -> Act:
    return Act(d.officer(Peran.OPERATOR), f"/operator/pemberitahuan/{gagal(d.pemohon.person_id)}/kirim-ulang")


def resend_all(d: Dunia) -> Act:
    gagal(d.pemohon.person_id)
    return Act(d.officer(Peran.OPERATOR), "/operator/pemberitahuan/kirim-ulang")


def buka(d: Dunia) -> Act:
    satu = put(d.pemohon.person_id)
    d.pemohon.peramban.buka("/pemberitahuan")
    return Act(d.pemohon.peramban, f"/pemberitahuan/{satu}/buka")


def dibaca(d: Dunia) -> Act:
    put(d.pemohon.person_id)
    d.pemohon.peramban.buka("/pemberitahuan")
    return Act(d.pemohon.peramban, "/pemberitahuan/dibaca", {"sampai": RABU.isoformat()})


def save_password(d: Dunia) -> Act:
    d.pemohon.peramban.buka("/akun/sandi")
    return Act(d.pemohon.peramban, "/akun/sandi", {"sandi_lama": PASSWORD, "sandi": "kuda laut biru tua"})


def change_address(d: Dunia) -> Act:
    d.pemohon.peramban.buka("/akun/alamat")
    return Act(d.pemohon.peramban, "/akun/alamat", {"sandi": PASSWORD, "surel": "baru@uji.test"})


def mail_link(d: Dunia) -> Act:
    return Act(d.officer(Peran.ADMIN), f"/admin/pengguna/{account_id_of('front_office@uji.test')}/tautan-sandi")


def note_identity(d: Dunia) -> Act:
    isi: dict[str, object] = {"nip": "", "nik": "6372014505800001"}
    return Act(d.officer(Peran.ADMIN), f"/admin/pengguna/{account_id_of('front_office@uji.test')}/identitas", isi)


def buat(d: Dunia) -> Act:
    d.pemohon.peramban.buka("/permohonan/baru")
    return Act(d.pemohon.peramban, "/permohonan/baru", {"sop": "td_lks"})


def save_page(d: Dunia) -> Act:
    return d.mine(filled_in(d.pemohon.person_id), "isian/lembaga", nama_lembaga="Yayasan Nama Lain")


def upload_berkas(d: Dunia) -> Act:
    permohonan_id = filled_in(d.pemohon.person_id)
    delete_one(permohonan_id, "AKTA")
    return d.mine(permohonan_id, "dokumen/AKTA", berkas=(photo().read(), "akta.jpg"))


def delete_berkas(d: Dunia) -> Act:
    permohonan_id = filled_in(d.pemohon.person_id)
    with unit_of_work() as s:
        berkas = s.scalars(select(Berkas.id).where(Berkas.permohonan_id == permohonan_id)).first()
    return d.mine(permohonan_id, f"berkas/{berkas}/hapus")


def begin_upload(d: Dunia) -> Act:
    act = d.mine(filled_in(d.pemohon.person_id), "unggah/AKTA")
    act.headers = {"Upload-Length": "5"}
    return act


def resume_upload(d: Dunia) -> Act:
    permohonan_id, isi = filled_in(d.pemohon.person_id), photo().read()
    delete_one(permohonan_id, "AKTA")
    mulai = d.mine(permohonan_id, "unggah/AKTA")
    mulai.headers = {"Upload-Length": str(len(isi)), "Upload-Metadata": "filename YWt0YS5qcGc="}
    alamat = mulai.send().location
    return Act(mulai.who, alamat, method="PATCH", raw=isi, headers={"Upload-Offset": "0"})


def kirim(d: Dunia) -> Act:
    return d.mine(filled_in(d.pemohon.person_id), "kirim", benar="ya", privasi="2026-11")


def batalkan(d: Dunia) -> Act:
    return d.mine(submitted(d.pemohon.person_id), "batalkan", alasan="Berkas kami belum lengkap.")


def jawab(d: Dunia) -> Act:
    permohonan_id = submitted(d.pemohon.person_id)
    bring_to(permohonan_id, "rekomendasi", d.kantor.orang)
    ask = (Request("syarat", "AKTA", "Halaman 2 terpotong."),)
    meja = at_desk(permohonan_id)
    kembali = Keputusan(jenis=KeputusanKind.KEMBALIKAN, ke="ajukan", alasan="Akta belum lengkap.", permintaan=ask)
    decide(meja.tugas_id, kembali, oleh=d.kantor.orang[TECHNICAL], seen=meja.seen, now=RABU)
    with unit_of_work() as s:
        permintaan = s.scalars(select(CorrectionRequest.id)).one()
    return d.mine(permohonan_id, f"jawab/{permintaan}", jawaban="Aktanya memang satu halaman.")


def terima_sk(d: Dunia) -> Act:
    give_certificate(d.kantor)
    permohonan_id = submitted(d.pemohon.person_id)
    bring_to(permohonan_id, "tanda_tangan", d.kantor.orang)
    d.kantor[KADIS].buka("/petugas/antrean")
    meja = at_desk(permohonan_id)
    isi = {"versi": str(meja.seen.versi), "naskah_hash": meja.seen.naskah_hash or "", "passphrase": PASSPHRASE}
    assert d.kantor[KADIS].kirim(f"/petugas/tugas/{meja.tugas_id}/tanda-tangan", dict(isi)).status_code == 303
    return d.mine(permohonan_id, "sk/terima")


ACTS: dict[str, Callable[[Dunia], Act]] = {
    **{f"petugas.{f.__name__}": f for f in (ambil, lepas, keputusan, save_bap, redraft, tanda_tangani)},
    **{f"petugas.{f.__name__}": f for f in (unsigned, alihkan, perpanjang, create_certificate)},
    **{f"admin.{f.__name__}": f for f in (create_user, grant_peran, ask_close_user, reopen_user, ask_end_peran)},
    **{f"admin.{f.__name__}": f for f in (create_delegasi, calendar_save, mail_link, note_identity)},
    "operator.try_again": try_again,
    **{f"pemberitahuan.{f.__name__}": f for f in (send_one_again, resend_all, buka, dibaca)},
    **{f"akun.{f.__name__}": f for f in (save_password, change_address)},
    **{f"pemohon.{f.__name__}": f for f in (buat, save_page, upload_berkas, delete_berkas, begin_upload)},
    **{f"pemohon.{f.__name__}": f for f in (resume_upload, kirim, batalkan, jawab, terima_sk)},
}
#: It only looks: a long list of holidays travels as a POST.
LOOKS = {"admin.kalender_dampak"}
#: It needs a provider that has signed: tests/integration/test_accept_signed.py.
ELSEWHERE = {"petugas.already_signed"}


def delete_one(permohonan_id: UUID, syarat: str) -> None:
    with unit_of_work() as s:
        mine = (Berkas.permohonan_id == permohonan_id, Berkas.syarat == syarat)
        s.execute(update(Berkas).where(*mine).values(replaced_at=RABU))


@pytest.fixture(name="d")
def make_dunia(app: Flask, kantor: Kantor, pemohon: SamplePerson) -> Dunia:
    return Dunia(kantor, pemohon, app)


def account_of(browser: Peramban) -> UUID:
    """Whose session this browser's last page was shown in."""
    aktif = load_session(browser.web_client.get_cookie("sesi").value, now=real_now())
    return aktif.pengguna.account_id


def close(account_id: UUID) -> None:
    with unit_of_work() as s:
        s.execute(update(Account).where(Account.id == account_id).values(aktif=False))
        end_all_sessions(s.connection(), account_id)


def reopen(account_id: UUID, browser: Peramban) -> None:
    """Open the account again, and log in with the same browser."""
    with unit_of_work() as s:
        s.execute(update(Account).where(Account.id == account_id).values(aktif=True))
        akun = s.get_one(Account, account_id)
    assert browser.masuk(akun.surel, petugas=akun.petugas).status_code == 303
    browser.buka("/akun/sandi")


@pytest.mark.parametrize("endpoint", ACTS)
def test_a_closed_account_finishes_nothing_it_began(db: Engine, d: Dunia, endpoint: str) -> None:
    act = ACTS[endpoint](d)
    account_id, sebelum = account_of(act.who), {}

    def meanwhile() -> None:
        close(account_id)
        sebelum.update(fingerprint(db))

    jawaban = act.send(meanwhile)
    assert jawaban.status_code == 401, jawaban.text
    assert "Sesi Anda berakhir sebelum kiriman ini selesai diterima" in jawaban.text
    assert fingerprint(db) == sebelum
    reopen(account_id, act.who)
    again = act.send()
    assert again.status_code < 400, again.text  # so it was the session and nothing else that refused it
    assert fingerprint(db) != sebelum


def test_every_act_of_the_web_is_tried(app: Flask) -> None:
    acts = {
        r.endpoint
        for r in app.url_map.iter_rules()
        if (r.methods or set()) - {"GET", "HEAD", "OPTIONS"}
        and app.view_functions[r.endpoint].__dict__["policy"].nama != "publik"
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
    deactivate(account_id, oleh=Petugas(person(Peran.ADMIN), Peran.ADMIN), now=RABU)


@pytest.mark.parametrize("end", [admin_closes, change_it, leave_everywhere, grow_old], ids=lambda f: f.__name__)
def test_whatever_ends_the_session_ends_what_was_on_its_way(db: Engine, d: Dunia, end: Callable[[UUID], None]) -> None:
    act = keputusan(d)
    account_id = account_of(act.who)
    jawaban = act.send(lambda: end(account_id))
    assert jawaban.status_code == 401
    assert at_desk(UUID(hex=permohonan_of(act))).langkah == "paraf_kabid"


def permohonan_of(act: Act) -> str:
    with unit_of_work() as s:
        return s.get_one(Tugas, UUID(act.path.split("/")[3])).permohonan_id.hex


def test_a_role_that_ends_meanwhile_decides_nothing_and_the_page_says_who_to_ask(d: Dunia) -> None:
    """A08. No new login is needed for it: the person is still there, for the roles they keep."""
    act = keputusan(d)
    admin = Petugas(person(Peran.ADMIN), Peran.ADMIN)
    peran = penugasan_of("kabid_perizinan@uji.test")
    jawaban = act.send(lambda: end_assignment(peran, end_date=date(2026, 11, 24), oleh=admin, now=RABU))
    assert jawaban.status_code == 403
    assert "Anda tidak memegang peran meja ini hari ini. Hubungi administrator" in jawaban.text
    assert at_desk(UUID(hex=permohonan_of(act))).langkah == "paraf_kabid"


def test_the_words_of_a_refused_decision_stand_on_the_page_to_be_copied_and_the_login_leads_back(d: Dunia) -> None:
    file = d.kantor.bawa("paraf_kabid")
    d.kantor[KABID].buka(file.alamat)
    alasan = "Nama lembaga pada akta <b>berbeda</b> dari permohonan."
    isi = {**file.shown(), "keputusan": "kembalikan", "ke": "susun_sk", "alasan": alasan}
    act = Act(d.kantor[KABID], f"{file.alamat}/keputusan", isi, headers={"Referer": f"http://localhost{file.alamat}"})
    jawaban = act.send(lambda: close(account_of(act.who)))
    assert "Nama lembaga pada akta &lt;b&gt;berbeda&lt;/b&gt; dari permohonan." in jawaban.text
    assert f'href="/petugas/masuk?next={file.alamat}"' in jawaban.text
    assert 'href="/petugas/masuk"' in jawaban.text  # the page's header knows that nobody is logged in
    assert jawaban.headers["Set-Cookie"].startswith("sesi=;")


@pytest.mark.parametrize("rahasia", ["kata sandi dengan spasi"])
def test_a_passphrase_is_never_shown_back(d: Dunia, rahasia: str) -> None:
    act = tanda_tangani(d)
    act.form["passphrase"] = rahasia
    jawaban = act.send(lambda: close(account_of(act.who)))
    assert jawaban.status_code == 401
    assert rahasia not in jawaban.text


def test_a_script_is_told_in_its_own_words(d: Dunia) -> None:
    act = resume_upload(d)
    act.headers["Accept"] = "application/json"
    jawaban = act.send(lambda: close(account_of(act.who)))
    assert (jawaban.status_code, jawaban.mimetype) == (401, "application/json")
    assert "Sesi Anda berakhir" in jawaban.json["galat"]


def test_a_form_left_open_over_lunch_loses_no_word(d: Dunia) -> None:
    """The session was over before the form was sent: shown to its own page's browser only, not to another site's."""
    file = d.kantor.bawa("paraf_kabid")
    kabid = d.kantor[KABID]
    kabid.buka(file.alamat)
    grow_old(account_of(kabid))
    isi = {**file.shown(), "keputusan": "kembalikan", "ke": "susun_sk", "alasan": "Nama pada akta berbeda."}
    own = kabid.kirim(f"{file.alamat}/keputusan", dict(isi), headers={"Sec-Fetch-Site": "same-origin"})
    assert own.status_code == 401
    assert "Nama pada akta berbeda." in own.text
    assert 'href="/petugas/masuk' in own.text
    assert kabid.kirim(f"{file.alamat}/keputusan", dict(isi)).status_code == 302
