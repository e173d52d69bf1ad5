"""Deliberately broken set-ups: ``alurizin doctor`` names each, and says what to do."""

import socket
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine

from ops import doctor
from ops.cli import main
from ops.doctor import CHECKS, Result, examine
from pipeline.kantor import DEFAULT
from pipeline.kantor.office import SHIPPED
from pipeline.roles import Peran
from pipeline.rules.notices.rules import NoticeStatus
from tests.desks import DESKS
from tests.factories import WEDNESDAY, person
from tests.new_office import BSRE, NewOffice
from tests.unit.test_settings import OLD, PRODUCTION
from tests.web.conftest import office_hours  # noqa: F401 - the fixture
from tests.web.desk import make_officer

#: A setting that is wrong -> what is said of it.
SETTINGS: Mapping[str, tuple[Mapping[str, str], str, str]] = {
    "a short key": ({"SECRET_KEY": "pendek"}, "SECRET_KEY terlalu pendek", "token_urlsafe"),
    "a key of one letter": ({"SECRET_KEY": "k" * 40}, "SECRET_KEY mudah ditebak", "token_urlsafe"),
    "a key of words": ({"SECRET_KEY": "GantiKunciIniSebelumDipakaiSungguhan"}, "tersusun dari kata", "token_urlsafe"),
    "an old key that was weak": ({"SECRET_KEY_FALLBACKS": f"{OLD},{'ab' * 20}"}, "SECRET_KEY_FALLBACKS", "kunci acak"),
    "a key file that is gone": ({"SECRET_KEY_FILE": "/tiada/kunci"}, "SECRET_KEY_FILE", "tidak dapat dibaca"),
    "every host trusted": ({"TRUSTED_HOSTS": "*"}, "TRUSTED_HOSTS memuat '*'", "nama host kantor selengkapnya"),
    "a suffix trusted": ({"TRUSTED_HOSTS": "go.id"}, "TRUSTED_HOSTS memuat 'go.id'", "perizinan.kota.go.id"),
    "no host trusted": ({"TRUSTED_HOSTS": ""}, "TRUSTED_HOSTS wajib", "perizinan.kota.go.id"),
    "links without TLS": ({"BASE_URL": "http://izin.contoh.go.id"}, "BASE_URL produksi harus", "https://"),
    "links to another host": ({"BASE_URL": "https://lain.go.id"}, "BASE_URL memakai host", "Tambahkan host itu"),
    "a database in the open": ({"DATABASE_URL": "postgresql://a@db/x"}, "kata sandi dan TLS", "sslmode=verify-full"),
    "a broker in the open": ({"CELERY_BROKER_URL": "redis://:a@redis/0"}, "CELERY_BROKER_URL", "rediss://"),
    "mail in the open": ({"SMTP_URL": "smtp://mail:25"}, "SMTP_URL mengirim surat tanpa TLS", "smtps://"),
    "messages in the open": ({"ALURIZIN_PESAN_URL": "json://x/?://localhost"}, "ALURIZIN_PESAN_URL", "jsons://"),
    "mail from nobody": ({"MAIL_FROM": ""}, "MAIL_FROM belum diatur", "isi lewat"),
    "debugging": ({"FLASK_DEBUG": "1"}, "FLASK_DEBUG", "Hapus dari pengaturan"),
    "a mode that is none": ({"ALURIZIN_MODE": "produksi"}, "ALURIZIN_MODE", "salah satu dari demo, production"),
    "a signer in the open": (
        {"ALURIZIN_BSRE_URL": "http://x/?://localhost", "ALURIZIN_BSRE_PENGGUNA": "a"}
        | {f"ALURIZIN_BSRE_{part}": "/x" for part in ("SANDI", "AKAR", "NIK")},
        "ALURIZIN_BSRE_URL",
        "harus https://",
    ),
    "a signer without its files": ({"ALURIZIN_BSRE_URL": "https://b.go.id"}, "ALURIZIN_BSRE_SANDI", "belum diatur"),
}


