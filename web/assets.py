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

from web.headers import ASSET_HEADERS

SOURCE = Path(__file__).parent / "static"
KINDS = {".css", ".js", ".svg", ".png", ".ico"}


def init_assets(app: Flask, cache: Path) -> None:
    """Serve the static files and give templates ``asset('app.css')``. ``cache`` is a folder that may be deleted."""
    names = hashed_names()
    folder = build(names, cache)
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]  # the documented way to wrap a Flask app
        app.wsgi_app,
        root=folder,
        prefix="static/",
        immutable_file_test=r"^/static/",
        allow_all_origins=False,
        add_headers_function=_add_headers,
    )
    app.jinja_env.globals["asset"] = {name: f"/static/{path.name}" for name, path in names.items()}.__getitem__


def _add_headers(headers: Headers, path: str, url: str) -> None:
    for name, value in ASSET_HEADERS.items():
        headers[name] = value


def hashed_names() -> dict[str, Path]:
    """``app.css`` -> the path ``app.<hash>.css`` it is served under."""
    files = sorted(p for p in SOURCE.rglob("*") if p.suffix in KINDS)
    return {p.name: p.with_stem(f"{p.stem}.{hashlib.sha256(p.read_bytes()).hexdigest()[:12]}") for p in files}


def build(names: Mapping[str, Path], cache: Path) -> Path:
    """The folder with these files and their gzip copies, made when it is not there yet."""
    digest = hashlib.sha256("".join(sorted(p.name for p in names.values())).encode()).hexdigest()[:12]
    target = cache / digest
    if target.is_dir():
        return target
    temporary = cache / f".{uuid4().hex}"
    temporary.mkdir(parents=True)
    for original, hashed in names.items():
        content = (hashed.parent / original).read_bytes()
        (temporary / hashed.name).write_bytes(content)
        (temporary / f"{hashed.name}.gz").write_bytes(gzip.compress(content, 9, mtime=0))
    try:
        temporary.rename(target)  # one step, so that a second process never sees half a folder
    except OSError:
        shutil.rmtree(temporary)  # it was faster
    return target
