"""What the Tanda Daftar SOP asks of an applicant, and the values every desk reads from it."""

from itertools import product

import pytest

from pipeline.calendar.due import Limit
from pipeline.errors import DefinitionError
from pipeline.sop.policy import DAYS_TO_TAKE
from pipeline.sop.registry import SOPS, get_sop
from pipeline.sop.values import CaseData, Condition, case_data
from pipeline.sop.who_may import drafters, form_fillers, signers
from pipeline.sop.words import Automatic

SOP = SOPS["td_lks"]

#: The office's list: code, berbadan hukum, not, renewal ("c" = only when changed, "=" = as for a new one), LKSA.
#: M mandatory, o optional, - not asked.
LIST = """
SP M M M -        AKTA M - c -      AHU M - c -        NOTA - M c -      ADART M M c -      PGRS M M c -
KTP M M M -       DOM M M M -       NPWP M o c -       REK M o c -       PROG M M M -       MODAL M M M -
SDM M M M -       SARPRAS M M M -   KLIEN M M M -      PNYT M M M -      STDLAMA - - M -    LAP - - M -
AKR o o o -       PERLA - - - M     WARGA - - - M      KUASA - - - -
""".split()
LINE = [tuple(LIST[i : i + 5]) for i in range(0, len(LIST), 5)]
CHANGED = ("AKTA", "AHU", "NOTA", "ADART", "PGRS", "NPWP", "REK")


def _expected(line: tuple[str, ...], data: CaseData) -> str:
    code, body_legal, not_a, extension, lksa = line
    shape = body_legal if data["bentuk"] == "BH" else not_a
    renewal_only = body_legal == not_a == "-"
    result = shape
    if data["jenis"] == "PERPANJANGAN" and (shape != "-" or renewal_only):
        result = extension
    if result == "c":
        result = "M" if code in data.get("berubah", ()) else "-"
    if code == "KUASA":
        result = "M" if data["pemohon_sebagai"] == "KUASA" else "-"
    return lksa if data["lembaga_jenis"] == "LKSA" and lksa != "-" else result


CASE = [
    {"jenis": kind, "bentuk": shape, "lembaga_jenis": institution, "pemohon_sebagai": acting_as, "berubah": changed}
    for kind, shape, institution, acting_as, changed in product(
        ("BARU", "PERPANJANGAN"), ("BH", "NONBH"), ("LKS", "LKSA"), ("PENGURUS", "KUASA"), ((), ("AKTA",), CHANGED)
    )
]


@pytest.mark.parametrize("data", CASE, ids=lambda d: "-".join(map(str, d.values())))
def test_documents_asked_for_are_those_of_the_offices_list(data: CaseData) -> None:
    required = {s.code for s in SOP.required_syarat(data)}
    requested = {s.code for s in SOP.syarat_for(data)}
    assert required == {b[0] for b in LINE if _expected(b, data) == "M"}
    assert requested - required == {b[0] for b in LINE if _expected(b, data) == "o"}


def test_every_document_says_what_must_be_on_it() -> None:
    assert [s.code for s in SOP.syarat] == [b[0] for b in LINE]
    assert all(len(s.remarks) > 20 for s in SOP.syarat)
    assert {s.code for s in SOP.syarat if s.personal} == {"KTP", "KLIEN", "KUASA"}


def test_only_a_renewal_is_asked_for_the_old_tanda_daftar() -> None:
    new = {f.code for f in SOP.isian_for({"jenis": "BARU", "bentuk": "BH"})}
    old = {f.code for f in SOP.isian_for({"jenis": "PERPANJANGAN", "bentuk": "BH"})}
    assert old - new == {"berubah", "nomor_lama", "tanggal_lama_sampai"}


def test_an_unincorporated_institution_is_not_asked_for_its_deed() -> None:
    incorporated = {f.code for f in SOP.isian_for({"bentuk": "BH"}, "legalitas")}
    unincorporated = {f.code for f in SOP.isian_for({"bentuk": "NONBH"}, "legalitas")}
    assert incorporated - unincorporated == {"akta_nomor", "akta_tanggal", "akta_notaris", "ahu_nomor"}
    number = next(f for f in SOP.isian if f.code == "npwp")
    assert number.required_for({"bentuk": "BH"})
    assert not number.required_for({"bentuk": "NONBH"})


def test_child_protection_is_inspected_at_a_childrens_institution_only() -> None:
    lks = {b.code for b in SOP.forms[0].items_for({"lembaga_jenis": "LKS"})}
    lksa = {b.code for b in SOP.forms[0].items_for({"lembaga_jenis": "LKSA"})}
    assert len(lks) == 9
    assert lksa - lks == {"kamar", "rasio", "perlindungan_anak", "berkas_anak"}


