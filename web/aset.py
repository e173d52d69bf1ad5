"""Static files under names that carry their hash, compressed once: whitenoise serves them, browsers keep them."""

import gzip
import hashlib
import shutil
from collections.abc import Mapping
from pathlib import Path
from uuid import uuid4
from wsgiref.headers import Headers

from flask import Flask
from whitenoise import WhiteNoise

from web.headers import ASET

SUMBER = Path(__file__).parent / "static"
JENIS = {".css", ".js", ".svg", ".png", ".ico"}


def init_aset(app: Flask, cache: Path) -> None:
    """Serve the static files and give templates ``aset('app.css')``. ``cache`` is a folder that may be deleted."""
    nama = nama_aset()
    folder = sediakan(nama, cache)
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]  # the documented way to wrap a Flask app
        app.wsgi_app,
        root=folder,
        prefix="static/",
        immutable_file_test=r"^/static/",
        allow_all_origins=False,
        add_headers_function=_tambah_headers,
    )
    app.jinja_env.globals["aset"] = lambda berkas: f"/static/{nama[berkas].name}"


def _tambah_headers(headers: Headers, path: str, url: str) -> None:
    for nama, nilai in ASET.items():
        headers[nama] = nilai


def nama_aset() -> dict[str, Path]:
    """``app.css`` -> the path ``app.<hash>.css`` it is served under."""
    berkas = sorted(p for p in SUMBER.rglob("*") if p.suffix in JENIS)
    return {p.name: p.with_stem(f"{p.stem}.{hashlib.sha256(p.read_bytes()).hexdigest()[:12]}") for p in berkas}


def sediakan(nama: Mapping[str, Path], cache: Path) -> Path:
    """The folder with these files and their gzip copies, made when it is not there yet."""
    sidik = hashlib.sha256("".join(sorted(p.name for p in nama.values())).encode()).hexdigest()[:12]
    tujuan = cache / sidik
    if tujuan.is_dir():
        return tujuan
    sementara = cache / f".{uuid4().hex}"
    sementara.mkdir(parents=True)
    for asli, bernama in nama.items():
        konten = (bernama.parent / asli).read_bytes()
        (sementara / bernama.name).write_bytes(konten)
        (sementara / f"{bernama.name}.gz").write_bytes(gzip.compress(konten, 9, mtime=0))
    try:
        sementara.rename(tujuan)  # one step, so that a second process never sees half a folder
    except OSError:
        shutil.rmtree(sementara)  # it was faster
    return tujuan
