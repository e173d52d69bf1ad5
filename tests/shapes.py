"""SOPs of other shapes than the office's first one, and files that walk through them by the data of the SOP alone."""

import copy
import hashlib
import tempfile
import tomllib
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from pipeline.db import unit_of_work
from pipeline.documents.signing import Secret
from pipeline.documents.template import templates
from pipeline.kantor.office import kantor
from pipeline.models import Permohonan, Tugas
from pipeline.roles import Peran
from pipeline.services.applicant.form import create_draft, save_isian
from pipeline.services.applicant.submit import submit
from pipeline.services.desk.claim import redraft
from pipeline.services.desk.sign import sign
from pipeline.services.people.actor import Petugas
from pipeline.settings import settings
from pipeline.sop import registry
from pipeline.sop.load import build_sop
from pipeline.sop.values import Sop
from pipeline.sop.way import form
from pipeline.sop.words import KeputusanKind
from pipeline.uploads import Accepted
from tests.factories import WEDNESDAY, at_desk, decide_at, keep_berkas, work_off
from tests.papers import write_templates

DATA = Path(__file__).parent / "data"
PASSPHRASE = "frasa-uji-2026"
REASON = "Alasan yang cukup panjang."
WITHOUT_ADDITIONS = {"pertimbangan": "", "tembusan": []}

Tree = dict[str, Any]  # a parsed TOML document
Office = Mapping[Peran, Petugas]


def tree(name: str) -> Tree:
    """The parsed file of a shape under ``tests/data``."""
    return tomllib.loads((DATA / f"{name}.toml").read_text("utf-8"))


def shape(name: str, *changes: Callable[[Tree], object]) -> Sop:
    """The SOP of that file with these changes, checked."""
    changed = copy.deepcopy(tree(name))
    for change in changes:
        change(changed)
    return build_sop(changed, f"{name}.toml", kantor().posts)


def step(code: str, **values: object) -> Callable[[Tree], object]:
    """A change of a langkah; None takes a key away."""

    def change(d: Tree) -> None:
        row = next(row for row in d["langkah"] if row["kode"] == code)
        row.update(values)
        for key in [key for key, value in values.items() if value is None]:
            row.pop(key, None)

    return change


def added(after: str, **row: object) -> Callable[[Tree], object]:
    """A row put in after another, which leads to it."""

    def change(d: Tree) -> None:
        place = next(n for n, one in enumerate(d["langkah"]) if one["kode"] == after)
        before = d["langkah"][place]
        text = dict.fromkeys(("kegiatan", "kelengkapan", "output", "status"), "Berkas")
        d["langkah"].insert(place + 1, {**text, "ke": before["ke"], **row})
        before["ke"] = row["kode"]
        for no, one in enumerate(d["langkah"], start=1):
            one["no"] = no

    return change


def without(*codes: str) -> Callable[[Tree], object]:
    """Rows taken out: whoever led there leads to what followed, and nobody returns there."""

    def change(d: Tree) -> None:
        gone = {row["kode"]: row["ke"] for row in d["langkah"] if row["kode"] in codes}
        d["langkah"] = [row for row in d["langkah"] if row["kode"] not in gone]
        for no, row in enumerate(d["langkah"], start=1):
            row["no"] = no
            while row["ke"] in gone:
                row["ke"] = gone[row["ke"]]
            row["kembali_ke"] = [code for code in row.get("kembali_ke", ()) if code not in gone]

    return change


def papers(*codes: str) -> Callable[[Tree], object]:
    """A change that leaves these papers alone."""
    return lambda d: d.update(naskah=[row for row in d["naskah"] if row["kode"] in codes])


def install(monkeypatch: pytest.MonkeyPatch, sop: Sop) -> Sop:
    """The office runs it, with a first template of each of its papers."""
    folder = Path(tempfile.mkdtemp(dir=settings().data))
    write_templates(sop, folder)
    monkeypatch.setattr(templates, "FOLDER", folder)
    monkeypatch.setattr(registry, "_EVERY", {**registry._EVERY, (sop.code, sop.version): sop})
    monkeypatch.setattr(registry, "SOPS", MappingProxyType({**registry.SOPS, sop.code: sop}))
    return sop


def handed_in(sop: Sop, pemohon: UUID, content: Mapping[str, str | tuple[str, ...]], now: datetime = WEDNESDAY) -> UUID:
    """A file of this SOP, sent to its first desk."""
    p = create_draft(sop.code, pemohon, now=now)
    save_isian(p, content, actor=pemohon, now=now)
    for syarat in form(sop, sop.first).required_syarat(content):
        upload(p, syarat.code, pemohon, now=now)
    submit(p, actor=pemohon, privacy_version="1", now=now)
    work_off(now)
    return p


def upload(p: UUID, syarat: str, actor: UUID, payload: bytes = b"isi", *, now: datetime = WEDNESDAY) -> UUID:
    """A document, past the sandbox."""
    sha256 = hashlib.sha256(payload).hexdigest()
    one = Accepted(name="a.pdf", kind="pdf", payload=payload, page_count=1, original_sha256=sha256, original=None)
    return keep_berkas(p, syarat, one, actor=actor, now=now)


def forward(p: UUID, sop: Sop, office: Office, now: datetime = WEDNESDAY) -> None:
    """The desk where the file lies does its part and sends it on."""
    desk = at_desk(p)
    langkah, actor = sop[desk.langkah], office[desk.peran]
    if langkah.drafts:
        redraft(desk.tugas_id, WITHOUT_ADDITIONS, actor=actor, now=now)
    if langkah.signature:
        sign(desk.tugas_id, Secret(PASSPHRASE), actor=actor, seen=desk.seen, now=now)
    else:
        decide_at(p, actor, langkah.keputusan, now=now)
    work_off(now)


def forward_to(p: UUID, sop: Sop, office: Office, langkah: str | None, now: datetime = WEDNESDAY) -> None:
    """On to that langkah; None: until it is closed or lies with its applicant."""
    while (here := place(p)) != langkah and here is not None and sop[here].peran != Peran.PEMOHON:
        forward(p, sop, office, now)


def refuse(p: UUID, office: Office, now: datetime = WEDNESDAY, reason: str = REASON) -> None:
    decide_at(p, office[at_desk(p).peran], KeputusanKind.TOLAK, reason=reason, now=now)
    work_off(now)


def send_back(p: UUID, office: Office, target: str, now: datetime = WEDNESDAY) -> None:
    back = KeputusanKind.KEMBALIKAN
    decide_at(p, office[at_desk(p).peran], back, target=target, reason=REASON, now=now)
    work_off(now)


def place(p: UUID) -> str | None:
    """The langkah a file lies on; None once it is closed."""
    with unit_of_work() as s:
        return s.get_one(Permohonan, p).langkah


def standing(p: UUID) -> tuple[str, str | None]:
    """Status and direction."""
    with unit_of_work() as s:
        row = s.get_one(Permohonan, p)
        return row.status, row.arah


def path(p: UUID) -> list[str]:
    """The langkah it has been to, in the order it left them."""
    with unit_of_work() as s:
        rows = select(Tugas.langkah).where(Tugas.permohonan_id == p)
        return list(s.scalars(rows.order_by(Tugas.closed_at.nulls_last(), Tugas.created_at)))
