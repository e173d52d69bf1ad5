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
    """One line. ``remedy`` is empty when all is well."""

    subject: str
    state: str
    remedy: str = ""


@click.command()
def doctor() -> None:
    """Periksa mesin ini: server, mesin PDF, huruf, folder, port."""
    result = [check(os.environ) for check in CHECKS]
    for one in result:
        click.echo(f"{'kurang' if one.remedy else 'ok':7} {one.subject:14} {one.state}")
        if one.remedy:
            click.echo(f"{'':22} -> {one.remedy}")
    if any(one.remedy for one in result):
        sys.exit(1)


def python(_: Mapping[str, str]) -> Result:
    version = ".".join(map(str, sys.version_info[:3]))
    remedy = "" if sys.version_info[:2] == (3, 11) else "Pakai Python 3.11: make .venv PYTHON=python3.11"
    return Result("Python", version, remedy)


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
    simple = "sederhana (LibreOffice tidak ada)"
    return Result("Mesin PDF", simple, "apt-get install libreoffice-writer-nogui, agar surat sama dengan templatnya")


def letters(_: Mapping[str, str]) -> Result:
    files = [path.name for path in Path("/usr/share/fonts").rglob("*.[ot]tf")]
    lacking = [bundle for prefix, bundle in _FONTS.items() if not any(name.startswith(prefix) for name in files)]
    return Result("Huruf", f"{len(files)} berkas", f"apt-get install {' '.join(lacking)}" if lacking else "")


def folder(env: Mapping[str, str]) -> Result:
    data = instance.data_folder(env)
    try:
        data.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=data):
            free = shutil.disk_usage(data).free // 10**9
    except OSError as error:
        return Result("Folder data", str(data), f"{error.strerror}; pilih folder lain dengan ALURIZIN_DATA")
    return Result(
        "Folder data", f"{data}, {free} GB bebas", "" if free else "Kosongkan ruang, tersisa kurang dari 1 GB"
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
    used = [n for n in (nomor, nomor + 1) if _taken(n)]
    remedy = f"Port {used[0]} terpakai; pilih ALURIZIN_PORT lain" if used else ""
    return Result("Port", f"{nomor} dan {nomor + 1}", remedy)


def templat(_: Mapping[str, str]) -> Result:
    from pipeline.documents.template.papers import check_papers  # heavy: only this check needs it
    from pipeline.documents.template.templates import templat
    from pipeline.kantor.office import kantor
    from pipeline.sop.registry import SOPS

    try:
        papers = [paper for sop in SOPS.values() for paper in check_papers(kantor(), sop, templat)]
    except AlurIzinError as error:
        return Result("Templat", "tidak dapat dibaca", str(error))
    errors = [f"{paper.naskah.templat}: {sentence}" for paper in papers for sentence in paper.report.error]
    return Result("Templat", f"{len(papers)} naskah", "; ".join(errors))


def sop(_: Mapping[str, str]) -> Result:
    """Files of SOPs that are not in force."""
    from pipeline.sop.registry import SOPS, registry

    return Result("SOP", f"{len(SOPS)} izin", "; ".join(registry().refused.values()))


def desk(_: Mapping[str, str]) -> Result:
    """Desks without anybody."""
    return _of_office("Meja kantor", _vacancies)


def daily_head(_: Mapping[str, str]) -> Result:
    """The daily head that binds every history: made in time."""
    return _of_office("Kepala harian", _daily_head)


def office_key(_: Mapping[str, str]) -> Result:
    """The key that the keys of all documents are wrapped by: without it none of them can be opened."""
    return _of_office("Kunci kantor", _office_key)


def search(_: Mapping[str, str]) -> Result:
    """The index of searches."""
    return _of_office("Pencarian", _search)


def _of_office(subject: str, read: Callable[[], tuple[str, str]]) -> Result:
    """What the office's database says, keadaan and obat, as far as it can be reached from here."""
    try:
        instance.attach()
        return Result(subject, *read())
    except AlurIzinError:
        return Result(subject, "belum diperiksa, AlurIzin tidak berjalan di sini")
    except SQLAlchemyError as error:
        return Result(subject, f"belum diperiksa, basis data tidak terjangkau ({type(error).__name__})")


def _vacancies() -> tuple[str, str]:
    from pipeline.clock import now  # reads the settings, which attach() has just set
    from pipeline.queries.desk.vacancies import read_vacancies
    from pipeline.text import date_at

    if not (vacant := read_vacancies(date_at(now()))):
        return "semua ada petugasnya", ""
    sentence = " ".join(v.sentence for v in vacant)
    return f"{len(vacant)} tanpa petugas", f"{sentence} Tunjuk petugas, Plt. atau Plh. di /admin/pengguna."


def _search() -> tuple[str, str]:
    from ops.readiness import search_lack  # reads the settings, which attach() has just set

    lack = search_lack()
    return ("lambat" if lack else "cepat"), lack


def _office_key() -> tuple[str, str]:
    from pipeline.clock import real_now  # reads the settings, which attach() has just set
    from pipeline.kantor.office_key import office_keys
    from pipeline.services.records.office_key_change import count_older
    from pipeline.services.records.seal_forms import count_open_nik
    from pipeline.services.records.seal_store import count_clear
    from pipeline.settings import places
    from pipeline.text import date_at

    try:
        keys = office_keys()
    except AlurIzinError as error:
        return "tidak dapat dibaca", str(error)
    remedy = []
    if places().office_key.stat().st_mode & 0o077:
        remedy.append(f"Tutup untuk pengguna lain: chmod 600 {places().office_key}")
    if len(keys.secret) > 1 or count_older():
        remedy.append("Pergantian kunci terputus; teruskan dengan: alurizin kunci-kantor ganti")
    if clear := count_clear() + count_open_nik():
        remedy.append(f"{clear} dokumen atau NIK belum disegel; jalankan: alurizin kunci-kantor segel")
    age = (date_at(real_now()) - keys.since[keys.newest]).days
    return f"versi {keys.newest}, {age} hari; harus ikut dicadangkan", "; ".join(remedy)


def _daily_head() -> tuple[str, str]:
    from pipeline.clock import now  # reads the settings, which attach() has just set
    from pipeline.queries.records.heads import overdue_since
    from pipeline.text import moment_in_words

    if (late := overdue_since(now())) is None:
        return "tidak terlambat", ""
    sentence = "Periksa apakah beat dan pekerja berjalan; selama itu tidak ada yang mengikat riwayat yang baru."
    return f"terakhir {moment_in_words(late)}", sentence


CHECKS: tuple[Callable[[Mapping[str, str]], Result], ...] = (
    python,
    configuration,
    postgres,
    broker,
    pdf_engine,
    letters,
    folder,
    port,
    sop,
    templat,
    desk,  # from here on: these point this process at the running instance
    daily_head,
    office_key,
    search,
)


def _server(name: str, url: str | None, find: Callable[[Path], str]) -> Result:
    if url:
        return Result(name, "dari lingkungan")
    with tempfile.TemporaryDirectory() as trial:
        Path(trial).chmod(0o711)
        try:
            return Result(name, find(Path(trial)))
        except AlurIzinError as error:
            return Result(name, "tidak ada", str(error))


def _taken(nomor: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", nomor)) == 0
