"""Flask's door into the office. A view parses, calls a service or a query, and redirects; it decides nothing."""

from importlib import import_module

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from pipeline.settings import Settings, settings
from web.assets import init_assets
from web.auth import init_auth
from web.csrf import csrf
from web.errors import init_errors
from web.headers import UPLOAD_LIMIT, init_headers
from web.refusal_log import init_refusal_log
from web.request_log import init_request_log, init_traces
from web.sessions import DatabaseSessionInterface, init_sessions
from web.templating import init_templates

ROOMS = ("publik", "account", "pemohon", "petugas", "pimpinan", "admin", "operator", "pdp", "notices")


def create_app(config: Settings | None = None) -> Flask:
    """The application. It opens no connection to a broker, and none to the database before the first request."""
    config = config or settings()
    app = Flask(__name__, static_folder=None)
    app.config.update(_flask_config(config))
    # In this order: a number for the log, guards, policy, and only then the CSRF token.
    init_errors(app)
    init_request_log(app, ROOMS)
    init_traces(app)
    init_headers(app, config)
    init_auth(app)
    init_refusal_log(app)
    csrf.init_app(app)
    init_templates(app, config)
    for room in ROOMS:
        app.register_blueprint(import_module(f"web.{room}").bp)
    init_sessions(app, DatabaseSessionInterface("sesi" if config.demo else "__Host-sesi", secure=not config.demo))
    init_assets(app, config.data / "aset")
    if hops := config.proxy_hops:  # the nearest one alone says by what the client came
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=1, x_host=0)  # type: ignore[method-assign]  # as documented
    return app


def _flask_config(config: Settings) -> dict[str, object]:
    return {
        "SECRET_KEY": config.secret_key,
        "SECRET_KEY_FALLBACKS": list(config.secret_key_fallbacks),
        # Flask-WTF knows no fallbacks, but hands this to itsdangerous: the last key signs, any of them is taken.
        "WTF_CSRF_SECRET_KEY": [*config.secret_key_fallbacks, config.secret_key],
        "TRUSTED_HOSTS": list(config.trusted_hosts),
        "MAX_CONTENT_LENGTH": UPLOAD_LIMIT,
        # Werkzeug counts its own read buffer of 64 kB as well; ordinary bodies are capped at 64 kB (web/headers.py).
        "MAX_FORM_MEMORY_SIZE": 256 * 1024,
        "MAX_FORM_PARTS": 320,  # more than any form of a desk may ask for (pipeline/sop/form/check_desk_form.py)
        "WTF_CSRF_TIME_LIMIT": None,  # a token lives as long as its session
        "PREFERRED_URL_SCHEME": "http" if config.demo else "https",
    }
