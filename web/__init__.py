"""Flask's door into the office. A view parses, calls a service or a query, and redirects; it decides nothing."""

from importlib import import_module

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from pipeline.settings import Settings, settings
from web.aset import init_aset
from web.auth import init_auth
from web.catatan import init_catatan
from web.csrf import csrf
from web.errors import init_errors
from web.headers import BATAS_UNGGAH, init_headers
from web.sesi import SesiTabel
from web.tampilan import init_tampilan

RUANG = ("publik", "akun", "pemohon", "petugas", "pimpinan", "admin", "operator", "pemberitahuan")


def create_app(atur: Settings | None = None) -> Flask:
    """The application. It opens no connection to a broker, and none to the database before the first request."""
    atur = atur or settings()
    app = Flask(__name__, static_folder=None)
    app.config.update(_konfigurasi(atur))
    app.session_interface = SesiTabel("sesi" if atur.demo else "__Host-sesi", aman=not atur.demo)
    # In this order: a number for the log, guards, policy, and only then the CSRF token.
    init_errors(app)
    init_catatan(app)
    init_headers(app, atur)
    init_auth(app)
    csrf.init_app(app)
    init_tampilan(app, atur)
    for ruang in RUANG:
        app.register_blueprint(import_module(f"web.{ruang}").bp)
    init_aset(app, atur.data / "aset")
    if atur.behind_proxy:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=0)  # type: ignore[method-assign]  # as documented
    return app


def _konfigurasi(atur: Settings) -> dict[str, object]:
    return {
        "SECRET_KEY": atur.secret_key,
        "SECRET_KEY_FALLBACKS": list(atur.secret_key_fallbacks),
        "TRUSTED_HOSTS": list(atur.trusted_hosts),
        "MAX_CONTENT_LENGTH": BATAS_UNGGAH,
        # Werkzeug counts its own read buffer of 64 kB as well; ordinary bodies are capped at 64 kB (web/headers.py).
        "MAX_FORM_MEMORY_SIZE": 256 * 1024,
        "MAX_FORM_PARTS": 60,
        "WTF_CSRF_TIME_LIMIT": None,  # a token lives as long as its session
        "PREFERRED_URL_SCHEME": "http" if atur.demo else "https",
    }
