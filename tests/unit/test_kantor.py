"""The office's own file: every slip is a sentence that names the place."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.errors import DefinitionError
from pipeline.kantor import DEFAULT, office, read_kantor
from pipeline.kantor.office import kantor
from pipeline.settings import places
from pipeline.sop.load import load_sop
from pipeline.sop.naskah import Validity
from pipeline.sop.office_table.posts import post_of

TEXT = DEFAULT.read_text("utf-8")


def changed(old: str, new: str) -> Callable[[], str]:
    assert old in TEXT
    return lambda: TEXT.replace(old, new, 1)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            changed('atasan = "sekretaris"', 'atasan = "sekretariss"'),
            'jabatan "kabid_perizinan": atasan = "sekretariss"',
        ),
        (changed('atasan = "sekretaris"', "atasan = 5"), "dalam tanda kutip, bukan 5"),
        (changed('atasan = "sekretaris"', 'atasann = "sekretaris"'), "kunci `atasann` tidak dikenal"),
        (changed('atasan = "kepala_dinas"', 'atasan = "kabid_perizinan"'), "berputar kembali"),
        (changed('kode = "front_office"', 'kode = "relay"'), 'kode "relay" tidak dapat dipakai'),
        (changed('kode = "front_office"', 'kode = "Loket 1"'), 'kode "Loket 1" tidak dapat dipakai'),
        (changed('instansi = "dinsos"', 'instansi = "dinkes"'), 'instansi = "dinkes" tidak dikenal'),
        (changed('zona = "WITA"', 'zona = "WITB"'), "WIB, WITA, WIT"),
        (changed("sop_bawaan", "sop_bawan"), "kunci `sop_bawan` tidak dikenal"),
        (changed('atasan = "sekretaris"', 'nama_lain = "Kabid"'), "`nama_lain` harus daftar"),
        (changed('atasan = "sekretaris"', "nama_lain = [7]"), "`nama_lain` harus daftar"),
        (changed('atasan = "sekretaris"', 'nama_lain = ["back office"]'), "sudah berarti Back Office"),
        (changed('atasan = "sekretaris"', 'nama_lain = ["Pemohon"]'), "sudah berarti Pemohon"),
        (lambda: "a = " + "[" * 5000, "bukan TOML yang benar"),
        (lambda: "a = " + "9" * 5000, "bukan TOML yang benar"),
    ],
)
def test_a_slip_in_the_office_file_is_a_sentence(tmp_path: Path, text: Callable[[], str], told: str) -> None:
    (tmp_path / "kantor.toml").write_text(text(), "utf-8")
    with pytest.raises(DefinitionError, match=r"kantor\.toml") as refused:
        read_kantor(tmp_path / "kantor.toml")
    assert told in str(refused.value)


def test_a_post_is_known_by_what_else_the_office_calls_it(tmp_path: Path) -> None:
    (tmp_path / "kantor.toml").write_text(
        TEXT.replace(
            'atasan = "sekretaris"', 'atasan = "sekretaris"\nnama_lain = ["Kabid PPKP", "Kasi Verifikasi"]', 1
        ),
        "utf-8",
    )
    posts = read_kantor(tmp_path / "kantor.toml").posts
    for title in ("Kabid PPKP", "Kepala Bidang PPKP", "Kasi. Verifikasi", "Kabid Perizinan"):
        assert post_of(title, posts) == "kabid_perizinan"
    assert post_of("Kabid PPKP", kantor().posts) is None


def test_what_notepad_saves_is_read(tmp_path: Path) -> None:
    (tmp_path / "kantor.toml").write_text(TEXT, "utf-8-sig")
    assert read_kantor(tmp_path / "kantor.toml").kota == kantor().kota


def test_a_file_that_was_named_and_is_not_there_is_no_other_office(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = replace(places(), kantor=tmp_path / "tidak-ada.toml")
    monkeypatch.setattr(office, "places", lambda: named)
    with pytest.raises(DefinitionError, match="Periksa ALURIZIN_KANTOR"):
        read_kantor(office.kantor_file())


@pytest.mark.parametrize("text", ["9999 Tahun", "1201 Bulan"])
def test_what_holds_for_ever_has_no_end_at_all(text: str) -> None:
    with pytest.raises(DefinitionError, match="hapus barisnya"):
        Validity.parse(text)


@pytest.mark.parametrize("content", ["a = " + "[" * 5000, "a = " + "9" * 5000])
def test_a_file_that_python_itself_refuses_is_named(tmp_path: Path, content: str) -> None:
    (tmp_path / "x.toml").write_text(content, "utf-8")
    with pytest.raises(DefinitionError, match=r"x\.toml: bukan TOML"):
        load_sop(tmp_path / "x.toml", kantor().posts)
