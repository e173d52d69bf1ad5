"""Step 2 without a person: what is accepted, what goes back to the applicant, what an officer has to look at."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.rules.sentences import say
from pipeline.rules.verification import CHECKS, BerkasFacts, CheckResult, EarlierSk, Facts, Verdict, outcome, verify
from pipeline.rules.verification.facts import PageFacts
from pipeline.rules.verification.findings import Finding
from pipeline.sop.policy import Policy
from pipeline.sop.registry import get_sop
from pipeline.sop.values import Sop
from pipeline.sop.words import KeputusanKind
from pipeline.uploads.refusals import RefusalReason

TODAY = date(2026, 11, 25)
SOP = get_sop("td_lks")

NEW: Mapping[str, str | tuple[str, ...]] = MappingProxyType(
    {
        "jenis": "BARU",
        "lembaga_jenis": "LKS",
        "bentuk": "BH",
        "posisi": "PUSAT",
        "lingkup": "KOTA",
        "nama_lembaga": "LKS Harapan Ibu",
        "nama_sk": "Yayasan Harapan Ibu",
        "alamat": "Jl. Panglima Batur 10",
        "kecamatan": next(iter(next(f for f in SOP.isian if f.code == "kecamatan").choices), "Banjarbaru Utara"),
        "kelurahan": next(iter(next(f for f in SOP.isian if f.code == "kelurahan").choices), "Loktabat Utara"),
        "telepon_lembaga": "6281234567890",
        "surel_lembaga": "harapan@contoh.id",
        "koordinat": "-3.4400, 114.8400",
        "ketua_nama": "Siti Aminah",
        "ketua_nik": "6372015203800001",
        "ketua_hp": "6281234567891",
        "sekretaris_nama": "Budi Santoso",
        "sekretaris_nik": "6372011203810002",
        "sekretaris_hp": "6281234567892",
        "bendahara_nama": "Rina Wati",
        "bendahara_nik": "6372014504820003",
        "bendahara_hp": "6281234567893",
        "akta_nomor": "12",
        "akta_tanggal": "2018-05-04",
        "akta_notaris": "Hj. Norhayati, S.H., M.Kn.",
        "ahu_nomor": "AHU-0012948.AH.01.04.Tahun 2018",
        "nib": "1234567890123",
        "npwp": "012345678901234",
        "rekening": "Bank Kalsel 001.00.12345",
        "tanggal_domisili": "2026-03-01",
        "akreditasi": "BELUM",
        "layanan": (next(iter(next(f for f in SOP.isian if f.code == "layanan").choices)),),
        "uraian_kegiatan": "Pendampingan lanjut usia di rumah.",
        "penerima_dalam": "0",
        "penerima_luar": "40",
        "kapasitas": "0",
        "pemohon_sebagai": "PENGURUS",
        "pemohon_nik": "6372015203800001",
    }
)
OLD: Mapping[str, str | tuple[str, ...]] = MappingProxyType(
    {**NEW, "jenis": "PERPANJANGAN", "berubah": (), "nomor_lama": "503/1/2021", "tanggal_lama_sampai": "2026-12-31"}
)


OURS = EarlierSk(
    nomor="503/0001/2021",
    refusal=False,
    revoked=False,
    until=date(2026, 12, 31),
    same_holder=True,
    same_pemohon=True,
)


def facts(data: Mapping[str, str | tuple[str, ...]] = NEW, **content: object) -> Facts:
    """An application with every mandatory document, changed in ``content``; a field is changed by its code."""
    changed = {k: v for k, v in content.items() if k in NEW or k in OLD}
    data = {**data, **{k: v for k, v in changed.items() if isinstance(v, str | tuple)}}
    berkas = tuple(
        BerkasFacts(syarat=s.code, name=f"{s.code.lower()}.pdf", original_sha256=f"sha-{s.code}", page_count=2)
        for s in SOP.required_syarat(data)
    )
    basis = Facts(data=data, berkas=berkas, today=TODAY, earlier_sk=OURS)
    return replace(basis, **{k: v for k, v in content.items() if k not in changed})  # type: ignore[arg-type]  # its fields


def without(f: Facts, syarat: str) -> Facts:
    return replace(f, berkas=tuple(b for b in f.berkas if b.syarat != syarat))


def changed(f: Facts, syarat: str, **content: object) -> Facts:
    """The same application with another file for one document."""
    new = tuple(replace(b, **content) if b.syarat == syarat else b for b in f.berkas)  # type: ignore[arg-type]  # its fields
    return replace(f, berkas=new)


def findings(f: Facts, sop: Sop = SOP) -> list[tuple[str, str, CheckResult]]:
    """What did not simply pass."""
    return [(v.kind, v.code, v.result) for v in verify(sop, f) if v.result is not CheckResult.LULUS]


def sentence(f: Facts) -> str:
    (sentence,) = [v.sentence for v in verify(SOP, f) if v.result is not CheckResult.LULUS]
    return str(sentence)


@pytest.mark.parametrize("data", [NEW, OLD], ids=["baru", "perpanjangan"])
def test_a_complete_application_is_accepted(data: Mapping[str, str | tuple[str, ...]]) -> None:
    verdicts = verify(SOP, facts(data))
    assert [v for v in verdicts if v.result is not CheckResult.LULUS] == []
    assert {v.code for v in verdicts if v.kind == "syarat"} == {s.code for s in SOP.required_syarat(data)}
    assert outcome(verdicts, SOP.policy).kind is KeputusanKind.SETUJUI


@pytest.mark.parametrize("syarat", [s.code for s in SOP.required_syarat(NEW)])
def test_each_mandatory_document_is_missed(syarat: str) -> None:
    f = without(facts(), syarat)
    assert findings(f) == [("syarat", syarat, CheckResult.GAGAL)]
    assert "belum diunggah" in sentence(f)


def test_a_document_not_asked_for_is_not_missed() -> None:
    assert findings(without(facts(bentuk="NONBH"), "AKTA")) == []


def test_a_file_that_does_not_open_is_asked_for_again_with_its_reason() -> None:
    f = changed(facts(), "AKTA", problem=say(RefusalReason.PDF_CUT))
    assert findings(f) == [("syarat", "AKTA", CheckResult.GAGAL)]
    assert sentence(f) == f"akta.pdf: {RefusalReason.PDF_CUT.template}"


def test_a_file_without_pages_is_asked_for_again() -> None:
    assert findings(changed(facts(), "SP", page_count=0)) == [("syarat", "SP", CheckResult.GAGAL)]


def test_one_page_is_a_document() -> None:
    assert findings(changed(facts(), "SP", page_count=1)) == []


def passed(f: Facts) -> list[str]:
    """What is said of what passed."""
    return [str(v.sentence) for v in verify(SOP, f) if v.result is CheckResult.LULUS]


def test_what_opens_is_said_once_and_of_all_files_or_none() -> None:
    f = facts()
    opened = f"Semua berkas ({len(f.berkas)}) dapat dibuka."
    assert opened in passed(f)
    assert "SP" in {b.syarat for b in f.berkas}
    assert not [text for text in passed(changed(f, "SP", page_count=0)) if "dapat dibuka" in text]
    assert not [text for text in passed(replace(f, berkas=())) if "dapat dibuka" in text]
    assert "Semua isian lengkap dan bentuknya benar." in passed(f)
    assert "Semua isian lengkap dan bentuknya benar." not in passed(facts(npwp="123"))


def test_all_files_of_a_document_are_counted() -> None:
    f = facts()
    ktp = next(b for b in f.berkas if b.syarat == "KTP")
    name = next(s.name for s in SOP.syarat if s.code == "KTP")
    both = replace(f, berkas=(*f.berkas, replace(ktp, original_sha256="sha-lain", page_count=3)))
    assert f"{name} ada: 2 berkas, 5 halaman." in passed(both)


LETTER = PageFacts(tiny=False, order=0.9, marks=200)
EMPTY = replace(LETTER, marks=14)


@pytest.mark.parametrize(
    ("pages", "cause"),
    [
        ((LETTER,), ""),
        ((replace(LETTER, marks=15),), ""),
        ((EMPTY,), "kosong atau hampir kosong"),
        ((LETTER, EMPTY), ""),  # half of them are no more than half
        ((LETTER, EMPTY, EMPTY), "kosong atau hampir kosong"),
        ((replace(LETTER, order=0.5),), ""),
        ((replace(LETTER, order=0.49),), "hanya bintik acak"),
        ((replace(EMPTY, order=0.1),), "kosong atau hampir kosong"),
        ((replace(LETTER, tiny=True),), "terlalu kecil untuk dibaca"),
        ((replace(LETTER, tiny=True), LETTER), ""),
        ((replace(EMPTY, tiny=True),), "terlalu kecil untuk dibaca"),
        (None, "gambar halamannya tidak dapat dibuat"),
        ((), ""),  # nothing was looked at
    ],
)
def test_a_document_that_shows_nothing_on_most_of_its_pages_is_looked_at(
    pages: tuple[PageFacts, ...] | None, cause: str
) -> None:
    f = changed(facts(), "SP", pages=pages)
    assert findings(f) == ([("syarat", "SP", CheckResult.PETUGAS)] if cause else [])
    if cause:
        assert cause in sentence(f)
    closed = changed(f, "SP", problem=say(RefusalReason.PDF_CUT))
    assert findings(closed) == [("syarat", "SP", CheckResult.GAGAL)]  # said once


def test_two_documents_that_look_the_same_are_compared() -> None:
    f = facts(twin={"ADART": "AKTA"})
    assert findings(f) == [("syarat", "ADART", CheckResult.PETUGAS)]
    assert "Akta notaris pendirian" in sentence(f)


def test_one_file_for_two_documents_is_returned_where_it_came_last() -> None:
    f = changed(facts(), "ADART", original_sha256="sha-AKTA")
    assert findings(f) == [("syarat", "ADART", CheckResult.GAGAL)]
    assert "Akta notaris pendirian" in sentence(f)


def test_the_same_file_twice_for_one_document_is_nobodys_business() -> None:
    f = facts()
    ktp = next(b for b in f.berkas if b.syarat == "KTP")
    assert findings(replace(f, berkas=(*f.berkas, ktp))) == []


def test_a_file_from_another_application_is_looked_at() -> None:
    f = facts(same_berkas={"sha-SP": "LKS-2026-000001"})
    assert findings(f) == [("syarat", "SP", CheckResult.PETUGAS)]
    assert "LKS-2026-000001" in sentence(f)


@pytest.mark.parametrize(
    ("day", "result"),
    [
        ("2025-11-25", []),
        ("2025-11-24", [("isian", "tanggal_domisili", CheckResult.GAGAL), ("syarat", "DOM", CheckResult.GAGAL)]),
        ("2026-11-26", [("isian", "tanggal_domisili", CheckResult.GAGAL)]),
        ("kemarin", [("isian", "tanggal_domisili", CheckResult.GAGAL)]),
    ],
)
def test_the_domicile_letter_is_at_most_a_year_old(day: str, result: list[tuple[str, str, CheckResult]]) -> None:
    assert findings(facts(tanggal_domisili=day)) == result


@pytest.mark.parametrize(
    ("isian", "value"),
    [
        ("akta_tanggal", "2030-01-01"),
        ("akta_tanggal", "2018-02-30"),
        ("npwp", "123"),
        ("nib", "12345"),
        ("ketua_nik", "6372019999800001"),
        ("ahu_nomor", "belum ada"),
        ("nama_lembaga", ""),
    ],
)
def test_a_field_that_is_wrong_is_asked_for_again(isian: str, value: str) -> None:
    assert findings(facts({**NEW, isian: value})) == [("isian", isian, CheckResult.GAGAL)]


@pytest.mark.parametrize(
    ("scope", "kantor"), [("PROVINSI", "Provinsi Kalimantan Selatan"), ("NASIONAL", "Kementerian")]
)
def test_another_offices_work_is_sent_there_by_name(scope: str, kantor: str) -> None:
    f = facts(lingkup=scope)
    assert findings(f) == [("isian", "lingkup", CheckResult.GAGAL)]
    assert kantor in sentence(f)


def test_one_person_in_two_offices_is_looked_at() -> None:
    f = facts(bendahara_nik=NEW["ketua_nik"])
    assert findings(f) == [("isian", "bendahara_nik", CheckResult.PETUGAS)]
    assert "ketua" in sentence(f)
    assert str(NEW["ketua_nik"]) not in sentence(f)


def test_who_has_to_be_different_is_said_by_the_labels_of_the_sops_own_fields() -> None:
    unlike = ("ketua_nama", "sekretaris_nama")
    isian = tuple(replace(f, unlike="saksi" if f.code in unlike else "") for f in SOP.isian)
    same = facts(sekretaris_nama=NEW["ketua_nama"], bendahara_nik=NEW["ketua_nik"])
    (doubt,) = [v for v in verify(replace(SOP, isian=isian), same) if v.result is not CheckResult.LULUS]
    assert (doubt.code, str(doubt.sentence).startswith("Nama sekretaris sama dengan Nama ketua.")) == (unlike[1], True)


@pytest.mark.parametrize("nomor", ["AHU-1234.50.10.2014", "C-123.HT.01.02.TH 2005", "AHU-0012948.AH.01.04.Tahun 20l8"])
def test_a_decree_number_of_another_form_can_be_sent_and_is_compared_by_a_person(nomor: str) -> None:
    f = facts(ahu_nomor=nomor)
    assert findings(f) == [("isian", "ahu_nomor", CheckResult.PETUGAS)]
    assert "Cocokkan dengan SK pengesahan" in sentence(f)


def test_a_name_like_anothers_is_looked_at() -> None:
    f = facts(same_answers={"nama_lembaga": ("LKS-2026-000002",)})
    assert findings(f) == [("isian", "nama_lembaga", CheckResult.PETUGAS)]
    assert "LKS-2026-000002" in sentence(f)


@pytest.mark.parametrize(
    ("known", "cause"),
    [
        (None, "tidak ada pada catatan kantor ini"),
        (replace(OURS, refusal=True), "nomor surat penolakan"),
        (replace(OURS, revoked=True), "sudah dicabut"),
        (replace(OURS, same_holder=False), "milik pemegang dengan nama"),
        (replace(OURS, same_pemohon=False), "diajukan akun lain"),
    ],
)
def test_a_renewal_of_something_else_is_looked_at(known: EarlierSk | None, cause: str) -> None:
    f = facts(OLD, earlier_sk=known)
    assert findings(f) == [("isian", "nomor_lama", CheckResult.PETUGAS)]
    assert cause in sentence(f)
    assert "Surat lama ini diterbitkan kantor ini." in passed(facts(OLD))
    assert findings(facts(NEW, earlier_sk=known)) == []  # a registration renews nothing
    assert not [text for text in passed(facts(NEW)) if "Surat lama" in text]


@pytest.mark.parametrize(("until", "doubt"), [("2026-12-31", False), ("2026-12-30", True), ("2027-01-01", True)])
def test_the_end_of_an_old_paper_is_that_of_the_offices_records(until: str, doubt: bool) -> None:
    f = facts(OLD, tanggal_lama_sampai=until)
    assert findings(f) == ([("isian", "tanggal_lama_sampai", CheckResult.PETUGAS)] if doubt else [])
    assert findings(replace(f, earlier_sk=replace(OURS, until=None))) == []


def test_a_renewal_without_its_number_is_asked_for_it_and_not_compared() -> None:
    assert findings(facts(OLD, nomor_lama="", earlier_sk=None)) == [("isian", "nomor_lama", CheckResult.GAGAL)]


def test_at_most_five_others_are_named() -> None:
    f = facts(same_answers={"nama_lembaga": tuple(f"LKS-{n}" for n in range(1, 7))})
    assert "LKS-5" in sentence(f)
    assert "LKS-6" not in sentence(f)


@pytest.mark.parametrize(("until", "doubt"), [("2025-11-25", False), ("2025-11-24", True), ("2027-01-01", False)])
def test_a_renewal_long_after_the_end_is_looked_at(until: str, doubt: bool) -> None:
    result = [("isian", "tanggal_lama_sampai", CheckResult.PETUGAS)] if doubt else []
    f = facts(OLD, tanggal_lama_sampai=until)
    assert findings(replace(f, earlier_sk=replace(OURS, until=date.fromisoformat(until)))) == result


def test_the_end_of_an_old_paper_means_nothing_to_a_new_registration() -> None:
    assert findings(facts(NEW, tanggal_lama_sampai="2001-01-01")) == []


def test_a_file_drawn_for_a_spot_check_is_looked_at() -> None:
    assert findings(facts(sample=True)) == [("umum", "", CheckResult.PETUGAS)]


def test_an_empty_application_is_returned_with_everything_it_lacks() -> None:
    empty = Facts(data={}, berkas=(), today=TODAY)
    verdict = outcome(verify(SOP, empty), SOP.policy)
    assert verdict.kind is KeputusanKind.KEMBALIKAN
    assert {p.code for p in verdict.requests} >= {"SP", "KTP", "nama_lembaga", "ketua_nik"}


def test_what_is_wrong_goes_before_what_is_doubtful_and_each_item_is_named() -> None:
    f = without(facts(sample=True, npwp="123"), "SP")
    verdict = outcome(verify(SOP, f), SOP.policy)
    assert verdict.kind is KeputusanKind.KEMBALIKAN
    assert [(p.kind, p.code) for p in verdict.requests] == [("syarat", "SP"), ("isian", "npwp")]
    assert all(p.said and not p.note for p in verdict.requests)


def test_doubt_alone_is_left_to_a_person() -> None:
    verdict = outcome(verify(SOP, facts(sample=True)), SOP.policy)
    assert verdict.kind is None
    assert verdict.requests == ()


@pytest.mark.parametrize("f", [facts(), without(facts(), "SP")], ids=["lulus", "gagal"])
def test_an_office_that_wants_no_automatic_decisions_gets_none(f: Facts) -> None:
    assert outcome(verify(SOP, f), Policy(automatic=False, sample=0)).kind is None


@given(result=st.lists(st.sampled_from(CheckResult), max_size=6))
def test_the_outcome_is_decided_by_the_worst_verdict(result: list[CheckResult]) -> None:
    verdicts = [Verdict("syarat", str(n), h, say(Finding.SPOT_CHECK)) for n, h in enumerate(result)]
    verdict = outcome(verdicts, Policy(automatic=True, sample=0))
    assert len(verdict.requests) == result.count(CheckResult.GAGAL)
    assert (verdict.kind is KeputusanKind.KEMBALIKAN) == (CheckResult.GAGAL in result)
    assert (verdict.kind is KeputusanKind.SETUJUI) == (set(result) <= {CheckResult.LULUS})


def test_sentences_are_sentences() -> None:
    f = facts(
        OLD,
        tanggal_lama_sampai="2020-01-01",
        sample=True,
        same_berkas={"sha-SP": "LKS-1"},
        same_answers={"npwp": ("LKS-2",)},
        earlier_sk=None,
    )
    f = changed(without(f, "PROG"), "KTP", original_sha256="sha-SP", page_count=0)
    verdicts = verify(SOP, f)
    assert len(verdicts) > len(CHECKS)
    for v in verdicts:
        assert (
            str(v.sentence)[0].isupper() or ".pdf" in str(v.sentence).split()[0]
        )  # some begin with the name of the file
        assert str(v.sentence).endswith(".")
