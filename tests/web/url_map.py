"""The map of addresses filled in with the ids of one application, and what must not change when somebody tries them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID, uuid4

from flask import Flask
from sqlalchemy import Engine, select, text
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from pipeline.models import Account, Berkas, Notice, Outbox, Penugasan, Upload, metadata
from tests.factories import at_desk
from tests.web.conftest import Browser
from web.auth import AccessPolicy

#: What a look may leave behind: sessions, counted attempts, who looked at personal data.
TRACE = {"sesi", "percobaan_akses", "akses_data", "akses_ditolak", "detak", "sewa"}
ORIGIN = {
    "syarat": "AKTA", "bagian": "jenis", "kind": "bap", "code": "tiada", "token": "tiada", "n": 1, "number": 1,
    "berkas": "app.css",
}  # fmt: skip
RANDOM = re.compile(r'name="csrf_token" value="[^"]+"|[0-9a-f]{32}')  # of each answer: its token, its incident


@dataclass(frozen=True)
class Address:
    """One rule of the map, its policy, and the address of it that belongs to some application."""

    rule: Rule
    policy: AccessPolicy
    path: str

    @property
    def methods(self) -> list[str]:
        return sorted((self.rule.methods or set()) - {"OPTIONS"})

    def is_for(self, *name: str) -> bool:
        return self.policy.name in name


def ids_of(db: Engine, permohonan_id: UUID) -> dict[str, object]:
    """Values for every argument of every rule, as far as this application has them."""
    with db.connect() as conn:
        berkas = conn.execute(select(Berkas.id, Berkas.sha256).where(Berkas.permohonan_id == permohonan_id)).first()
        one = {name: conn.scalar(select(column).limit(1)) for name, column in _COLUMN.items()}
    return (
        ORIGIN
        | one
        | {
            "permohonan_id": permohonan_id,
            "tugas_id": at_desk(permohonan_id).tugas_id,
            "berkas_id": berkas.id if berkas else None,
            "sha256": berkas.sha256 if berkas else None,
            "request_id": uuid4(),
        }
    )


_COLUMN = {
    "account_id": Account.id, "penugasan_id": Penugasan.id, "upload_id": Upload.id, "outbox_id": Outbox.id,
    "notice_id": Notice.id,
}  # fmt: skip


def addresses(app: Flask, content: Mapping[str, object]) -> Iterator[Address]:
    """Every rule of the map but static files, with these values where it has arguments, else made-up ones."""
    for rule in app.url_map.iter_rules():
        policy = app.view_functions[rule.endpoint].__dict__["policy"]
        value = {a: content.get(a) or (1 if a == "outbox_id" else uuid4()) for a in rule.arguments}
        built = rule.build(value)
        assert built is not None, rule
        yield Address(rule, policy, built[1])


def fingerprint(db: Engine) -> dict[str, str]:
    """A checksum of every table of business."""
    tables = [t.name for t in metadata.sorted_tables if t.name not in TRACE]
    with db.connect() as conn:
        return {
            t: str(conn.scalar(text(f"SELECT md5(string_agg(t::text, '' ORDER BY t::text)) FROM {t} t")))
            for t in tables
        }


def ask(browser: Browser, method: str, path: str, **other: object) -> TestResponse:
    """Send anything, with the CSRF token where one is needed."""
    if method in {"GET", "HEAD"}:
        return browser.web_client.open(path, method=method, **other)
    head = {"X-CSRFToken": browser.token, "Upload-Length": "5", "Upload-Offset": "0"}
    return browser.web_client.open(path, method=method, headers=head, **{"data": {}, **other})


def answer(answer: TestResponse) -> tuple[int, str]:
    """What can be told apart from outside: status, and the body without what differs from answer to answer."""
    content = answer.text if answer.mimetype.startswith("text/") else answer.mimetype
    answer.close()
    return answer.status_code, RANDOM.sub("", content)
