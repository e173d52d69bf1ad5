"""``alurizin sop``, as an operator runs it."""

import shutil
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ops.cli import main
from pipeline.documents.template.text import docx_text
from pipeline.kantor.office import kantor
from pipeline.sop import registry as sops
from pipeline.sop.load import load_sop
from tests.papers import write_templates

DATA = Path(__file__).parents[1] / "data"
TABLE = str(DATA / "sop-tanda-daftar-lks-lksa.txt")


def _run(*word: str) -> Result:
    return CliRunner().invoke(main, ["sop", *word])


def test_the_office_sop_passes_and_its_difference_is_told() -> None:
    result = _run("periksa")
    assert result.exit_code == 0, result.output
    assert "4 hari 1 jam 18 menit; tercetak 4 hari 1 jam 13 menit: selisih 5 menit" in result.output
    assert "Langkah 6, 7 dan 8" in result.output
    assert "Lulus: 9 langkah" in result.output


def test_a_file_of_ones_own_is_checked(tmp_path: Path) -> None:
    """The templates beside it are its own."""
    own = Path(shutil.copy(DATA / "izin_penelitian.toml", tmp_path))
    write_templates(load_sop(own, kantor().posts), tmp_path)
    result = _run("periksa", str(own))
    assert result.exit_code == 0, result.output
    assert "Naskah Surat Keterangan Penelitian (penelitian.docx) mencetak: nama_lembaga, metode" in result.output
    assert "tidak tercetak pada naskah mana pun: tanggal_pengantar" in result.output
    assert "Lulus" in result.output


def test_a_broken_file_fails_with_a_sentence(tmp_path: Path) -> None:
    damaged = tmp_path / "rusak.toml"
    original = (DATA / "izin_penelitian.toml").read_text("utf-8")
    damaged.write_text(original.replace('ke = "teken"', 'ke = "tekan"'), "utf-8")
    result = _run("periksa", str(damaged))
    assert result.exit_code == 1
    assert 'rusak.toml, langkah baris 4 (periksa_konsep): ke = "tekan" tidak ada' in result.output


def test_a_missing_template_fails_with_its_name() -> None:
    result = _run("periksa", str(DATA / "izin_penelitian.toml"))
    assert result.exit_code == 1
    assert "penelitian.docx tidak ada" in result.output
    assert "Lulus" not in result.output


def test_a_table_is_imported_to_the_screen_or_a_new_folder(tmp_path: Path) -> None:
    folder = tmp_path / "izin"
    screen, result = _run("impor", TABLE), _run("impor", TABLE, "--ke", str(folder))
    assert (screen.exit_code, result.exit_code) == (0, 0), result.output
    file = folder / "tanda_daftar_lks_lksa.toml"
    assert screen.output == file.read_text("utf-8")
    assert len(tomllib.loads(screen.output)["langkah"]) == 9
    assert '9 langkah, 7 isian bertanda "?"' in result.output
    assert "1. Langkah 1 (baris 13) tidak menandai pelaksana." in result.output
    page = (folder / "PERTANYAAN.md").read_text("utf-8")
    assert all(line in page for line in result.output.splitlines() if line[0].isdigit())
    papers = {paper["templat"]: paper for paper in tomllib.loads(screen.output)["naskah"]}
    assert {path.name for path in folder.glob("*.docx")} == set(papers)
    decree = docx_text((folder / "tanda_daftar_lks_lksa_sk.docx").read_bytes())
    assert all(f"{{{{ {name} }}}}" in decree for name in ("nomor", "tanggal", "tentang", "berlaku_sampai"))
    again = _run("impor", TABLE, "-o", str(folder))
    assert again.exit_code == 1
    assert "sudah ada" in again.output


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00rusak", b"bukan tabel"])
def test_what_is_no_table_fails_with_a_sentence(tmp_path: Path, content: bytes | None) -> None:
    berkas = tmp_path / "tabel.txt"
    if content is not None:
        berkas.write_bytes(content)
    result = _run("impor", str(berkas))
    assert result.exit_code == 1
    assert result.output.startswith("Error: ")
    assert "Traceback" not in result.output


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "berkas").write_text("bukan folder", "utf-8")
    result = _run("impor", TABLE, "-o", str(tmp_path / "berkas" / "izin"))
    assert result.exit_code == 1
    assert "tidak dapat ditulis" in result.output


def test_a_file_that_is_not_in_force_is_named_after_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    now = sops.registry()
    monkeypatch.setattr(sops, "registry", lambda: replace(now, refused={"rusak.toml": "rusak.toml: kode belum diisi."}))
    result = _run("periksa")
    assert result.exit_code == 1
    assert "Lulus: 9 langkah" in result.output
    assert result.output.rstrip().endswith("Tidak dipakai:\nrusak.toml: kode belum diisi.")


def test_what_the_import_has_marked_and_nobody_has_looked_at_is_counted(tmp_path: Path) -> None:
    own = tmp_path / "izin_penelitian.toml"
    own.write_text((DATA / "izin_penelitian.toml").read_text("utf-8") + "# ISI: satu syarat lagi\n# TINJAU\n", "utf-8")
    write_templates(load_sop(own, kantor().posts), tmp_path)
    result = _run("periksa", str(own))
    assert result.exit_code == 0, result.output
    assert "1 baris masih bertanda ISI (belum dijawab)" in result.output
    assert "1 baris masih bertanda TINJAU (baru usul)" in result.output
