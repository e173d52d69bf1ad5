"""The inspection form: everything typed is kept, and sending names each thing that is missing by its field."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.rules.form.bap import check_arah, check_bap, form_of, parse_bap
from pipeline.sop.registry import get_sop
from pipeline.sop.words import KeputusanKind

SOP = get_sop("td_lks")
LKS = {"lembaga_jenis": "LKS"}
LKSA = {"lembaga_jenis": "LKSA"}
TODAY = date(2026, 11, 25)


def complete(data: dict[str, str]) -> dict[str, list[str]]:
    """A form that can be sent."""
    isian = {
        "nomor": "800/12/BAP/DINSOS/2026",
        "tanggal": "2026-11-24",
        "tempat": "Jl. Panglima Batur No. 24",
        "dasar": "Surat Tugas 800/77/DINSOS/2026",
        "tim-1-nama": "Rahmawati",
        "tim-1-nip": "19850312 201001 2 004",
        "tim-1-jabatan": "Pekerja Sosial",
        "tim-3-nama": "Ahmad Yani",
        "tim-3-jabatan": "Penyuluh",
        "pihak-nama": "Hj. Siti Rahmah",
        "pihak-jabatan": "Ketua",
        "kesimpulan": "layak",
        "rek-nomor": "460/9/DINSOS/2026",
        "rek-tanggal": "2026-11-25",
        "rek-pertimbangan": "Sarana dan pengurus sesuai.",
        "rek-penandatangan_nama": "Drs. Budi",
        "rek-penandatangan_jabatan": "Kepala Dinas Sosial",
    }
    isian |= {f"butir-{b.code}-hasil": "sesuai" for b in SOP.bap_items_for(data)}
    return {k: [v] for k, v in isian.items()}


@pytest.mark.parametrize("data", [LKS, LKSA])
def test_a_complete_form_can_be_sent(data: dict[str, str]) -> None:
    assert check_bap(parse_bap(complete(data), SOP, data), SOP, data, today=TODAY) == {}


def test_an_empty_form_can_be_saved_and_says_what_is_missing() -> None:
    error = check_bap(parse_bap({}, SOP, LKS), SOP, LKS)
    assert {"nomor", "tanggal", "tim-1-nama", "kesimpulan", "rek-nomor", "butir-alamat-hasil"} <= set(error)


def test_rows_of_the_team_left_empty_do_not_count() -> None:
    content = parse_bap(complete(LKS), SOP, LKS)
    assert [person["nama"] for person in content["tim"]] == ["Rahmawati", "Ahmad Yani"]  # type: ignore[attr-defined]  # jsonb


def test_one_person_is_no_team() -> None:
    form = complete(LKS) | {"tim-3-nama": [" "], "tim-3-jabatan": [""]}
    assert "tim-2-nama" in check_bap(parse_bap(form, SOP, LKS), SOP, LKS)


def test_children_are_looked_after_only_where_there_are_children() -> None:
    without_child = complete(LKS)
    assert "butir-rasio-hasil" in check_bap(parse_bap(without_child, SOP, LKSA), SOP, LKSA)
    assert "butir-rasio-hasil" not in check_bap(parse_bap(without_child, SOP, LKS), SOP, LKS)


@pytest.mark.parametrize(
    ("replace", "isian"),
    [
        ({"tanggal": "25-11-2026"}, "tanggal"),
        ({"tanggal": "", "rek-tanggal": "2026-11-25"}, "tanggal"),
        ({"rek-tanggal": "2026-11-26"}, "rek-tanggal"),
        ({"rek-tanggal": "2026-11-23"}, "rek-tanggal"),
        ({"tim-1-nip": "123"}, "tim-1-nip"),
        ({"butir-alamat-hasil": "catatan"}, "butir-alamat-catatan"),
        ({"butir-alamat-hasil": "tidak", "butir-alamat-catatan": "pindah"}, "kesimpulan"),
        ({"kesimpulan": "layak_dengan_catatan"}, "catatan"),
        ({"kesimpulan": "entahlah"}, "kesimpulan"),
        ({"tempat": "x" * 301}, "tempat"),
    ],
)
def test_what_is_wrong_is_named_by_its_field(replace: dict[str, str], isian: str) -> None:
    form = complete(LKS) | {k: [v] for k, v in replace.items()}
    assert list(check_bap(parse_bap(form, SOP, LKS), SOP, LKS, today=TODAY)) == [isian]


def wrong(**replace: str) -> list[str]:
    """The fields that are wrong in a form that is complete but for these; ``__`` stands for a hyphen."""
    form = complete(LKS) | {k.replace("__", "-"): [v] for k, v in replace.items()}
    return list(check_bap(parse_bap(form, SOP, LKS), SOP, LKS, today=TODAY))


@pytest.mark.parametrize("name", sorted(complete(LKS)))
def test_whatever_is_left_empty_is_asked_for_by_its_name(name: str) -> None:
    optional = {"tim-1-nip"}
    instead = {"tim-3-nama": "tim-2-nama", "tim-3-jabatan": "tim-2-jabatan"}  # the second person who was written down
    asked = wrong(**{name.replace("-", "__"): ""})
    assert asked == ([] if name in optional else [instead.get(name, name)])


@pytest.mark.parametrize(("nip", "right"), [("1" * 17, False), ("1" * 18, True), ("1" * 19, False), ("", True)])
@pytest.mark.parametrize("name", ["tim-1-nip", "rek-penandatangan_nip"])
def test_a_nip_has_eighteen_digits(name: str, nip: str, right: bool) -> None:
    key = name.replace("-", "__")
    assert wrong(**{key: nip}) == ([] if right else [name])
    assert wrong(**{key: f"{nip[:8]} {nip[8:]}"}) == ([] if right else [name])
    assert wrong(**{key: f"{nip[:-1]}x"}) == [name]
    assert wrong(**{key: "\u0663" * 18}) == [name]


@pytest.mark.parametrize(
    ("name", "most"),
    [
        ("nomor", 300),
        ("tempat", 300),
        ("dasar", 4000),
        ("catatan", 4000),
        ("tim-1-nama", 300),
        ("tim-3-jabatan", 300),
        ("pihak-nama", 300),
        ("butir-alamat-catatan", 4000),
        ("rek-pertimbangan", 4000),
        ("rek-penandatangan_nama", 300),
    ],
)
def test_how_much_may_be_written(name: str, most: int) -> None:
    key = name.replace("-", "__")
    assert wrong(**{key: "x" * most}) == []
    assert wrong(**{key: "x" * (most + 1)}) == [name.replace("tim-3", "tim-2")]


def test_no_paper_can_print_a_picture() -> None:
    assert wrong(tempat="Rumah 🏠") == ["tempat"]


@pytest.mark.parametrize(
    ("inspected", "recommended", "wrongly"),
    [
        ("2026-11-25", "2026-11-25", []),  # both today
        ("2026-11-24", "2026-11-24", []),
        ("2026-11-25", "2026-11-24", ["rek-tanggal"]),
        ("2026-11-26", "2026-11-25", ["tanggal", "rek-tanggal"]),
        ("kemarin", "2026-11-25", ["tanggal"]),
        ("2026-11-24", "kemarin", ["rek-tanggal"]),
        ("2026-13-01", "2026-11-25", ["tanggal"]),
    ],
)
def test_the_rekomendasi_follows_the_inspection_and_neither_lies_ahead(
    inspected: str, recommended: str, wrongly: list[str]
) -> None:
    assert wrong(tanggal=inspected, rek__tanggal=recommended) == wrongly


def test_a_date_that_lies_ahead_or_cannot_be_read_is_told_in_a_sentence() -> None:
    form = complete(LKS) | {"tanggal": ["2026-11-26"], "rek-tanggal": ["besok"]}
    errors = check_bap(parse_bap(form, SOP, LKS), SOP, LKS, today=TODAY)
    assert errors["tanggal"] == "Tanggal peninjauan tidak boleh sesudah hari ini."
    assert errors["rek-tanggal"] == "Tanggal Rekomendasi tidak terbaca. Tulis seperti 2026-11-25."


def test_without_a_day_to_compare_with_any_date_will_do() -> None:
    form = complete(LKS) | {"tanggal": ["2027-01-01"], "rek-tanggal": ["2027-01-02"]}
    assert check_bap(parse_bap(form, SOP, LKS), SOP, LKS) == {}


@pytest.mark.parametrize(("rows", "kept"), [(1, 1), (2, 2), (4, 4), (5, 4)])
def test_a_team_has_two_to_four_people(rows: int, kept: int) -> None:
    form = {k: v for k, v in complete(LKS).items() if not k.startswith("tim-")}
    for n in range(1, rows + 1):
        form |= {f"tim-{n}-nama": [f"Petugas {n}"], f"tim-{n}-jabatan": ["Penyuluh"]}
    content = parse_bap(form, SOP, LKS)
    assert len(content["tim"]) == kept  # type: ignore[arg-type]  # jsonb
    assert list(check_bap(content, SOP, LKS, today=TODAY)) == (["tim-2-nama"] if rows == 1 else [])


@pytest.mark.parametrize(
    ("conclusion", "result", "note", "wrongly"),
    [
        ("layak", "sesuai", "", []),
        ("layak", "catatan", "", []),
        ("layak", "tidak", "", ["kesimpulan"]),
        ("layak_dengan_catatan", "tidak", "", ["catatan"]),
        ("layak_dengan_catatan", "tidak", "Perbaiki.", []),
        ("tidak_layak", "tidak", "Pindah.", []),
        ("tidak_layak", "sesuai", "", ["catatan"]),
    ],
)
def test_the_conclusion_fits_what_was_seen(conclusion: str, result: str, note: str, wrongly: list[str]) -> None:
    seen = {"butir__alamat__hasil": result, "butir__alamat__catatan": "Lihat foto."}
    assert wrong(kesimpulan=conclusion, catatan=note, **seen) == wrongly


@pytest.mark.parametrize("hole", [None, "x", [], {}, 3])
def test_a_bap_with_holes_is_read_as_an_empty_one(hole: object) -> None:
    names = ("nomor", "tim", "daftar", "pihak_lembaga", "rekomendasi", "kesimpulan")
    kept = {name: hole for name in names if name != "nomor" or not isinstance(hole, str)}
    assert {"nomor", "tim-1-nama", "pihak-nama", "kesimpulan", "rek-nomor"} <= set(check_bap(kept, SOP, LKS))
    assert form_of(kept)["nomor"] == ""


def test_of_two_values_of_a_field_the_first_is_kept_without_what_nobody_sees() -> None:
    content = parse_bap({"tempat": ["a\r\nb\x07\u200bc ", "lain"], "nomor": []}, SOP, LKS)
    assert (content["tempat"], content["nomor"]) == ("a\nbc", "")


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
    assert (check_arah({"kesimpulan": conclusion}, keputusan) == {}) is allowed


@given(st.dictionaries(st.sampled_from(sorted(complete(LKSA))), st.lists(st.text(), max_size=2)))
def test_whatever_is_typed_can_be_kept_and_shown_again(form: dict[str, list[str]]) -> None:
    content = parse_bap(form, SOP, LKSA)
    check_bap(content, SOP, LKSA, today=TODAY)
    once_again = parse_bap({k: [v] for k, v in form_of(content).items()}, SOP, LKSA)
    assert once_again == content
    assert not any(ord(c) < 32 and c != "\n" for value in form_of(content).values() for c in value)
