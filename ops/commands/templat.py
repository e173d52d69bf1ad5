"""``alurizin templat``: is a template that was edited in Word fit for use?"""

from pathlib import Path

import click

from pipeline.documents.template.sample import sample_context
from pipeline.documents.template.templates import check_template
from pipeline.errors import DefinitionError
from pipeline.office import kantor
from pipeline.sop.registry import SOPS


@click.group()
def templat() -> None:
    """Periksa templat naskah (.docx)."""


@templat.command("periksa")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--jenis", "kind", help="sk, penolakan, bap, rekomendasi atau tanda_terima; biasanya terbaca dari nama berkas."
)
def check(file: Path, kind: str | None) -> None:
    """Tunjukkan variabel dan kesalahan FILE, lalu cobakan dengan data contoh."""
    report = check_template(file.read_bytes(), _sample(file.name, kind))
    click.echo(f"Variabel: {', '.join(report.variable) or '-'}")
    click.echo(f"Perulangan: {', '.join(report.loop) or '-'}")
    for sentence in report.note:
        click.echo(f"Catatan: {sentence}")
    for sentence in report.error:
        click.echo(f"Galat: {sentence}")
    if report.error:
        raise DefinitionError(f"{file.name} belum dapat dipakai.")
    click.echo(f"{file.name} dapat dipakai.")


def _sample(name: str, kind: str | None) -> dict[str, object]:
    """The sample values for this kind of document, by the SOP that names the file unless told."""
    for sop in SOPS.values():
        for code, berkas in sop.naskah.templat.items():
            if code == kind or (kind is None and berkas == name):
                return sample_context(kantor(), sop, code)
    raise DefinitionError(f"Jenis naskah {kind or name} tidak dikenal. Sebutkan dengan --jenis, misalnya --jenis sk.")
