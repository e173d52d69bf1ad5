"""A superior, by the SOP, gives a file on a desk below to another person there, and the history says so."""

import pytest
from sqlalchemy import select

from pipeline.db import unit_of_work
from pipeline.models import PeristiwaWords, Permohonan, Tugas
from pipeline.queries.desk.desk_riwayat import NOMOR, WITHOUT_WORDS, WORDS
from pipeline.roles import Peran
from pipeline.rules.history.fold import PERISTIWA_KINDS
from pipeline.rules.transitions import Keputusan, Request
from pipeline.services.applicant.close import withdraw
from pipeline.services.desk.claim import claim
from pipeline.services.desk.decide import decide
from pipeline.services.people.actor import Petugas
from pipeline.services.people.delegasi import delegate
from pipeline.services.records.verify.whole import verify_all
from pipeline.sop.values import KeputusanKind
from tests.factories import RABU, at_desk, bring_to, decide_at, person
from tests.web.meja import make_kantor, make_officer  # noqa: F401 - the fixture kantor

REASON = "Petugas sedang dinas luar."


@pytest.fixture
def berkas(kantor):
    """A file on the inspection desk, in the hands of one of its two officers."""
    make_officer("teknis2@uji.test", Peran.DINAS_TEKNIS, nama="Rusmini Hayati")
    satu = kantor.bawa("rekomendasi")
    claim(at_desk(satu.permohonan_id).tugas_id, oleh=kantor.orang[Peran.DINAS_TEKNIS], now=RABU)
    return satu


def halaman(berkas) -> str:
    return f"/petugas/permohonan/{berkas.permohonan_id}"


def kepada(kantor, peramban, berkas) -> str:
    """The value of Rusmini in the list that the superior sees."""
    teks = peramban.buka(halaman(berkas)).text
    return teks.split('">Rusmini Hayati</option>')[0].rsplit('value="', 1)[1]


def test_the_superior_sees_who_has_it_and_gives_it_to_another(kantor, berkas):
    kabid = kantor[Peran.KABID_PERIZINAN]
    assert "dipegang Petugas Dinas Teknis" in kabid.buka(halaman(berkas)).text
    isi = {"kepada": kepada(kantor, kabid, berkas), "alasan": REASON}
    tugas_id = at_desk(berkas.permohonan_id).tugas_id
    jawaban = kabid.kirim(f"/petugas/tugas/{tugas_id}/alihkan", isi)
    assert jawaban.status_code == 303
    sesudah = kabid.buka(jawaban.location).text
    assert "dipegang Rusmini Hayati" in sesudah
    assert "Dialihkan dari Petugas Dinas Teknis kepada Rusmini Hayati" in sesudah
    assert REASON in sesudah
    with unit_of_work() as s:
        assert str(s.get_one(Tugas, tugas_id).taken_by) == isi["kepada"]
        said = s.scalars(select(PeristiwaWords.words).where(PeristiwaWords.words["kepada"].astext == "Rusmini Hayati"))
        assert said.one()["sebagai"] == "Kabid Perizinan"
    assert verify_all()[1] == []


@pytest.mark.parametrize(
    ("ubah", "kalimat"),
    [
        ({"alasan": "cuti"}, "Tulis alasannya"),
        ({"kepada": ""}, "Pilih petugas yang menerima"),
        ({"kepada": "x"}, "Pilih petugas"),
    ],
)
def test_a_wrong_field_is_told_and_the_rest_is_kept(kantor, berkas, ubah, kalimat):
    kabid = kantor[Peran.KABID_PERIZINAN]
    isi = {"kepada": kepada(kantor, kabid, berkas), "alasan": REASON, **ubah}
    jawaban = kabid.kirim(f"/petugas/tugas/{at_desk(berkas.permohonan_id).tugas_id}/alihkan", isi)
    assert jawaban.status_code == 422
    assert "<title>Galat:" in jawaban.text
    assert kalimat in jawaban.text
    assert isi["alasan"] in jawaban.text


def test_it_is_for_the_superior_alone(kantor, berkas):
    tugas = f"/petugas/tugas/{at_desk(berkas.permohonan_id).tugas_id}/alihkan"
    isi = {"kepada": kepada(kantor, kantor[Peran.KABID_PERIZINAN], berkas), "alasan": REASON}
    assert "Alihkan berkas" not in kantor[Peran.DINAS_TEKNIS].buka(halaman(berkas)).text
    for peran in (Peran.DINAS_TEKNIS, Peran.SEKRETARIS, Peran.KEPALA_DINAS):
        kantor[peran].buka("/petugas/antrean")
        assert kantor[peran].kirim(tugas, isi).status_code == 404, peran
    assert kantor[Peran.SEKRETARIS].buka(halaman(berkas)).status_code == 404


