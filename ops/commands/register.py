"""``alurizin register impor``: the decrees that the office issued on paper before this system."""

from pathlib import Path

import click

from ops import instance

_SHOWN_AT_MOST = 200


@click.group()
def register() -> None:
    """Register surat yang terbit di atas kertas."""


@register.command(name="impor")
@click.argument("file", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--ambil", "take", is_flag=True, help="Ambil yang cocok. Tanpa ini hanya diperiksa.")
def import_decrees(file: Path, take: bool) -> None:
    """Periksa register dari Excel, OpenDocument atau CSV; dengan --ambil, ambil baris yang cocok."""
    instance.attach()
    from pipeline.clock import now
    from pipeline.errors import DefinitionError, InputInvalid
    from pipeline.services.records.paper.register import look_at_register, take_register

    try:
        looked = look_at_register(file.read_bytes(), file.name, actor=None, now=now())
        misfits, fits = looked.checked.misfits, looked.checked.fits
        for misfit in misfits[:_SHOWN_AT_MOST]:
            click.echo(f"{misfit.place}: {' '.join(misfit.reasons)}")
        click.echo(f"{len(fits)} baris dapat diambil, {len(misfits)} tidak.")
        for (sop, kind, year), last in sorted(looked.checked.last_numbers.items()):
            click.echo(f"  {sop} {kind} {year}: nomor tertinggi {last}")
        if take:
            click.echo(f"{take_register(looked.sha256, looked.seen, actor=None, now=now())} surat diambil.")
        elif fits:
            click.echo("Belum ada yang disimpan. Ulangi dengan --ambil.")
    except InputInvalid as error:
        raise DefinitionError(" ".join(error.errors.values())) from error
