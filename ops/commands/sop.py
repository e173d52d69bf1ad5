"""``alurizin sop``: check an SOP and print it as the office's table; turn such a table into a file to complete."""

import shutil
import textwrap
from collections.abc import Iterable
from pathlib import Path

import click

from pipeline.errors import DefinitionError
from pipeline.office import kantor
from pipeline.settings import ROOT
from pipeline.sop.check import check_templates
from pipeline.sop.draft import NOT_YET, toml_draft
from pipeline.sop.load import load_sop
from pipeline.sop.table import parse_table, remarks, table_text, time_sentence
from pipeline.sop.values import Sop

TEMPLAT = ROOT / "templates_sk"
WIDTH_OUTSIDE_TERMINAL = 120
WIDTH_AT_LEAST = 100


@click.group()
def sop() -> None:
    """Periksa SOP, atau baca tabel SOP kantor menjadi berkas SOP."""


@sop.command("periksa")
@click.argument("berkas", required=False, type=click.Path(path_type=Path))
def check(berkas: Path | None) -> None:
    """Periksa BERKAS (atau semua SOP kantor ini) dan cetak sebagai tabel."""
    width = shutil.get_terminal_size((WIDTH_OUTSIDE_TERMINAL, 40)).columns
    for one in [load_sop(berkas, kantor().posts)] if berkas else _installed():
        check_templates(one, TEMPLAT)
        _print(one, width)


@sop.command("impor")
@click.argument("table", metavar="TABEL", type=click.Path(path_type=Path))
@click.option("-o", "--ke", "target", type=click.Path(path_type=Path), help="Tulis ke berkas ini, bukan ke layar.")
def import_sop(table: Path, target: Path | None) -> None:
    """Ubah TABEL (teks bertab dari tabel SOP kantor) menjadi berkas SOP yang tinggal dilengkapi."""
    draft = toml_draft(parse_table(_read(table)), kantor().posts)
    if target is None:
        click.echo(draft, nl=False)
        return
    if target.exists():
        raise DefinitionError(f"{target} sudah ada. Pilih nama lain atau pindahkan dulu berkas itu.")
    try:
        target.write_text(draft, "utf-8")
    except OSError as error:
        raise DefinitionError(f"{target} tidak dapat ditulis ({error.strerror}).") from error
    not_yet = draft.count(f'= "{NOT_YET}"')
    click.echo(f'{target}: {not_yet} isian bertanda "{NOT_YET}" perlu dilengkapi, lalu: alurizin sop periksa {target}')


def _installed() -> Iterable[Sop]:
    # Loads the office's SOPs; imported here so that `impor` works while one of them is broken.
    from pipeline.sop.registry import SOPS

    return SOPS.values()


def _print(one: Sop, width: int) -> None:
    click.echo(f"SOP {one.name} ({one.code}, versi {one.version})\n")
    click.echo(table_text(one, width))
    click.echo(f"Jumlah waktu: {time_sentence(one)}")
    click.echo(f"Janji kepada masyarakat: {one.janji} kerja")
    for note in remarks(one):
        click.echo(textwrap.fill(f"Perhatian: {note}", max(width, WIDTH_AT_LEAST), subsequent_indent="  "))
    click.echo(
        f"Lulus: {len(one.langkah)} langkah, {len(one.isian)} isian, {len(one.syarat)} syarat, "
        f"{len(one.naskah.templat)} templat.\n"
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
