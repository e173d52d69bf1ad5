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
from pipeline.sop.words import KeputusanKind
from tests.desks import DINAS_TEKNIS, KABID_PERIZINAN, KEPALA_DINAS, SEKRETARIS
from tests.factories import WEDNESDAY, at_desk, bring_to, decide_at, person
from tests.web.desk import make_kantor, make_officer  # noqa: F401 - the fixture kantor

REASON = "Petugas sedang dinas luar."


@pytest.fixture
def berkas(kantor):
    """A file on the inspection desk, in the hands of one of its two officers."""
    make_officer("teknis2@uji.test", DINAS_TEKNIS, name="Rusmini Hayati")
    one = kantor.carry("rekomendasi")
    claim(at_desk(one.permohonan_id).tugas_id, actor=kantor.person[DINAS_TEKNIS], now=WEDNESDAY)
    return one


def page(berkas) -> str:
    return f"/petugas/permohonan/{berkas.permohonan_id}"


def recipient(kantor, browser, berkas) -> str:
    """The value of Rusmini in the list that the superior sees."""
    text = browser.open_page(page(berkas)).text
    return text.split('">Rusmini Hayati</option>')[0].rsplit('value="', 1)[1]


def test_the_superior_sees_who_has_it_and_gives_it_to_another(kantor, berkas):
    kabid = kantor[KABID_PERIZINAN]
    assert "dipegang Petugas Dinas Teknis" in kabid.open_page(page(berkas)).text
    content = {"kepada": recipient(kantor, kabid, berkas), "alasan": REASON}
    tugas_id = at_desk(berkas.permohonan_id).tugas_id
    answer = kabid.send(f"/petugas/tugas/{tugas_id}/alihkan", content)
    assert answer.status_code == 303
    after = kabid.open_page(answer.location).text
    assert "dipegang Rusmini Hayati" in after
    assert "Dialihkan dari Petugas Dinas Teknis kepada Rusmini Hayati" in after
    assert REASON in after
    with unit_of_work() as s:
        assert str(s.get_one(Tugas, tugas_id).taken_by) == content["kepada"]
        said = s.scalars(select(PeristiwaWords.words).where(PeristiwaWords.words["kepada"].astext == "Rusmini Hayati"))
        assert said.one()["sebagai"] == "Kabid Perizinan"
    assert verify_all()[1] == []


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"alasan": "cuti"}, "Tulis alasannya"),
        ({"kepada": ""}, "Pilih petugas yang menerima"),
        ({"kepada": "x"}, "Pilih petugas"),
    ],
)
def test_a_wrong_field_is_told_and_the_rest_is_kept(kantor, berkas, change, sentence):
    kabid = kantor[KABID_PERIZINAN]
    content = {"kepada": recipient(kantor, kabid, berkas), "alasan": REASON, **change}
    answer = kabid.send(f"/petugas/tugas/{at_desk(berkas.permohonan_id).tugas_id}/alihkan", content)
    assert answer.status_code == 422
    assert "<title>Galat:" in answer.text
    assert sentence in answer.text
    assert content["alasan"] in answer.text


def test_it_is_for_the_superior_alone(kantor, berkas):
    tugas = f"/petugas/tugas/{at_desk(berkas.permohonan_id).tugas_id}/alihkan"
    content = {"kepada": recipient(kantor, kantor[KABID_PERIZINAN], berkas), "alasan": REASON}
    assert "Alihkan berkas" not in kantor[DINAS_TEKNIS].open_page(page(berkas)).text
    for peran in (DINAS_TEKNIS, SEKRETARIS, KEPALA_DINAS):
        kantor[peran].open_page("/petugas/antrean")
        assert kantor[peran].send(tugas, content).status_code == 404, peran
    assert kantor[SEKRETARIS].open_page(page(berkas)).status_code == 404


def test_a_file_that_has_moved_on_is_not_reassigned(kantor, berkas):
    kabid = kantor[KABID_PERIZINAN]
    content = {"kepada": recipient(kantor, kabid, berkas), "alasan": REASON}
    old = at_desk(berkas.permohonan_id).tugas_id
    bring_to(berkas.permohonan_id, "paraf_kabid", kantor.person)
    assert kabid.send(f"/petugas/tugas/{old}/alihkan", content).status_code == 409


