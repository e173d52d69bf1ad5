"""The floor of a page: bare Flask, one statement for who is logged in and one or two for what is shown, one template.

Served by gunicorn as ``bench.peers.page:app`` on the office's own database (BARE_DATABASE).
"""

import os
from functools import cache

import sqlalchemy
from flask import Flask, abort, render_template, request
from jinja2 import DictLoader

app = Flask(__name__)
app.jinja_loader = DictLoader(
    {
        "page.html": """<!doctype html><html lang="id"><head><title>{{ title }}</title></head><body>
<h1>{{ title }}</h1><p>{{ person }}</p>{% for rows in tables %}<table>
{% for row in rows %}<tr>{% for value in row %}<td>{{ value }}</td>{% endfor %}</tr>
{% endfor %}</table>{% endfor %}</body></html>"""
    }
)

_LOGIN = sqlalchemy.text(
    "SELECT o.name FROM sesi s JOIN akun a ON a.id = s.account_id JOIN orang o ON o.id = a.person_id"
    " WHERE s.account_id = CAST(nullif(:account, '') AS uuid) AND a.active LIMIT 1"
)
_QUEUE = sqlalchemy.text(
    "SELECT t.id, p.nomor, p.pemegang, t.langkah, t.created_at, t.started_at, t.tenggat, t.ready_at, o.name"
    " FROM tugas t JOIN permohonan p ON p.id = t.permohonan_id LEFT JOIN orang o ON o.id = t.taken_by"
    " WHERE t.peran = :peran AND t.closed_at IS NULL ORDER BY t.expedited DESC, t.tenggat, t.id LIMIT 25"
)
_FILE = (
    sqlalchemy.text("SELECT key, value FROM permohonan, jsonb_each_text(content) WHERE id = CAST(:file AS uuid)"),
    sqlalchemy.text(
        "SELECT langkah, created_at, closed_at, keputusan, tenggat FROM tugas"
        " WHERE permohonan_id = CAST(:file AS uuid) ORDER BY created_at"
    ),
    sqlalchemy.text(
        "SELECT sequence, kind, at, peran, hash FROM peristiwa"
        " WHERE permohonan_id = CAST(:file AS uuid) ORDER BY sequence"
    ),
)


@cache
def _engine() -> sqlalchemy.Engine:
    address = os.environ["BARE_DATABASE"].replace("postgresql:", "postgresql+psycopg:", 1)
    return sqlalchemy.create_engine(address, pool_size=8)


@app.get("/queue/<peran>")
def queue(peran: str) -> str:
    """The first 25 rows of a role's queue."""
    return _page(peran, {"peran": peran}, _QUEUE)


@app.get("/file/<file>")
def file(file: str) -> str:
    """What was typed into the form, the visits, and the history."""
    return _page(file, {"file": file}, *_FILE)


def _page(title: str, values: dict[str, str], *queries: sqlalchemy.TextClause) -> str:
    with _engine().connect() as conn:
        person = conn.scalar(_LOGIN, {"account": request.cookies.get("account", "")})
        if person is None:
            abort(403)
        tables = [conn.execute(query, values).all() for query in queries]
    return render_template("page.html", title=title, person=person, tables=tables)
