"""``alurizin sop``: check an SOP and print it as the office's table; turn such a table into a file to complete."""

import re
import shutil
import textwrap
import tomllib
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

import click
from sqlalchemy.exc import SQLAlchemyError

from ops import instance
from pipeline.documents.template.papers import check_papers, unprinted
from pipeline.documents.template.starter import Izin, starter
from pipeline.documents.template.templates import Templat, path_of, templat
from pipeline.errors import AlurIzinError, DefinitionError
from pipeline.kantor.office import kantor
from pipeline.sop.draft.open_points import every_question, open_points
from pipeline.sop.draft.plan import plan_of
from pipeline.sop.draft.toml_file import NOT_YET, code_of, toml_draft
from pipeline.sop.load import load_sop
from pipeline.sop.office_table.read import read_office_table
from pipeline.sop.read_naskah import read_naskah
from pipeline.sop.rows import TableLine
from pipeline.sop.table import remarks, table_text, time_sentence
from pipeline.sop.values import Sop
from pipeline.text import date_at

WIDTH_OUTSIDE_TERMINAL = 120
WIDTH_AT_LEAST = 100
OPEN_POINTS = "PERTANYAAN.md"
DRAFT = "draf"


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
    every = [load_sop(berkas, kantor().posts)] if berkas else list(_installed())
    for one in every:
        _print(one, width, partial(templat, beside=berkas.parent if berkas else None))
    _tell_empty_desks(every)
    if berkas:
        _tell_marks(berkas)
    else:
        _tell_refused()


@sop.command("impor")
@click.argument("source", metavar="TABEL", type=click.Path(path_type=Path))
@click.option("-o", "--ke", "folder", type=click.Path(path_type=Path), help="Tulis ke folder ini, bukan ke layar.")
def import_sop(source: Path, folder: Path | None) -> None:
    """Ubah TABEL SOP kantor (Word, Excel, OpenDocument, CSV atau teks bertab) menjadi izin yang tinggal dilengkapi.

    Di folder itu: berkas SOP, templat Word pertama tiap naskah, dan daftar yang masih perlu dijawab dengan nasib setiap
    baris tabelnya.
    """
    table = read_office_table(_read(source))
    posts = kantor().posts
    plan = plan_of(table, posts)
    draft = toml_draft(table, plan, posts)
    if folder is None:
        click.echo(draft, nl=False)
        return
    file = folder / f"{code_of(plan)}.toml"
    _write(file, draft.encode())
    _write(folder / OPEN_POINTS, open_points(table, plan, posts, file.name).encode())
    for name, template in _first_templates(draft):
        _write(folder / name, template)
    not_yet = draft.count(f'= "{NOT_YET}"')
    click.echo(f'{file}: {len(table.steps)} langkah, {not_yet} isian bertanda "{NOT_YET}".')
    for number, question in enumerate(every_question(table, plan, posts), start=1):
        click.echo(f"{number}. {question}")
    click.echo(f"Jawab di {file}, lalu: alurizin sop periksa {file}")


def _first_templates(draft: str) -> Iterator[tuple[str, bytes]]:
    """A Word template for each paper of an unfinished SOP file, under the name the file gives it."""
    content = TableLine(DRAFT, tomllib.loads(draft))
    labels = _labels(content)
    of_desks = {form.text("langkah"): _labels(form) for form in content.line("formulir")}
    izin, logo = Izin(content.text("nama"), content.text("pemegang"), labels, of_desks), path_of(kantor().logo)
    emblem = logo.read_bytes() if logo.is_file() else None
    # how long a decision holds is still asked for; its template has the sentence already
    answered = draft.replace(f'berlaku = "{NOT_YET}"', 'berlaku = "1 Tahun"')
    for line in TableLine(DRAFT, tomllib.loads(answered)).line("naskah"):
        naskah = read_naskah(line)
        yield naskah.templat, starter(izin, naskah, emblem)


def _labels(content: TableLine) -> dict[str, str]:
    """Of the fields of a form, by their codes."""
    return {line.text("kode"): line.text("label") for line in content.line("isian")}


def _write(path: Path, content: bytes) -> None:
    if path.exists():
        raise DefinitionError(f"{path} sudah ada. Pilih folder lain atau pindahkan dulu berkas itu.")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        raise DefinitionError(f"{path} tidak dapat ditulis ({error.strerror}).") from error


def _installed() -> Iterable[Sop]:
    # Loads the office's SOPs; imported here so that `impor` works while one of them is broken.
    from pipeline.sop.registry import SOPS

    return SOPS.values()


def _tell_marks(berkas: Path) -> None:
    """Remind of the marks that the import has left: whoever has looked at a line takes its mark away."""
    lines = berkas.read_text("utf-8-sig").splitlines()
    for mark, meaning in (("ISI", "belum dijawab"), ("TINJAU", "baru usul")):
        if marked := [str(n) for n, line in enumerate(lines, start=1) if re.search(rf"# {mark}\b", line)]:
            click.echo(f"Perhatian: {len(marked)} baris masih bertanda {mark} ({meaning}): {', '.join(marked)}.")


def _tell_empty_desks(sops: Iterable[Sop]) -> None:
    """Warn of desks with nobody in them, as far as the office's accounts can be reached from here."""
    try:
        instance.attach()
        # These read the settings, which attach() has just set.
        from pipeline.clock import now
        from pipeline.queries.desk.vacancies import read_vacancies

        vacant = read_vacancies(date_at(now()), sops)
    except (AlurIzinError, SQLAlchemyError):
        click.echo(
            "Petugas tiap meja tidak diperiksa: AlurIzin tidak berjalan di sini, atau basis datanya tak terjangkau."
        )
        return
    for one in vacant:
        click.echo(f"Perhatian: {one.sentence} Tunjuk petugas, Plt. atau Plh. di /admin/pengguna.")


def _tell_refused() -> None:
    """Raise DefinitionError naming the files that are not in force, and why."""
    from pipeline.sop.registry import registry

    if refused := registry().refused:
        raise DefinitionError("\n".join(("Tidak dipakai:", *refused.values())))


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


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise DefinitionError(f"{path}: tidak dapat dibaca ({error.strerror}).") from error