@pytest.mark.parametrize("act", ["alihkan", "perpanjang"])
@pytest.mark.parametrize("gone", ["withdrawn", "sent back"])
def test_a_superior_is_told_where_the_file_has_gone(kantor, berkas, act, gone):
    kabid, p = kantor[KABID_PERIZINAN], berkas.permohonan_id
    content = {"kepada": recipient(kantor, kabid, berkas), "alasan": REASON, "hari": "1", "alasan-perpanjang": REASON}
    address = f"/petugas/tugas/{at_desk(p).tugas_id}/{act}"
    if gone == "withdrawn":
        with unit_of_work() as s:
            pemohon = s.get_one(Permohonan, p).pemohon_id
        withdraw(p, actor=pemohon, reason="", now=WEDNESDAY)
    else:
        items = (Request("isian", "uraian_kegiatan", "Jelaskan."),)
        back = Keputusan(kind=KeputusanKind.KEMBALIKAN, target="ajukan", reason=REASON, requests=items)
        desk = at_desk(p)
        decide(desk.tugas_id, back, actor=kantor.person[DINAS_TEKNIS], seen=desk.seen, now=WEDNESDAY)
    answer = kabid.send(address, content)
    assert answer.status_code == 409
    assert ("dibatalkan pemohonnya" if gone == "withdrawn" else "tidak di meja Dinas Teknis") in answer.text


def secretary_for_kabid(kantor):
    """The Sekretaris is Plh. of the Kabid today; their id."""
    secretary = kantor.person[SEKRETARIS].person_id
    delegate(
        recipient=secretary,
        replaces=kantor.person[KABID_PERIZINAN].person_id,
        peran=KABID_PERIZINAN,
        basis="plh",
        assignment_letter="800/1",
        scan=None,
        start_date=WEDNESDAY.date(),
        end_date=WEDNESDAY.date(),
        actor=Petugas(person(Peran.ADMIN), Peran.ADMIN),
        now=WEDNESDAY,
    )
    return secretary


def test_the_substitute_of_the_superior_may_do_it_too(kantor, berkas):
    secretary_for_kabid(kantor)
    browser = kantor[SEKRETARIS]
    content = {"kepada": recipient(kantor, browser, berkas), "alasan": REASON}
    assert browser.send(f"/petugas/tugas/{at_desk(berkas.permohonan_id).tugas_id}/alihkan", content).status_code == 303
    assert "Plh. Kabid Perizinan" in browser.open_page(page(berkas)).text


def test_taking_and_releasing_are_in_the_history(kantor, berkas):
    technical = kantor[DINAS_TEKNIS]
    technical.open_page(berkas.address)
    technical.send(f"{berkas.address}/lepas")
    text = technical.open_page(page(berkas)).text
    assert "Diambil" in text
    assert "Dilepas ke antrean" in text


def test_an_empty_form_tells_everything_at_once(kantor, berkas):
    kabid = kantor[KABID_PERIZINAN]
    kabid.open_page(page(berkas))
    text = kabid.send(f"/petugas/tugas/{at_desk(berkas.permohonan_id).tugas_id}/alihkan", {}).text
    assert 'href="#kepada"' in text
    assert 'href="#alasan"' in text


def test_a_substitutes_decision_names_both(kantor):
    berkas = kantor.carry("paraf_kabid")
    secretary = secretary_for_kabid(kantor)
    decide_at(berkas.permohonan_id, Petugas(secretary, KABID_PERIZINAN), KeputusanKind.SETUJUI)
    text = kantor[KABID_PERIZINAN].open_page(page(berkas)).text
    assert "Petugas Sekretaris, Plh. Kabid Perizinan menggantikan Petugas Kabid Perizinan" in text


def test_every_kind_of_event_has_words_or_needs_none():
    told_elsewhere = {"keputusan", "naskah", "eskalasi", "dialihkan", "diperpanjang", "tenggat_bergeser"}
    assert PERISTIWA_KINDS - set(WORDS) - set(NOMOR) - WITHOUT_WORDS - told_elsewhere == set()
