"""``alurizin templat``: is a template that was edited in Word fit for use?"""

from pathlib import Path

import click

from pipeline.documents.template.sample import sample_context
from pipeline.documents.template.templates import check_template
from pipeline.errors import DefinitionError
from pipeline.kantor import kantor
from pipeline.sop.registry import SOPS


@click.group()
def templat() -> None:
    """Periksa templat naskah (.docx)."""


@templat.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--jenis", help="sk, penolakan, bap, rekomendasi atau tanda_terima; biasanya terbaca dari nama berkas.")
def periksa(file: Path, jenis: str | None) -> None:
    """Tunjukkan variabel dan kesalahan FILE, lalu cobakan dengan data contoh."""
    laporan = check_template(file.read_bytes(), _sample(file.name, jenis))
    click.echo(f"Variabel: {', '.join(laporan.variable) or '-'}")
    click.echo(f"Perulangan: {', '.join(laporan.loop) or '-'}")
    for kalimat in laporan.catatan:
        click.echo(f"Catatan: {kalimat}")
    for kalimat in laporan.galat:
        click.echo(f"Galat: {kalimat}")
    if laporan.galat:
        raise DefinitionError(f"{file.name} belum dapat dipakai.")
    click.echo(f"{file.name} dapat dipakai.")


def _sample(nama: str, jenis: str | None) -> dict[str, object]:
    """The sample values for this kind of document, by the SOP that names the file unless told."""
    for sop in SOPS.values():
        for kode, berkas in sop.naskah.templat.items():
            if kode == jenis or (jenis is None and berkas == nama):
                return sample_context(kantor(), sop, kode)
    raise DefinitionError(f"Jenis naskah {jenis or nama} tidak dikenal. Sebutkan dengan --jenis, misalnya --jenis sk.")
