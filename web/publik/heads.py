"""The daily heads, for anybody: what the office has bound itself to, and the key to check it with."""

import json
from datetime import date

from flask import render_template
from werkzeug.wrappers import Response

from pipeline.kantor.instance_key import public_pem
from pipeline.queries.records.heads import head_of, latest_heads
from web.auth import publik
from web.headers import send_berkas
from web.publik import bp


@bp.get("/kepala-harian")
@publik
def daily_head() -> str:
    """The last heads, newest first."""
    heads = [(h, date.fromisoformat(str(h.statement["day"]))) for h in latest_heads()]
    return render_template("publik/daily_head.html", heads=heads)


@bp.get("/kepala-harian/<int:number>.json")
@publik
def one_daily_head(number: int) -> Response:
    """One head with its signature, to be kept elsewhere."""
    head = head_of(min(number, 2**31 - 1)).plain()
    return send_berkas(json.dumps(head, indent=1).encode(), f"kepala-harian-{number}.json", "application/json")


@bp.get("/kepala-harian/kunci.pem")
@publik
def daily_head_key() -> Response:
    """The key that every head is signed with."""
    return send_berkas(public_pem(), "kunci-kepala-harian.pem", "application/x-pem-file")