@pytest.mark.attack("H05")
@pytest.mark.parametrize("name", SETTINGS)
def test_a_wrong_setting_is_named_with_what_to_write(name: str) -> None:
    change, said, remedy = SETTINGS[name]
    lines = [one for one in CHECKS["Pengaturan"]({**PRODUCTION, **change}) if said in one.remedy]
    assert [remedy in one.remedy for one in lines] == [True], lines


def _data_is_a_file(tmp_path: Path) -> Mapping[str, str]:
    (tmp_path / "berkas").write_text("x")
    return {"ALURIZIN_DATA": str(tmp_path / "berkas" / "data")}


def _own(tmp_path: Path, text: str) -> Mapping[str, str]:
    (tmp_path / "kantor.toml").write_text(text, encoding="utf-8")
    return {"ALURIZIN_DATA": str(tmp_path)}


def _broken_sop(tmp_path: Path) -> Mapping[str, str]:
    (tmp_path / "sop").mkdir()
    text = (SHIPPED / "td_lks.toml").read_text(encoding="utf-8").replace('"kepala_dinas"', '"camat"')
    (tmp_path / "sop" / "rusak.toml").write_text(text.replace("td_lks", "rusak"), encoding="utf-8")
    return {"ALURIZIN_DATA": str(tmp_path)}


def _broken_template(tmp_path: Path) -> Mapping[str, str]:
    (tmp_path / "sk_tanda_daftar_lks.docx").write_bytes(b"bukan Word")
    return {"ALURIZIN_TEMPLAT": str(tmp_path)}


def _lost_certificate(tmp_path: Path) -> Mapping[str, str]:
    files = {f"ALURIZIN_BSRE_{part}": str(tmp_path / part) for part in ("SANDI", "AKAR", "NIK")}
    return {**PRODUCTION, **files, "ALURIZIN_BSRE_URL": "https://bsre.kota.test", "ALURIZIN_BSRE_PENGGUNA": "a"}


