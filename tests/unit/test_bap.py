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
