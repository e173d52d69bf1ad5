"""``alurizin sop``: check an SOP and print it as the office's table; turn such a table into a file to complete."""

import shutil
import textwrap
from collections.abc import Iterable
from pathlib import Path

import click

from pipeline.errors import DefinitionError
from pipeline.settings import ROOT
from pipeline.sop.check import check_templates
from pipeline.sop.draft import BELUM, toml_draft
from pipeline.sop.load import load_sop
from pipeline.sop.table import parse_table, remarks, table_text, time_sentence
from pipeline.sop.values import Sop

TEMPLAT = ROOT / "templates_sk"
WIDTH_OUTSIDE_TERMINAL = 120
WIDTH_AT_LEAST = 100


@click.group()
def sop() -> None:
    """Periksa SOP, atau baca tabel SOP kantor menjadi berkas SOP."""


@sop.command()
@click.argument("berkas", required=False, type=click.Path(path_type=Path))
def periksa(berkas: Path | None) -> None:
    """Periksa BERKAS (atau semua SOP kantor ini) dan cetak sebagai tabel."""
    lebar = shutil.get_terminal_size((WIDTH_OUTSIDE_TERMINAL, 40)).columns
    for satu in [load_sop(berkas)] if berkas else _installed():
        check_templates(satu, TEMPLAT)
        _print(satu, lebar)


@sop.command()
@click.argument("tabel", type=click.Path(path_type=Path))
@click.option("-o", "--ke", type=click.Path(path_type=Path), help="Tulis ke berkas ini, bukan ke layar.")
def impor(tabel: Path, ke: Path | None) -> None:
    """Ubah TABEL (teks bertab dari tabel SOP kantor) menjadi berkas SOP yang tinggal dilengkapi."""
    draf = toml_draft(parse_table(_read(tabel)))
    if ke is None:
        click.echo(draf, nl=False)
        return
    if ke.exists():
        raise DefinitionError(f"{ke} sudah ada. Pilih nama lain atau pindahkan dulu berkas itu.")
    try:
        ke.write_text(draf, "utf-8")
    except OSError as error:
        raise DefinitionError(f"{ke} tidak dapat ditulis ({error.strerror}).") from error
    belum = draf.count(f'= "{BELUM}"')
    click.echo(f'{ke}: {belum} isian bertanda "{BELUM}" perlu dilengkapi, lalu: alurizin sop periksa {ke}')


def _installed() -> Iterable[Sop]:
    # Loads the office's SOPs; imported here so that `impor` works while one of them is broken.
    from pipeline.sop.registry import SOPS

    return SOPS.values()


def _print(satu: Sop, lebar: int) -> None:
    click.echo(f"SOP {satu.nama} ({satu.kode}, versi {satu.versi})\n")
    click.echo(table_text(satu, lebar))
    click.echo(f"Jumlah waktu: {time_sentence(satu)}")
    click.echo(f"Janji kepada masyarakat: {satu.janji} kerja")
    for catatan in remarks(satu):
        click.echo(textwrap.fill(f"Perhatian: {catatan}", max(lebar, WIDTH_AT_LEAST), subsequent_indent="  "))
    click.echo(
        f"Lulus: {len(satu.langkah)} langkah, {len(satu.isian)} isian, {len(satu.syarat)} syarat, "
        f"{len(satu.naskah.templat)} templat.\n"
    )


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DefinitionError(
            f"{path}: bukan teks UTF-8. Simpan ulang tabelnya sebagai teks Unicode (UTF-8)."
        ) from error
    except OSError as error:
        raise DefinitionError(f"{path}: tidak dapat dibaca ({error.strerror}).") from error
