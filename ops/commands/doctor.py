"""``alurizin doctor``: what this machine has and what is lacking, each with its remedy."""

import os
import shutil
import socket
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import click
from sqlalchemy.exc import SQLAlchemyError

from ops import instance
from ops.broker import own_broker
from ops.postgres import own_postgres
from pipeline.errors import AlurIzinError
from pipeline.settings import read_settings

_FONTS = {"C059": "fonts-urw-base35", "Liberation": "fonts-liberation"}


@dataclass(frozen=True, slots=True)
class Result:
    """One line. ``obat`` is empty when all is well."""

    bagian: str
    keadaan: str
    obat: str = ""


@click.command()
def doctor() -> None:
    """Periksa mesin ini: server, mesin PDF, huruf, folder, port."""
    hasil = [check(os.environ) for check in CHECKS]
    for satu in hasil:
        click.echo(f"{'kurang' if satu.obat else 'ok':7} {satu.bagian:14} {satu.keadaan}")
        if satu.obat:
            click.echo(f"{'':22} -> {satu.obat}")
    if any(satu.obat for satu in hasil):
        sys.exit(1)


def python(_: Mapping[str, str]) -> Result:
    versi = ".".join(map(str, sys.version_info[:3]))
    obat = "" if sys.version_info[:2] == (3, 11) else "Pakai Python 3.11: make .venv PYTHON=python3.11"
    return Result("Python", versi, obat)


def configuration(env: Mapping[str, str]) -> Result:
    urls = {"DATABASE_URL": "postgresql://", "CELERY_BROKER_URL": "redis://"}
    try:
        s = read_settings({**urls, **env})
    except AlurIzinError as error:
        return Result("Pengaturan", "tidak lengkap", str(error))
    return Result("Pengaturan", f"{s.mode}, {s.base_url}")


def postgres(env: Mapping[str, str]) -> Result:
    return _server("PostgreSQL", env.get("DATABASE_URL"), lambda data: str(own_postgres(data).bindir))


def broker(env: Mapping[str, str]) -> Result:
    return _server("Broker", env.get("CELERY_BROKER_URL"), lambda data: str(own_broker(data).binary))


def pdf_engine(_: Mapping[str, str]) -> Result:
    if soffice := shutil.which("soffice"):
        return Result("Mesin PDF", f"LibreOffice ({soffice})")
    sederhana = "sederhana (LibreOffice tidak ada)"
    return Result("Mesin PDF", sederhana, "apt-get install libreoffice-writer-nogui, agar SK sama dengan templatnya")


def huruf(_: Mapping[str, str]) -> Result:
    files = [path.name for path in Path("/usr/share/fonts").rglob("*.[ot]tf")]
    lacking = [bundle for awal, bundle in _FONTS.items() if not any(nama.startswith(awal) for nama in files)]
    return Result("Huruf", f"{len(files)} berkas", f"apt-get install {' '.join(lacking)}" if lacking else "")


def folder(env: Mapping[str, str]) -> Result:
    data = instance.data_folder(env)
    try:
        data.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=data):
            bebas = shutil.disk_usage(data).free // 10**9
    except OSError as error:
        return Result("Folder data", str(data), f"{error.strerror}; pilih folder lain dengan ALURIZIN_DATA")
    return Result(
        "Folder data", f"{data}, {bebas} GB bebas", "" if bebas else "Kosongkan ruang, tersisa kurang dari 1 GB"
    )


def port(env: Mapping[str, str]) -> Result:
    try:
        found = instance.running(instance.data_folder(env))
    except AlurIzinError:
        put = env.get("ALURIZIN_PORT", "8000")
        if not (put.isascii() and put.isdigit() and 0 < int(put) < 65535):
            return Result("Port", put, "ALURIZIN_PORT harus bilangan 1-65534")
        nomor = int(put)
    else:
        return Result("Port", f"AlurIzin berjalan di {found.web}")
    terpakai = [n for n in (nomor, nomor + 1) if _taken(n)]
    obat = f"Port {terpakai[0]} terpakai; pilih ALURIZIN_PORT lain" if terpakai else ""
    return Result("Port", f"{nomor} dan {nomor + 1}", obat)


def templat(_: Mapping[str, str]) -> Result:
    from pipeline.documents.template.sample import sample_context  # heavy: only this check needs it
    from pipeline.documents.template.templates import check_template, templat
    from pipeline.kantor import kantor
    from pipeline.sop.registry import SOPS

    naskah = [(sop, kode, nama) for sop in SOPS.values() for kode, nama in sop.naskah.templat.items()]
    try:
        laporan = {
            nama: check_template(templat(nama).payload, sample_context(kantor(), sop, kode))
            for sop, kode, nama in naskah
        }
    except AlurIzinError as error:
        return Result("Templat", "tidak dapat dibaca", str(error))
    errors = [f"{nama}: {kalimat}" for nama, satu in laporan.items() for kalimat in satu.galat]
    return Result("Templat", f"{len(laporan)} naskah", "; ".join(errors))


def meja(_: Mapping[str, str]) -> Result:
    """Desks without anybody."""
    return _of_office("Meja kantor", _vacancies)


def kepala_harian(_: Mapping[str, str]) -> Result:
    """The daily head that binds every history: made in time."""
    return _of_office("Kepala harian", _daily_head)


def _of_office(bagian: str, read: Callable[[], tuple[str, str]]) -> Result:
    """What the office's database says, keadaan and obat, as far as it can be reached from here."""
    try:
        instance.attach()
        return Result(bagian, *read())
    except AlurIzinError:
        return Result(bagian, "belum diperiksa, AlurIzin tidak berjalan di sini")
    except SQLAlchemyError as error:
        return Result(bagian, f"belum diperiksa, basis data tidak terjangkau ({type(error).__name__})")


def _vacancies() -> tuple[str, str]:
    from pipeline.clock import now  # reads the settings, which attach() has just set
    from pipeline.queries.desk.vacancies import read_vacancies
    from pipeline.tanggal import date_at

    if not (lowong := read_vacancies(date_at(now()))):
        return "semua ada petugasnya", ""
    kalimat = " ".join(v.kalimat for v in lowong)
    return f"{len(lowong)} tanpa petugas", f"{kalimat} Tunjuk petugas, Plt. atau Plh. di /admin/pengguna."


def _daily_head() -> tuple[str, str]:
    from pipeline.clock import now  # reads the settings, which attach() has just set
    from pipeline.queries.records.heads import overdue_since
    from pipeline.tanggal import waktu

    if (late := overdue_since(now())) is None:
        return "tidak terlambat", ""
    kalimat = "Periksa apakah beat dan pekerja berjalan; selama itu tidak ada yang mengikat riwayat yang baru."
    return f"terakhir {waktu(late)}", kalimat


CHECKS: tuple[Callable[[Mapping[str, str]], Result], ...] = (
    python,
    configuration,
    postgres,
    broker,
    pdf_engine,
    huruf,
    folder,
    port,
    templat,
    meja,  # from here on: these point this process at the running instance
    kepala_harian,
)


def _server(nama: str, url: str | None, find: Callable[[Path], str]) -> Result:
    if url:
        return Result(nama, "dari lingkungan")
    with tempfile.TemporaryDirectory() as trial:
        Path(trial).chmod(0o711)
        try:
            return Result(nama, find(Path(trial)))
        except AlurIzinError as error:
            return Result(nama, "tidak ada", str(error))


def _taken(nomor: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", nomor)) == 0