SAMPLE = DEFAULT.read_text(encoding="utf-8")
#: A file or folder that is wrong -> the check that sees it, and what is said.
FILES: Mapping[str, tuple[str, Callable[[Path], Mapping[str, str]], str]] = {
    "a data folder that cannot be": ("Folder data", _data_is_a_file, "pilih folder lain dengan ALURIZIN_DATA"),
    "a port that is none": ("Port", lambda p: {"ALURIZIN_DATA": str(p), "ALURIZIN_PORT": "delapan"}, "harus bilangan"),
    "an office file that is none": ("Data kantor", lambda p: _own(p, "nama ="), "bukan TOML yang benar"),
    "an office without a zone": (
        "Data kantor",
        lambda p: _own(p, SAMPLE.replace('"WITA"', '"GMT"')),
        "Pilih salah satu: WIB, WITA, WIT",
    ),
    "an office file that is gone": ("Data kantor", lambda p: {"ALURIZIN_KANTOR": str(p / "x")}, "ALURIZIN_KANTOR"),
    "an SOP of a post nobody has": ("SOP", _broken_sop, "camat"),
    "a template that is no Word file": ("Templat", _broken_template, "sk_tanda_daftar_lks.docx: "),
    "a signer whose files are gone": ("BSrE", _lost_certificate, "tidak dapat dibaca"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_wrong_file_is_named_with_what_to_do(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    check, arrange, remedy = FILES[name]
    monkeypatch.setattr(doctor, "CHECKS", {check: CHECKS[check]})
    (line,) = examine(arrange(tmp_path))
    assert remedy in line.remedy


def test_a_port_in_use_is_named(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        number = other.getsockname()[1]
        (line,) = CHECKS["Port"]({"ALURIZIN_DATA": str(tmp_path), "ALURIZIN_PORT": str(number)})
    assert line.remedy == f"Port {number} terpakai; pilih ALURIZIN_PORT lain"


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, db: Engine) -> NewOffice:
    """One that lacks nothing."""
    ready = NewOffice(monkeypatch, tmp_path)
    for desk in DESKS:
        make_officer(f"{desk}@uji.test", desk)
    first = make_officer("satu@uji.test", Peran.ADMIN)
    make_officer("dua@uji.test", Peran.ADMIN)
    ready.own_file()
    ready.holidays(2026, 2027)
    ready.message_arrived(first)
    ready.change(bsre=BSRE, message_url="jsons://pesan.kota.test", scanner="/run/clamd.ctl")
    ready.backup()
    return ready


def lines_of(*checks: str) -> list[Result]:
    return [line for check in checks for line in CHECKS[check]({})]


@pytest.mark.usefixtures("office_hours")
class TestOffice:
    @pytest.fixture(autouse=True)
    def this_moment(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The backup's age is told by the clock on the wall: here it stands where the office's does."""
        from pipeline import clock

        monkeypatch.setattr(clock, "real_now", lambda: WEDNESDAY)

    def test_of_one_that_lacks_nothing_nothing_is_said(self, office: NewOffice) -> None:
        assert [line for line in lines_of("Persiapan", "Perhatian", "Meja kantor") if line.remedy] == []

    @pytest.mark.parametrize(
        ("check", "arrange", "said", "remedy"),
        [
            ("Perhatian", lambda o: o.change(bsre=None), "BSrE tidak diatur", "ALURIZIN_BSRE_URL"),
            ("Perhatian", lambda o: o.change(smtp=None), "Surel tidak diatur", "SMTP_URL"),
            ("Perhatian", lambda o: o.change(message_url=""), "Gerbang pesan tidak diatur", "ALURIZIN_PESAN_URL"),
            ("Perhatian", lambda o: o.change(scanner=""), "Pemindai virus tidak diatur", "ALURIZIN_CLAMAV"),
            ("Perhatian", lambda o: o.backup(WEDNESDAY - timedelta(hours=25)), "lebih dari 24 jam", "cadangkan"),
            ("Persiapan", lambda o: o.change(bsre=None), "BSrE belum diatur", "nyatakan masa uji coba"),
        ],
    )
    def test_what_is_taken_away_is_named(
        self, office: NewOffice, check: str, arrange: Callable[[NewOffice], object], said: str, remedy: str
    ) -> None:
        arrange(office)
        lines = [line for line in lines_of(check) if line.remedy]
        assert [(said in line.state, remedy in line.remedy) for line in lines] == [(True, True)]


@pytest.mark.usefixtures("office_hours")
def test_an_empty_office_hears_of_everything(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, db: Engine) -> None:
    office = NewOffice(monkeypatch, tmp_path)
    (tmp_path / "cadangan.json").write_text("{", encoding="utf-8")
    office.message_arrived(person(Peran.ADMIN), NoticeStatus.GAGAL)
    said = " ".join(f"{line.state} -> {line.remedy}" for line in lines_of("Persiapan", "Perhatian"))
    for state, remedy in (
        ("kantor.toml contoh", "Tulis nama, alamat"),
        ("dapat bekerja di meja Kepala Dinas hari ini", "Buat akun untuk setiap orang"),
        ("Tabel hari libur 2026 masih kosong", "Isi hari libur 2026 di /admin/kalender"),
        ("Pesan uji lewat surel gagal", "Kirim pesan uji ke alamat Anda sendiri"),
        ("Belum pernah dibuat cadangan", "alurizin cadangkan"),
        ("satu orang saja", "orang kedua di /admin/pengguna"),
    ):
        assert state in said
        assert remedy in said


def test_the_command_ends_with_an_error_and_a_line_of_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(doctor, "CHECKS", {name: CHECKS[name] for name in ("Pengaturan", "Folder data")})
    for name, value in {**PRODUCTION, "TRUSTED_HOSTS": "*", "SMTP_URL": "smtp://mail:25"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("ALURIZIN_DATA", str(tmp_path))
    answer = CliRunner().invoke(main, ["doctor"])
    assert answer.exit_code == 1
    assert answer.output.count("ditolak") == 3
    assert answer.output.count(" -> ") == 3


def test_how_many_set_ups_are_tried() -> None:
    """Twenty at the least, each with what to do."""
    assert len(SETTINGS) + len(FILES) >= 20