def test_the_legal_basis_names_childcare_standards_for_lksa_only() -> None:
    lks = SOP.paper("sk").citing_for({"lembaga_jenis": "LKS"})
    lksa = SOP.paper("sk").citing_for({"lembaga_jenis": "LKSA"})
    (additions,) = set(lksa) - set(lks)
    assert "30/HUK/2011" in additions
    assert any("Nomor 5 Tahun 2024" in d for d in lks)


def test_steps_add_up_to_five_minutes_more_than_the_table_prints() -> None:
    assert SOP.total_time == Limit(hari=4, minutes=78)
    assert Limit.parse(SOP.printed_time) == Limit(hari=4, minutes=73)
    assert SOP.janji == Limit(hari=5)


def test_three_different_desks_approve_and_the_last_one_signs() -> None:
    assert [t.peran for t in SOP.approval] == ["kabid_perizinan", "sekretaris", "kepala_dinas"]
    assert [t.signature for t in SOP.approval] == [False, False, True]
    assert [t.code for t in SOP.langkah if t.sets_arah] == ["rekomendasi"]


def test_three_steps_need_no_person() -> None:
    assert {t.code: t.automatic for t in SOP.langkah if not t.person} == {
        "periksa": Automatic.VERIFIKASI,
        "terima": Automatic.TERUSKAN,
        "susun_sk": Automatic.SUSUN_NASKAH,
    }


def test_the_leaders_never_return_a_file_straight_to_the_applicant() -> None:
    pimpinan = ("paraf_kabid", "paraf_sekretaris", "tanda_tangan")
    assert all("ajukan" not in SOP[code].returns_to for code in pimpinan)
    assert all("ajukan" in SOP[code].returns_to for code in ("periksa", "terima", "rekomendasi", "susun_sk"))


def test_a_case_keeps_the_version_it_started_with() -> None:
    assert get_sop("td_lks") is get_sop("td_lks", 1) is SOP
    with pytest.raises(DefinitionError, match="td_lks versi 99"):
        get_sop("td_lks", 99)


def test_conditions_match_any_listed_value_and_never_an_absent_field() -> None:
    condition = Condition({"akreditasi": ("A", "B"), "layanan": ("ANAK",)})
    assert condition.fits({"akreditasi": "B", "layanan": ("LANSIA", "ANAK")})
    assert not condition.fits({"akreditasi": "C", "layanan": ("ANAK",)})
    assert not condition.fits({"akreditasi": "A"})
    assert Condition({}).fits({})


def test_case_data_reads_what_jsonb_gives() -> None:
    assert case_data({"a": "x", "b": ["y", 1, "z"], "c": 3, "d": None, "e": {}}) == {"a": "x", "b": ("y", "z")}


@pytest.mark.parametrize(("added", "limit"), [(0, Limit(4)), (1, Limit(5)), (10, Limit(14))])
def test_days_a_superior_adds_lengthen_the_limit(added: int, limit: Limit) -> None:
    assert SOP["rekomendasi"].limit_with(added) == limit


def test_a_signed_document_is_asked_after_on_the_third_and_the_thirtieth_day() -> None:
    assert DAYS_TO_TAKE == (3, 30)


def test_every_step_has_its_place_and_no_other_word_is_one() -> None:
    assert [SOP.position(t.code) for t in SOP.langkah] == list(range(9))
    assert SOP.first is SOP["ajukan"]
    assert "ajukan" in SOP
    assert "selesai" not in SOP


def test_a_page_of_the_form_holds_its_own_fields_and_all_pages_hold_all() -> None:
    data: CaseData = {"jenis": "PERPANJANGAN", "bentuk": "BH"}
    pages = {b.code: {f.code for f in SOP.isian_for(data, b.code)} for b in SOP.bagian}
    assert sum(map(len, pages.values())) == len(SOP.isian_for(data))
    assert all(f.bagian == code for code in pages for f in SOP.isian_for(data, code))


def test_a_file_keeps_the_words_of_its_state_while_corrected_and_once_refused() -> None:
    assert SOP["ajukan"].correction_status
    assert [bool(t.refusal_status) for t in SOP.langkah].count(True) > 0
    assert SOP["ajukan"].correction_status != SOP["ajukan"].status


def test_a_duty_belongs_to_the_roles_whose_langkah_has_its_flag() -> None:
    assert signers() == {langkah.peran for langkah in SOP.langkah if langkah.signature}
    assert drafters() == {langkah.peran for langkah in SOP.langkah if langkah.automatic is Automatic.SUSUN_NASKAH}
    assert form_fillers() == {langkah.peran for langkah in SOP.langkah if langkah.sets_arah}
    assert all(len(peran) == 1 for peran in (signers(), drafters(), form_fillers()))