def test_a_file_that_has_moved_on_is_not_reassigned(kantor, berkas):
    kabid = kantor[Peran.KABID_PERIZINAN]
    isi = {"kepada": kepada(kantor, kabid, berkas), "alasan": REASON}
    lama = at_desk(berkas.permohonan_id).tugas_id
    bring_to(berkas.permohonan_id, "paraf_kabid", kantor.orang)
    assert kabid.kirim(f"/petugas/tugas/{lama}/alihkan", isi).status_code == 409


@pytest.mark.parametrize("act", ["alihkan", "perpanjang"])
@pytest.mark.parametrize("gone", ["withdrawn", "sent back"])
def test_a_superior_is_told_where_the_file_has_gone(kantor, berkas, act, gone):
    kabid, p = kantor[Peran.KABID_PERIZINAN], berkas.permohonan_id
    isi = {"kepada": kepada(kantor, kabid, berkas), "alasan": REASON, "hari": "1", "alasan-perpanjang": REASON}
    address = f"/petugas/tugas/{at_desk(p).tugas_id}/{act}"
    if gone == "withdrawn":
        with unit_of_work() as s:
            pemohon = s.get_one(Permohonan, p).pemohon_id
        withdraw(p, oleh=pemohon, alasan="", now=RABU)
    else:
        items = (Request("isian", "uraian_kegiatan", "Jelaskan."),)
        back = Keputusan(jenis=KeputusanKind.KEMBALIKAN, ke="ajukan", alasan=REASON, permintaan=items)
        meja = at_desk(p)
        decide(meja.tugas_id, back, oleh=kantor.orang[Peran.DINAS_TEKNIS], seen=meja.seen, now=RABU)
    answer = kabid.kirim(address, isi)
    assert answer.status_code == 409
    assert ("dibatalkan pemohonnya" if gone == "withdrawn" else "tidak di meja Dinas Teknis") in answer.text


def test_the_substitute_of_the_superior_may_do_it_too(kantor, berkas):
    admin = Petugas(person(Peran.ADMIN), Peran.ADMIN)
    sekretaris = kantor.orang[Peran.SEKRETARIS].person_id
    delegate(
        kepada=sekretaris, menggantikan=kantor.orang[Peran.KABID_PERIZINAN].person_id, peran=Peran.KABID_PERIZINAN,
        dasar="plh", assignment_letter="800/1", scan=None, start_date=RABU.date(), end_date=RABU.date(),
        oleh=admin, now=RABU,
    )  # fmt: skip
    peramban = kantor[Peran.SEKRETARIS]
    isi = {"kepada": kepada(kantor, peramban, berkas), "alasan": REASON}
    assert peramban.kirim(f"/petugas/tugas/{at_desk(berkas.permohonan_id).tugas_id}/alihkan", isi).status_code == 303
    assert "Plh. Kabid Perizinan" in peramban.buka(halaman(berkas)).text


def test_taking_and_releasing_are_in_the_history(kantor, berkas):
    teknis = kantor[Peran.DINAS_TEKNIS]
    teknis.buka(berkas.alamat)
    teknis.kirim(f"{berkas.alamat}/lepas")
    teks = teknis.buka(halaman(berkas)).text
    assert "Diambil" in teks
    assert "Dilepas ke antrean" in teks


def test_an_empty_form_tells_everything_at_once(kantor, berkas):
    kabid = kantor[Peran.KABID_PERIZINAN]
    kabid.buka(halaman(berkas))
    teks = kabid.kirim(f"/petugas/tugas/{at_desk(berkas.permohonan_id).tugas_id}/alihkan", {}).text
    assert 'href="#kepada"' in teks
    assert 'href="#alasan"' in teks


def test_a_substitutes_decision_names_both(kantor):
    berkas = kantor.bawa("paraf_kabid")
    admin = Petugas(person(Peran.ADMIN), Peran.ADMIN)
    sekretaris = kantor.orang[Peran.SEKRETARIS].person_id
    delegate(
        kepada=sekretaris, menggantikan=kantor.orang[Peran.KABID_PERIZINAN].person_id, peran=Peran.KABID_PERIZINAN,
        dasar="plh", assignment_letter="800/1", scan=None, start_date=RABU.date(), end_date=RABU.date(),
        oleh=admin, now=RABU,
    )  # fmt: skip
    decide_at(berkas.permohonan_id, Petugas(sekretaris, Peran.KABID_PERIZINAN), KeputusanKind.SETUJUI)
    teks = kantor[Peran.KABID_PERIZINAN].buka(halaman(berkas)).text
    assert "Petugas Sekretaris, Plh. Kabid Perizinan menggantikan Petugas Kabid Perizinan" in teks


def test_every_kind_of_event_has_words_or_needs_none():
    told_elsewhere = {"keputusan", "naskah", "eskalasi", "dialihkan", "diperpanjang", "tenggat_bergeser"}
    assert PERISTIWA_KINDS - set(WORDS) - set(NOMOR) - WITHOUT_WORDS - told_elsewhere == set()
