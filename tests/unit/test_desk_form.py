"""The form of a desk: everything typed is kept, and sending names each thing that is missing by its field."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.contoh.papers.desk_form import filled_in
from pipeline.kantor.office import kantor
from pipeline.rules.form.desk_form import answers, check_direction, check_form, form_of, nips, parse_form
from pipeline.settings import ROOT
from pipeline.sop.form.desk_form import DeskForm
from pipeline.sop.form.isian import Bagian, Isian, Shape
from pipeline.sop.load import load_sop
from pipeline.sop.registry import get_sop
from pipeline.sop.values import Condition
from pipeline.sop.words import IsianKind, KeputusanKind

FORM = get_sop("td_lks").forms[0]
OTHER = load_sop(ROOT / "tests" / "data" / "izin_penelitian.toml", kantor().posts)
LKS = {"lembaga_jenis": "LKS"}
LKSA = {"lembaga_jenis": "LKSA"}
TODAY = date(2026, 11, 25)


def complete(data: dict[str, str]) -> dict[str, list[str]]:
    """A form that can be sent."""
    isian = {
        "bap_nomor": "800/12/BAP/DINSOS/2026",
        "bap_tanggal": "2026-11-24",
        "bap_tempat": "Jl. Panglima Batur No. 24",
        "bap_dasar": "Surat Tugas 800/77/DINSOS/2026",
        "tim-1-nama": "Rahmawati",
        "tim-1-nip": "19850312 201001 2 004",
        "tim-1-jabatan": "Pekerja Sosial",
        "tim-3-nama": "Ahmad Yani",
        "tim-3-jabatan": "Penyuluh",
        "pihak_nama": "Hj. Siti Rahmah",
        "pihak_jabatan": "Ketua",
        "kesimpulan": "layak",
        "rek_nomor": "460/9/DINSOS/2026",
        "rek_tanggal": "2026-11-25",
        "rek_pertimbangan": "Sarana dan pengurus sesuai.",
        "rek_penandatangan_nama": "Drs. Budi",
        "rek_penandatangan_jabatan": "Kepala Dinas Sosial",
    }
    isian |= {f"butir-{b.code}-hasil": "sesuai" for b in FORM.items_for(data)}
    return {k: [v] for k, v in isian.items()}


@pytest.mark.parametrize("data", [LKS, LKSA])
def test_a_complete_form_can_be_sent(data: dict[str, str]) -> None:
    assert check_form(FORM, parse_form(FORM, complete(data), data), data, today=TODAY) == {}


def test_an_empty_form_can_be_saved_and_says_what_is_missing() -> None:
    error = check_form(FORM, parse_form(FORM, {}, LKS), LKS, today=TODAY)
    assert {"bap_nomor", "bap_tanggal", "tim-1-nama", "kesimpulan", "rek_nomor", "butir-alamat-hasil"} <= set(error)


def test_rows_of_the_team_left_empty_do_not_count() -> None:
    content = parse_form(FORM, complete(LKS), LKS)
    assert [person["nama"] for person in content["tim"]] == ["Rahmawati", "Ahmad Yani"]  # type: ignore[attr-defined]  # jsonb


def test_one_person_is_no_team() -> None:
    form = complete(LKS) | {"tim-3-nama": [" "], "tim-3-jabatan": [""]}
    assert "tim-2-nama" in check_form(FORM, parse_form(FORM, form, LKS), LKS, today=TODAY)


def test_children_are_looked_after_only_where_there_are_children() -> None:
    without_child = complete(LKS)
    assert "butir-rasio-hasil" in check_form(FORM, parse_form(FORM, without_child, LKSA), LKSA, today=TODAY)
    assert "butir-rasio-hasil" not in check_form(FORM, parse_form(FORM, without_child, LKS), LKS, today=TODAY)


@pytest.mark.parametrize(
    ("change", "isian"),
    [
        ({"bap_tanggal": "25-13-2026"}, "bap_tanggal"),
        ({"bap_tanggal": "", "rek_tanggal": "2026-11-25"}, "bap_tanggal"),
        ({"rek_tanggal": "2026-11-26"}, "rek_tanggal"),
        ({"rek_tanggal": "2026-11-23"}, "rek_tanggal"),
        ({"tim-1-nip": "123"}, "tim-1-nip"),
        ({"butir-alamat-hasil": "catatan"}, "butir-alamat-catatan"),
        ({"butir-alamat-hasil": "tidak", "butir-alamat-catatan": "pindah"}, "kesimpulan"),
        ({"kesimpulan": "layak_dengan_catatan"}, "bap_catatan"),
        ({"kesimpulan": "entahlah"}, "kesimpulan"),
        ({"bap_tempat": "x" * 301}, "bap_tempat"),
    ],
)
def test_what_is_wrong_is_named_by_its_field(change: dict[str, str], isian: str) -> None:
    form = complete(LKS) | {k: [v] for k, v in change.items()}
    assert list(check_form(FORM, parse_form(FORM, form, LKS), LKS, today=TODAY)) == [isian]


def wrong(**change: str) -> list[str]:
    """The fields that are wrong in a form that is complete but for these; ``__`` stands for a hyphen."""
    form = complete(LKS) | {k.replace("__", "-"): [v] for k, v in change.items()}
    return list(check_form(FORM, parse_form(FORM, form, LKS), LKS, today=TODAY))


@pytest.mark.parametrize("name", sorted(complete(LKS)))
def test_whatever_is_left_empty_is_asked_for_by_its_name(name: str) -> None:
    optional = {"tim-1-nip"}
    instead = {"tim-3-nama": "tim-2-nama", "tim-3-jabatan": "tim-2-jabatan"}  # the second person who was written down
    asked = wrong(**{name.replace("-", "__"): ""})
    assert asked == ([] if name in optional else [instead.get(name, name)])


@pytest.mark.parametrize(("nip", "right"), [("1" * 17, False), ("1" * 18, True), ("1" * 19, False), ("", True)])
@pytest.mark.parametrize("name", ["tim-1-nip", "rek_penandatangan_nip"])
def test_a_nip_has_eighteen_digits(name: str, nip: str, right: bool) -> None:
    key = name.replace("-", "__")
    assert wrong(**{key: nip}) == ([] if right else [name])
    assert wrong(**{key: f"{nip[:8]} {nip[8:]}"}) == ([] if right else [name])
    assert wrong(**{key: f"{nip[:-1]}x"}) == [name]
    assert wrong(**{key: "\u0663" * 18}) == [name]


@pytest.mark.parametrize(
    ("name", "most"),
    [
        ("bap_nomor", 300),
        ("bap_tempat", 300),
        ("bap_dasar", 4000),
        ("bap_catatan", 4000),
        ("tim-1-nama", 300),
        ("tim-3-jabatan", 300),
        ("pihak_nama", 300),
        ("butir-alamat-catatan", 4000),
        ("rek_pertimbangan", 4000),
        ("rek_penandatangan_nama", 300),
    ],
)
def test_how_much_may_be_written(name: str, most: int) -> None:
    key = name.replace("-", "__")
    assert wrong(**{key: "x" * most}) == []
    assert wrong(**{key: "x" * (most + 1)}) == [name.replace("tim-3", "tim-2")]


def test_no_paper_can_print_a_picture() -> None:
    assert wrong(bap_tempat="Rumah 🏠") == ["bap_tempat"]


@pytest.mark.parametrize(
    ("inspected", "recommended", "wrongly"),
    [
        ("2026-11-25", "2026-11-25", []),  # both today
        ("2026-11-24", "2026-11-24", []),
        ("2026-11-25", "2026-11-24", ["rek_tanggal"]),
        ("2026-11-26", "2026-11-25", ["bap_tanggal", "rek_tanggal"]),
        ("kemarin", "2026-11-25", ["bap_tanggal"]),
        ("2026-11-24", "kemarin", ["rek_tanggal"]),
        ("2026-13-01", "2026-11-25", ["bap_tanggal"]),
    ],
)
def test_the_rekomendasi_follows_the_inspection_and_neither_lies_ahead(
    inspected: str, recommended: str, wrongly: list[str]
) -> None:
    assert wrong(bap_tanggal=inspected, rek_tanggal=recommended) == wrongly


def test_a_date_that_lies_ahead_or_cannot_be_read_is_told_in_a_sentence() -> None:
    form = complete(LKS) | {"bap_tanggal": ["2026-11-26"], "rek_tanggal": ["besok"]}
    errors = check_form(FORM, parse_form(FORM, form, LKS), LKS, today=TODAY)
    assert errors["bap_tanggal"] == "Tanggal ini belum tiba. Periksa tahunnya."
    assert errors["rek_tanggal"].startswith("Tanggal belum terbaca.")
    early = complete(LKS) | {"rek_tanggal": ["2026-11-23"]}
    errors = check_form(FORM, parse_form(FORM, early, LKS), LKS, today=TODAY)
    assert errors["rek_tanggal"] == "Tanggal ini tidak boleh mendahului Tanggal peninjauan."


def test_what_is_typed_is_kept_in_one_way_of_writing_where_it_can_be_read() -> None:
    typed = {"bap_tanggal": ["24 Nopember 2026"], "rek_tanggal": ["besok"], "kesimpulan": ["entah"]}
    kept = answers(FORM, parse_form(FORM, typed, LKS))
    assert (kept["bap_tanggal"], kept["rek_tanggal"], kept["kesimpulan"]) == ("2026-11-24", "besok", "")


@pytest.mark.parametrize(("rows", "kept"), [(1, 1), (2, 2), (4, 4), (5, 4)])
def test_a_team_has_two_to_four_people(rows: int, kept: int) -> None:
    form = {k: v for k, v in complete(LKS).items() if not k.startswith("tim-")}
    for n in range(1, rows + 1):
        form |= {f"tim-{n}-nama": [f"Petugas {n}"], f"tim-{n}-jabatan": ["Penyuluh"]}
    content = parse_form(FORM, form, LKS)
    assert len(content["tim"]) == kept  # type: ignore[arg-type]  # jsonb
    assert list(check_form(FORM, content, LKS, today=TODAY)) == (["tim-2-nama"] if rows == 1 else [])


@pytest.mark.parametrize(
    ("conclusion", "result", "note", "wrongly"),
    [
        ("layak", "sesuai", "", []),
        ("layak", "catatan", "", []),
        ("layak", "tidak", "", ["kesimpulan"]),
        ("layak_dengan_catatan", "tidak", "", ["bap_catatan"]),
        ("layak_dengan_catatan", "tidak", "Perbaiki.", []),
        ("tidak_layak", "tidak", "Pindah.", []),
        ("tidak_layak", "sesuai", "", ["bap_catatan"]),
    ],
)
def test_the_conclusion_fits_what_was_seen(conclusion: str, result: str, note: str, wrongly: list[str]) -> None:
    seen = {"butir__alamat__hasil": result, "butir__alamat__catatan": "Lihat foto."}
    assert wrong(kesimpulan=conclusion, bap_catatan=note, **seen) == wrongly


@pytest.mark.parametrize("hole", [None, "x", [], {}, 3])
def test_a_form_with_holes_is_read_as_an_empty_one(hole: object) -> None:
    kept = dict.fromkeys(("isian", "tim", "daftar", "foto"), hole)
    asked = {"bap_nomor", "tim-1-nama", "pihak_nama", "kesimpulan", "rek_nomor"}
    assert asked <= set(check_form(FORM, kept, LKS, today=TODAY))
    assert form_of(FORM, kept) == {}


#: As the first release kept it: what was sealed then stays as it is.
OLD = {
    "nomor": "BAP/1",
    "tanggal": "2026-11-24",
    "tempat": "Jl. Panglima Batur No. 24",
    "dasar": "ST/1",
    "catatan": "",
    "kesimpulan": "layak",
    "tim": [{"nama": "Rahmawati", "nip": "198503122010012004", "jabatan": "Pekerja Sosial"}],
    "pihak_lembaga": {"nama": "Hj. Siti Rahmah", "jabatan": "Ketua"},
    "daftar": [{"kode": "alamat", "hasil": "sesuai", "catatan": ""}],
    "rekomendasi": {
        "nomor": "REK/1",
        "tanggal": "2026-11-25",
        "pertimbangan": "Sesuai.",
        "penandatangan_nama": "Drs. Budi",
        "penandatangan_nip": "197001011995031001",
        "penandatangan_jabatan": "Kepala Dinas Sosial",
    },
    "foto": [],
}


def test_a_form_of_the_first_release_is_read_where_its_answers_stand() -> None:
    old = form_of(FORM, OLD)
    assert {code: old[code] for code in ("bap_nomor", "pihak_nama", "rek_penandatangan_nama", "kesimpulan")} == {
        "bap_nomor": "BAP/1",
        "pihak_nama": "Hj. Siti Rahmah",
        "rek_penandatangan_nama": "Drs. Budi",
        "kesimpulan": "layak",
    }
    assert (old["tim-1-nama"], old["butir-alamat-hasil"]) == ("Rahmawati", "sesuai")
    assert set(nips(FORM, OLD)) == {"198503122010012004", "197001011995031001"}
    missing = check_form(FORM, OLD, LKS, today=TODAY)
    assert {name for name in missing if not name.startswith("butir-")} == {"tim-2-nama"}


def test_of_two_values_of_a_field_the_first_is_kept_without_what_nobody_sees() -> None:
    kept = answers(FORM, parse_form(FORM, {"bap_tempat": ["a\r\nb\x07\u200bc ", "lain"], "bap_nomor": []}, LKS))
    assert (kept["bap_tempat"], kept["bap_nomor"]) == ("a bc", "")


@pytest.mark.parametrize(
    ("conclusion", "keputusan", "allowed"),
    [
        ("layak", KeputusanKind.KIRIM, True),
        ("layak_dengan_catatan", KeputusanKind.KIRIM, True),
        ("tidak_layak", KeputusanKind.KIRIM, False),
        ("tidak_layak", KeputusanKind.TOLAK, True),
        ("layak", KeputusanKind.TOLAK, False),
        ("tidak_layak", KeputusanKind.KEMBALIKAN, True),
        ("", KeputusanKind.KEMBALIKAN, True),
    ],
)
def test_the_decision_follows_the_conclusion(conclusion: str, keputusan: KeputusanKind, allowed: bool) -> None:
    content = {"isian": {"kesimpulan": conclusion}}
    assert (check_direction(FORM, content, keputusan) == {}) is allowed


@given(st.dictionaries(st.sampled_from(sorted(complete(LKSA))), st.lists(st.text(), max_size=2)))
def test_whatever_is_typed_can_be_kept_and_shown_again(form: dict[str, list[str]]) -> None:
    content = parse_form(FORM, form, LKSA)
    check_form(FORM, content, LKSA, today=TODAY)
    shown = {k: [v] if isinstance(v, str) else list(v) for k, v in form_of(FORM, content).items()}
    assert parse_form(FORM, shown, LKSA) == content
    assert not any(ord(c) < 32 and c != "\n" for values in shown.values() for value in values for c in value)


#: A desk that neither inspects nor recommends.
PLAIN = replace(FORM, team=0, items=(), results={}, findings=(), photos={}, direction=None)


def test_a_form_without_team_checklist_photos_or_direction_asks_its_fields_alone() -> None:
    content = parse_form(PLAIN, complete(LKS), LKS)
    assert (content["tim"], content["daftar"]) == ([], [])
    assert check_form(PLAIN, content, LKS, today=TODAY) == {}
    assert all(check_direction(PLAIN, content, kind) == {} for kind in KeputusanKind)
    assert set(check_form(PLAIN, parse_form(PLAIN, {}, LKS), LKS, today=TODAY)) == {
        f.code for f in FORM.isian if f.required
    }


def test_photos_may_be_asked_for() -> None:
    form = replace(FORM, photos_at_least=2)
    content = parse_form(form, complete(LKS), LKS)
    assert set(check_form(form, {**content, "foto": [{"sha256": "a"}]}, LKS, today=TODAY)) == {"foto-berkas"}
    assert check_form(form, {**content, "foto": [{"sha256": "a"}, {"sha256": "b"}]}, LKS, today=TODAY) == {}


def test_a_field_is_asked_when_an_answer_of_this_form_or_of_the_applicant_says_so() -> None:
    when = (Condition({"kesimpulan": ("tidak_layak",), "lembaga_jenis": ("LKSA",)}),)
    isian = tuple(replace(f, when=when) if f.code == "bap_dasar" else f for f in FORM.isian)
    form = replace(FORM, isian=isian)
    unfit = complete(LKSA) | {"kesimpulan": ["tidak_layak"], "bap_catatan": ["Pindah."], "bap_dasar": [""]}
    asked = {
        (data["lembaga_jenis"], typed["kesimpulan"][0]): check_form(
            form, parse_form(form, typed, data), data, today=TODAY
        )
        for data, typed in ((LKSA, unfit), (LKS, unfit), (LKSA, complete(LKSA) | {"bap_dasar": [""]}))
    }
    assert {case for case, errors in asked.items() if errors} == {("LKSA", "tidak_layak")}


def of_every_kind() -> DeskForm:
    """A form that asks a field of each kind there is."""
    more = {
        IsianKind.PILIHAN: {"choices": {"A": "Satu", "B": "Dua"}},
        IsianKind.BANYAK: {"choices": {"A": "Satu", "B": "Dua"}},
        IsianKind.ANGKA_TETAP: {"lengths": (13,)},
        IsianKind.TEKS: {"shape": Shape("[A-Z]{2}-[0-9]+", "x"), "example": "AB-1"},
    }
    isian = tuple(Isian(code=k, label=k, bagian="a", kind=k, **more.get(k, {})) for k in IsianKind)  # type: ignore[arg-type]  # its fields
    return DeskForm(code="x", langkah="x", title="X", bagian=(Bagian(code="a", title="A"),), isian=isian)


@pytest.mark.parametrize("form", [FORM, OTHER.forms[0], of_every_kind()], ids=["bap", "telaah", "semua jenis"])
@pytest.mark.parametrize("eligible", [True, False])
def test_the_sample_clients_fill_in_any_form_from_its_fields(form: DeskForm, eligible: bool) -> None:
    typed = filled_in(form, LKSA, seed="a", today=TODAY, eligible=eligible)
    content = parse_form(form, {k: [v] if isinstance(v, str) else list(v) for k, v in typed.items()}, LKSA)
    assert check_form(form, content, LKSA, today=TODAY) == {}
    way = KeputusanKind.KIRIM if eligible or form.direction is None else KeputusanKind.TOLAK
    assert check_direction(form, content, way) == {}
