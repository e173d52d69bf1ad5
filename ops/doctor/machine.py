"""This machine: Python, programs, fonts, the data folder, ports."""

import shutil
import socket
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from ops import instance
from ops.doctor.result import Result
from pipeline.errors import AlurIzinError

_FONTS = {"C059": "fonts-urw-base35", "Liberation": "fonts-liberation"}


def python(_: Mapping[str, str]) -> Iterator[Result]:
    version = ".".join(map(str, sys.version_info[:3]))
    remedy = "" if sys.version_info[:2] == (3, 11) else "Pakai Python 3.11: make .venv PYTHON=python3.11"
    yield Result("Python", version, remedy)


def pdf_engine(_: Mapping[str, str]) -> Iterator[Result]:
    from pipeline.documents.pdf.soffice import program, without_network  # heavy: only this check needs it

    if soffice := program():
        network = "tanpa" if without_network() else "dengan"
        yield Result("Mesin PDF", f"LibreOffice ({soffice}), {network} jaringan")
    else:
        remedy = "apt-get install libreoffice-writer-nogui, agar surat sama dengan templatnya"
        yield Result("Mesin PDF", "sederhana (LibreOffice tidak ada)", remedy)


def upload_walls(_: Mapping[str, str]) -> Iterator[Result]:
    """What stands around the process that opens foreign files, as that process found it. Raises AlurIzinError."""
    from pipeline.uploads.sandbox import sandbox  # heavy: only this check needs it

    walls = sandbox().run("walls", {}, b"")[0]
    state = (
        "pengguna tersendiri" if walls["user"] else "pengguna yang sama",
        f"Landlock {walls['reach']}" if walls["reach"] else "tanpa Landlock",
        "seccomp" if walls["calls"] else "tanpa seccomp",
    )
    remedy = "" if walls["reach"] and walls["calls"] else "Pakai kernel Linux 5.13 atau lebih baru dengan keduanya"
    yield Result("Kotak unggahan", ", ".join(state), remedy)


def letters(_: Mapping[str, str]) -> Iterator[Result]:
    files = [path.name for path in Path("/usr/share/fonts").rglob("*.[ot]tf")]
    lacking = [bundle for prefix, bundle in _FONTS.items() if not any(name.startswith(prefix) for name in files)]
    yield Result("Huruf", f"{len(files)} berkas", f"apt-get install {' '.join(lacking)}" if lacking else "")


def folder(env: Mapping[str, str]) -> Iterator[Result]:
    data = instance.data_folder(env)
    try:
        data.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=data):
            free = shutil.disk_usage(data).free // 10**9
    except OSError as error:
        yield Result("Folder data", str(data), f"{error.strerror}; pilih folder lain dengan ALURIZIN_DATA")
        return
    remedy = "" if free else "Kosongkan ruang, tersisa kurang dari 1 GB"
    yield Result("Folder data", f"{data}, {free} GB bebas", remedy)


def port(env: Mapping[str, str]) -> Iterator[Result]:
    try:
        found = instance.running(instance.data_folder(env))
    except AlurIzinError:
        yield _free_port(env.get("ALURIZIN_PORT", "8000"))
    else:
        yield Result("Port", f"AlurIzin berjalan di {found.web}")


def _free_port(put: str) -> Result:
    if not (put.isascii() and put.isdigit() and 0 < int(put) < 65535):
        return Result("Port", put, "ALURIZIN_PORT harus bilangan 1-65534")
    nomor = int(put)
    used = [n for n in (nomor, nomor + 1) if _taken(n)]
    return Result(
        "Port", f"{nomor} dan {nomor + 1}", f"Port {used[0]} terpakai; pilih ALURIZIN_PORT lain" if used else ""
    )


def _taken(nomor: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", nomor)) == 0
