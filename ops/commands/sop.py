"""``alurizin sop``: check an SOP and print it as the office's table; turn such a table into a file to complete."""

import shutil
import textwrap
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

import click

from pipeline.documents.template.papers import check_papers, unprinted
from pipeline.documents.template.templates import Templat, templat
from pipeline.errors import DefinitionError
from pipeline.office import kantor
from pipeline.sop.draft import NOT_YET, toml_draft
from pipeline.sop.load import load_sop
from pipeline.sop.table import parse_table, remarks, table_text, time_sentence
from pipeline.sop.values import Sop

WIDTH_OUTSIDE_TERMINAL = 120
WIDTH_AT_LEAST = 100


@click.group()
def sop() -> None:
    """Periksa SOP, atau baca tabel SOP kantor menjadi berkas SOP."""


@sop.command("periksa")
@click.argument("berkas", required=False, type=click.Path(path_type=Path))
def check(berkas: Path | None) -> None:
    """Periksa BERKAS (atau semua SOP kantor ini) beserta templatnya, dan cetak sebagai tabel.

    Templat di folder yang sama dengan BERKAS didahulukan.
    """
    width = shutil.get_terminal_size((WIDTH_OUTSIDE_TERMINAL, 40)).columns
    for one in [load_sop(berkas, kantor().posts)] if berkas else _installed():
        _print(one, width, partial(templat, beside=berkas.parent if berkas else None))


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


def _print(one: Sop, width: int, read: Callable[[str], Templat]) -> None:
    click.echo(f"SOP {one.name} ({one.code}, versi {one.version})\n")
    click.echo(table_text(one, width))
    click.echo(f"Jumlah waktu: {time_sentence(one)}")
    click.echo(f"Janji kepada masyarakat: {one.janji} kerja")
    for note in remarks(one):
        click.echo(textwrap.fill(f"Perhatian: {note}", max(width, WIDTH_AT_LEAST), subsequent_indent="  "))
    _try_papers(one, read)
    click.echo(
        f"Lulus: {len(one.langkah)} langkah, {len(one.isian)} isian, {len(one.syarat)} syarat, "
        f"{len(one.naskah)} naskah.\n"
    )


def _try_papers(one: Sop, read: Callable[[str], Templat]) -> None:
    """Say what each paper prints, and which answers none does. Raises DefinitionError naming all that is wrong."""
    papers = check_papers(kantor(), one, read)
    for paper in papers:
        click.echo(f"Naskah {paper.naskah.name} ({paper.naskah.templat}) mencetak: {', '.join(paper.printed) or '-'}")
        for note in paper.report.note:
            click.echo(f"  Catatan: {note}")
    if left := unprinted(one, papers):
        click.echo(f"Isian yang tidak tercetak pada naskah mana pun: {', '.join(left)}")
    if errors := [f"{p.naskah.templat} ({p.naskah.code}): {e}" for p in papers for e in p.report.error]:
        raise DefinitionError("\n".join(errors))


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DefinitionError(
            f"{path}: bukan teks UTF-8. Simpan ulang tabelnya sebagai teks Unicode (UTF-8)."
        ) from error
    except OSError as error:
        raise DefinitionError(f"{path}: tidak dapat dibaca ({error.strerror}).") from error
