"""``alurizin sop``, as an operator runs it."""

import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ops.cli import main

DATA = Path(__file__).parents[1] / "data"
TABLE = str(DATA / "sop-tanda-daftar-lks-lksa.txt")


def _run(*kata: str) -> Result:
    return CliRunner().invoke(main, ["sop", *kata])


def test_the_office_sop_passes_and_its_difference_is_told() -> None:
    hasil = _run("periksa")
    assert hasil.exit_code == 0, hasil.output
    assert "4 hari 1 jam 18 menit; tercetak 4 hari 1 jam 13 menit: selisih 5 menit" in hasil.output
    assert "Langkah 6, 7 dan 8" in hasil.output
    assert "Lulus: 9 langkah" in hasil.output


def test_a_file_of_ones_own_is_checked() -> None:
    hasil = _run("periksa", str(DATA / "izin_penelitian.toml"))
    assert hasil.exit_code == 0, hasil.output
    assert "Surat Keterangan Penelitian" in hasil.output


def test_a_broken_file_fails_with_a_sentence(tmp_path: Path) -> None:
    rusak = tmp_path / "rusak.toml"
    asli = (DATA / "izin_penelitian.toml").read_text("utf-8")
    rusak.write_text(asli.replace('ke = "teken"', 'ke = "tekan"'), "utf-8")
    hasil = _run("periksa", str(rusak))
    assert hasil.exit_code == 1
    assert 'rusak.toml, langkah baris 4 (periksa_konsep): ke = "tekan" tidak ada' in hasil.output


def test_a_missing_template_fails_with_its_name(tmp_path: Path) -> None:
    tanpa = tmp_path / "tanpa.toml"
    asli = (DATA / "izin_penelitian.toml").read_text("utf-8")
    tanpa.write_text(asli.replace("sk_tanda_daftar_lks.docx", "surat_penelitian.docx"), "utf-8")
    hasil = _run("periksa", str(tanpa))
    assert hasil.exit_code == 1
    assert '"surat_penelitian.docx"' in hasil.output


def test_a_table_is_imported_to_the_screen_or_a_new_file(tmp_path: Path) -> None:
    layar = _run("impor", TABLE)
    ke = tmp_path / "baru.toml"
    hasil = _run("impor", TABLE, "-o", str(ke))
    assert (layar.exit_code, hasil.exit_code) == (0, 0), hasil.output
    assert layar.output == ke.read_text("utf-8")
    assert len(tomllib.loads(layar.output)["langkah"]) == 9
    assert "12 isian" in hasil.output
    lagi = _run("impor", TABLE, "-o", str(ke))
    assert lagi.exit_code == 1
    assert "sudah ada" in lagi.output


@pytest.mark.parametrize("isi", [None, b"\xff\xfe\x00rusak", b"bukan tabel"])
def test_what_is_no_table_fails_with_a_sentence(tmp_path: Path, isi: bytes | None) -> None:
    berkas = tmp_path / "tabel.txt"
    if isi is not None:
        berkas.write_bytes(isi)
    hasil = _run("impor", str(berkas))
    assert hasil.exit_code == 1
    assert hasil.output.startswith("Error: ")
    assert "Traceback" not in hasil.output


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    hasil = _run("impor", TABLE, "-o", str(tmp_path / "tidak" / "ada.toml"))
    assert hasil.exit_code == 1
    assert "tidak dapat ditulis" in hasil.output
