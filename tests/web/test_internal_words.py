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
from pipeline.roles import Peran
from pipeline.rules.transitions import Keputusan, Request
from pipeline.rules.verification import Result, Verdict
from pipeline.services.applicant.form import save_isian
from pipeline.services.applicant.submit import submit
from pipeline.services.desk.decide import decide
from pipeline.services.desk.extend import extend
from pipeline.services.desk.supervise import reassign
from pipeline.services.outbox import automatic
from pipeline.services.people.actor import Petugas
from pipeline.sop.values import KeputusanKind
from tests import factories
from tests.factories import RABU, at_desk, bring_to, submitted, work_off
from tests.web.conftest import Peramban, SamplePerson
from tests.web.meja import PASSPHRASE, Berkas, Kantor, give_certificate, make_kantor, make_officer  # noqa: F401 - the fixture kantor
from tests.web.url_map import addresses, ids_of

SECRET = "rahasia-meja"
TO_PEMOHON = "Kepada pemohon: ketik ulang alamatnya."
KABID, FRONT, HEADERS = Peran.KABID_PERIZINAN, Peran.FRONT_OFFICE, Peran.KEPALA_DINAS


def words_read(app: Flask, db: Engine, permohonan_id: UUID, pemohon: SamplePerson, tamu: Peramban) -> Iterator[str]:
    """Every page and paper the applicant and the public can open, and every notice the applicant was sent."""
    for browser in (pemohon.peramban, tamu):
        for alamat in addresses(app, ids_of(db, permohonan_id)):
            if "GET" in alamat.methods:
                jawaban = browser.web_client.get(alamat.path)
                is_pdf = jawaban.mimetype == "application/pdf"
                yield pdf_text(jawaban.data) if is_pdf else jawaban.data.decode(errors="replace")
                jawaban.close()
    with db.connect() as conn:
        p = conn.execute(select(Permohonan.nomor, Permohonan.kode_lacak)).one()
        own = text("SELECT judul || ' ' || isi || ' ' || coalesce(tautan, '') FROM pemberitahuan WHERE person_id = :o")
        yield from conn.scalars(own, {"o": pemohon.person_id})
    tamu.buka("/lacak")
    yield tamu.kirim("/lacak", {"nomor": p.nomor, "kode": p.kode_lacak}).text


@pytest.fixture
def _written_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Marked words wherever the office writes for itself: verdicts, BAP, what was thought of the recommendation."""
    form, verify = factories.bap_form, automatic.verify
    mark = {"catatan": f"{SECRET} BAP", "rek-pertimbangan": f"{SECRET} rekomendasi"}
    monkeypatch.setattr(factories, "bap_form", lambda *a, **k: {**form(*a, **k), **mark})

    def marked(v: Verdict) -> Verdict:
        return v if v.hasil is Result.GAGAL else replace(v, kalimat=f"{SECRET} pemeriksaan.")

    monkeypatch.setattr(automatic, "verify", lambda *a: tuple(map(marked, verify(*a))))


def send_back(permohonan_id: UUID, oleh: Petugas, ke: str, alasan: str, *items: Request, menit: int) -> None:
    meja = at_desk(permohonan_id)
    k = Keputusan(jenis=KeputusanKind.KEMBALIKAN, ke=ke, alasan=alasan, permintaan=items)
    decide(meja.tugas_id, k, oleh=oleh, seen=meja.seen, now=RABU + timedelta(minutes=menit))
    work_off(RABU + timedelta(minutes=menit))


@pytest.mark.usefixtures("_written_everywhere")
def test_no_word_of_one_desk_to_another_reaches_the_applicant_or_the_public(
    app: Flask, db: Engine, kantor: Kantor, pemohon: SamplePerson, tamu: Peramban
) -> None:
    give_certificate(kantor)
    lain = make_officer("lain@uji.test", FRONT, nama="Petugas Kedua")
    file = Berkas(submitted(pemohon.person_id))
    p = file.permohonan_id
    bring_to(p, "paraf_kabid", kantor.orang)
    send_back(p, kantor.orang[KABID], "periksa", f"{SECRET} alasan Kabid kepada Front Office", menit=1)
    meja, atasan = at_desk(p), kantor.orang[KABID]
    extend(meja.tugas_id, 1, f"{SECRET} alasan perpanjangan", oleh=atasan, now=RABU + timedelta(minutes=2))
    reassign(meja.tugas_id, lain, f"{SECRET} alasan pengalihan", oleh=atasan, now=RABU + timedelta(minutes=3))
    ask = Request("isian", "alamat", TO_PEMOHON)
    send_back(p, Petugas(lain, FRONT), "ajukan", "", ask, menit=4)

    dikembalikan = list(words_read(app, db, p, pemohon, tamu))
    assert any(TO_PEMOHON in t for t in dikembalikan)
    assert [t for t in dikembalikan if SECRET in t] == []

    nanti = RABU + timedelta(minutes=5)
    save_isian(p, {"alamat": "Jl. Trikora No. 9"}, oleh=pemohon.person_id, now=nanti)
    submit(p, oleh=pemohon.person_id, privacy_version="1", now=nanti)
    bring_to(p, "tanda_tangan", kantor.orang, now=nanti)
    assert [t for t in words_read(app, db, p, pemohon, tamu) if SECRET in t] == []

    kantor[HEADERS].buka(f"{file.alamat}/tanda-tangan")
    assert kantor[HEADERS].kirim(f"{file.alamat}/tanda-tangan", file.shown(passphrase=PASSPHRASE)).status_code == 303
    work_off(nanti)
    assert [t for t in words_read(app, db, p, pemohon, tamu) if SECRET in t] == []


def test_the_reason_written_to_the_applicant_is_read_and_only_the_latest(
    kantor: Kantor, db: Engine, pemohon: SamplePerson
) -> None:
    p = submitted(pemohon.person_id)
    bring_to(p, "rekomendasi", kantor.orang)
    teknis = kantor.orang[Peran.DINAS_TEKNIS]
    for menit, alasan in ((1, "Alasan pertama kepada pemohon."), (3, "")):
        send_back(p, teknis, "ajukan", alasan, Request("isian", "alamat", "Tulis RT."), menit=menit)
        halaman = pemohon.peramban.buka(f"/permohonan/{p}").text
        assert ("Alasan pertama" in halaman) == bool(alasan)
        nanti = RABU + timedelta(minutes=menit + 1)
        save_isian(p, {"alamat": f"Jl. Baru No. {menit}"}, oleh=pemohon.person_id, now=nanti)
        submit(p, oleh=pemohon.person_id, privacy_version="1", now=nanti)
        bring_to(p, "rekomendasi", kantor.orang, now=nanti)
