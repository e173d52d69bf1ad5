"""What officers write to one another stays among them; the applicant and the public read what was written to them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Engine, select, text

from pipeline.documents.pdf.engine import pdf_text
from pipeline.models import Permohonan
from pipeline.rules.sentences import say
from pipeline.rules.transitions import Keputusan, Request
from pipeline.rules.verification import CheckResult, Verdict
from pipeline.rules.verification.findings import Finding
from pipeline.services.applicant.form import save_isian
from pipeline.services.applicant.submit import submit
from pipeline.services.desk.decide import decide
from pipeline.services.desk.extend import extend
from pipeline.services.desk.supervise import reassign
from pipeline.services.outbox import automatic
from pipeline.services.people.actor import Petugas
from pipeline.sop.words import KeputusanKind
from tests import factories
from tests.desks import DINAS_TEKNIS, FRONT_OFFICE, KABID_PERIZINAN, KEPALA_DINAS
from tests.factories import WEDNESDAY, at_desk, bring_to, submitted, work_off
from tests.web.conftest import Browser, SamplePerson
from tests.web.desk import PASSPHRASE, Berkas, Kantor, give_certificate, make_kantor, make_officer  # noqa: F401 - the fixture kantor
from tests.web.url_map import addresses, ids_of

SECRET = "rahasia-meja"
TO_PEMOHON = "Kepada pemohon: ketik ulang alamatnya."
KABID, FRONT, HEADERS = KABID_PERIZINAN, FRONT_OFFICE, KEPALA_DINAS


def words_read(app: Flask, db: Engine, permohonan_id: UUID, pemohon: SamplePerson, guest: Browser) -> Iterator[str]:
    """Every page and paper the applicant and the public can open, and every notice the applicant was sent."""
    for browser in (pemohon.browser, guest):
        for address in addresses(app, ids_of(db, permohonan_id)):
            if "GET" in address.methods:
                answer = browser.web_client.get(address.path)
                is_pdf = answer.mimetype == "application/pdf"
                yield pdf_text(answer.data) if is_pdf else answer.data.decode(errors="replace")
                answer.close()
    with db.connect() as conn:
        p = conn.execute(select(Permohonan.nomor, Permohonan.tracking_code)).one()
        own = text(
            "SELECT title || ' ' || content || ' ' || coalesce(link, '') FROM pemberitahuan WHERE person_id = :o"
        )
        yield from conn.scalars(own, {"o": pemohon.person_id})
    guest.open_page("/lacak")
    yield guest.send("/lacak", {"nomor": p.nomor, "kode": p.tracking_code}).text


@pytest.fixture
def _written_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Marked words wherever the office writes for itself: verdicts, BAP, what was thought of the recommendation."""
    form, verify = factories._typed, automatic.verify
    mark = {"bap_catatan": f"{SECRET} BAP", "rek_pertimbangan": f"{SECRET} rekomendasi"}
    monkeypatch.setattr(factories, "_typed", lambda *a, **k: {**form(*a, **k), **mark})

    def marked(v: Verdict) -> Verdict:
        return (
            v
            if v.result is CheckResult.GAGAL
            else replace(v, sentence=say(Finding.UNREADABLE, file=SECRET, cause="pemeriksaan."))
        )

    monkeypatch.setattr(automatic, "verify", lambda *a: tuple(map(marked, verify(*a))))


def send_back(permohonan_id: UUID, actor: Petugas, target: str, reason: str, *items: Request, minutes: int) -> None:
    desk = at_desk(permohonan_id)
    k = Keputusan(kind=KeputusanKind.KEMBALIKAN, target=target, reason=reason, requests=items)
    decide(desk.tugas_id, k, actor=actor, seen=desk.seen, now=WEDNESDAY + timedelta(minutes=minutes))
    work_off(WEDNESDAY + timedelta(minutes=minutes))


@pytest.mark.usefixtures("_written_everywhere")
def test_no_word_of_one_desk_to_another_reaches_the_applicant_or_the_public(
    app: Flask, db: Engine, kantor: Kantor, pemohon: SamplePerson, guest: Browser
) -> None:
    give_certificate(kantor)
    other = make_officer("lain@uji.test", FRONT, name="Petugas Kedua")
    file = Berkas(submitted(pemohon.person_id))
    p = file.permohonan_id
    bring_to(p, "paraf_kabid", kantor.person)
    send_back(p, kantor.person[KABID], "periksa", f"{SECRET} alasan Kabid kepada Front Office", minutes=1)
    desk, superior = at_desk(p), kantor.person[KABID]
    extend(desk.tugas_id, 1, f"{SECRET} alasan perpanjangan", actor=superior, now=WEDNESDAY + timedelta(minutes=2))
    reassign(desk.tugas_id, other, f"{SECRET} alasan pengalihan", actor=superior, now=WEDNESDAY + timedelta(minutes=3))
    ask = Request("isian", "alamat", TO_PEMOHON)
    send_back(p, Petugas(other, FRONT), "ajukan", "", ask, minutes=4)

    returned = list(words_read(app, db, p, pemohon, guest))
    assert any(TO_PEMOHON in t for t in returned)
    assert [t for t in returned if SECRET in t] == []

    later = WEDNESDAY + timedelta(minutes=5)
    save_isian(p, {"alamat": "Jl. Trikora No. 9"}, actor=pemohon.person_id, now=later)
    submit(p, actor=pemohon.person_id, privacy_version="1", now=later)
    bring_to(p, "tanda_tangan", kantor.person, now=later)
    assert [t for t in words_read(app, db, p, pemohon, guest) if SECRET in t] == []

    kantor[HEADERS].open_page(f"{file.address}/tanda-tangan")
    assert kantor[HEADERS].send(f"{file.address}/tanda-tangan", file.shown(passphrase=PASSPHRASE)).status_code == 303
    work_off(later)
    assert [t for t in words_read(app, db, p, pemohon, guest) if SECRET in t] == []


def test_the_reason_written_to_the_applicant_is_read_and_only_the_latest(
    kantor: Kantor, db: Engine, pemohon: SamplePerson
) -> None:
    p = submitted(pemohon.person_id)
    bring_to(p, "rekomendasi", kantor.person)
    technical = kantor.person[DINAS_TEKNIS]
    for minutes, reason in ((1, "Alasan pertama kepada pemohon."), (3, "")):
        send_back(p, technical, "ajukan", reason, Request("isian", "alamat", "Tulis RT."), minutes=minutes)
        page = pemohon.browser.open_page(f"/permohonan/{p}").text
        assert ("Alasan pertama" in page) == bool(reason)
        later = WEDNESDAY + timedelta(minutes=minutes + 1)
        save_isian(p, {"alamat": f"Jl. Baru No. {minutes}"}, actor=pemohon.person_id, now=later)
        submit(p, actor=pemohon.person_id, privacy_version="1", now=later)
        bring_to(p, "rekomendasi", kantor.person, now=later)
