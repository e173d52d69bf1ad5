"""``alurizin templat``: is a template that was edited in Word fit for use? And a first one, to begin with."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import click

from pipeline.documents.template.papers import check_paper
from pipeline.documents.template.starter import Izin, starter
from pipeline.documents.template.templates import Templat, path_of
from pipeline.errors import DefinitionError
from pipeline.kantor.office import kantor
from pipeline.sop.load import load_sop
from pipeline.sop.naskah import Naskah
from pipeline.sop.registry import SOPS
from pipeline.sop.values import Sop

#: A larger file in the folder is none.
SOP_BYTES_AT_MOST = 2**20


@click.group()
def templat() -> None:
    """Periksa templat naskah (.docx), atau buat yang pertama."""


@templat.command("periksa")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--jenis", "code", help="Kode naskah pada SOP, misalnya sk; biasanya terbaca dari nama berkas.")
@click.option("--sop", "sop_code", help="Kode SOP, bila naskah berkode itu ada pada beberapa SOP.")
def check(file: Path, code: str | None, sop_code: str | None) -> None:
    """Tunjukkan variabel dan kesalahan FILE, lalu cobakan dengan permohonan contoh.

    Naskahnya dicari pada berkas SOP di folder yang sama, lalu pada SOP kantor ini.
    """
    sop, naskah = _paper(file, code, sop_code)
    payload = file.read_bytes()
    blank = Templat(file.name, payload, hashlib.sha256(payload).hexdigest())
    paper = check_paper(kantor(), sop, naskah, lambda _: blank)
    click.echo(f"Naskah: {naskah.name}, {sop.name}")
    click.echo(f"Variabel: {', '.join(paper.report.variable) or '-'}")
    click.echo(f"Perulangan: {', '.join(paper.report.loop) or '-'}")
    click.echo(f"Isian yang tercetak: {', '.join(paper.printed) or '-'}")
    for sentence in paper.report.note:
        click.echo(f"Catatan: {sentence}")
    for sentence in paper.report.error:
        click.echo(f"Galat: {sentence}")
    if paper.report.error:
        raise DefinitionError(f"{file.name} belum dapat dipakai.")
    click.echo(f"{file.name} dapat dipakai.")


@templat.command("buat")
@click.argument("file", metavar="BERKAS", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def make(file: Path) -> None:
    """Buat templat Word pertama untuk tiap naskah pada SOP BERKAS yang belum punya, di folder yang sama."""
    sop, logo = load_sop(file, kantor().posts), path_of(kantor().logo)
    for naskah in sop.naskah:
        target = file.parent / naskah.templat
        if path_of(naskah.templat, file.parent).is_file():
            click.echo(f"{naskah.templat} sudah ada, dibiarkan.")
            continue
        target.write_bytes(starter(Izin.of(sop), naskah, logo.read_bytes() if logo.is_file() else None))
        click.echo(f"{target} dibuat untuk {naskah.name}. Lanjutkan dengan Word.")


def _paper(file: Path, code: str | None, sop_code: str | None) -> tuple[Sop, Naskah]:
    """The paper this template is for, by the SOP that names the file unless told; SOP files beside it go first."""
    sops = (*_beside(file, all_of_them=code is not None), *SOPS.values())
    papers = [(sop, naskah) for sop in sops if sop_code in (None, sop.code) for naskah in sop.naskah]
    for sop, naskah in papers:
        if naskah.code == code or (code is None and naskah.templat == file.name):
            return sop, naskah
    known = ", ".join(sorted({naskah.code for _, naskah in papers})) or "-"
    raise DefinitionError(
        f"Naskah {code or file.name} tidak dikenal. Sebutkan dengan --jenis, salah satu dari: {known}."
    )


def _beside(file: Path, *, all_of_them: bool) -> Iterator[Sop]:
    """The SOP files in its folder that name it, or all. Raises DefinitionError for one that names it and is wrong."""
    for path in sorted(file.resolve().parent.glob("*.toml")):
        if not path.is_file() or path.stat().st_size > SOP_BYTES_AT_MOST:
            continue
        names_it = file.name.encode() in path.read_bytes()
        if names_it or all_of_them:
            try:
                yield load_sop(path, kantor().posts)
            except DefinitionError:
                if names_it:
                    raise
