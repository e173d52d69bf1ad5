"""``alurizin tautan``: a link to set a password, where the office cannot send letters."""

import click

from ops import instance


@click.command()
@click.argument("identifier", metavar="SUREL|NOMOR-HP")
def tautan(identifier: str) -> None:
    """Cetak tautan sekali pakai untuk menetapkan kata sandi sebuah akun; tercatat pada akunnya."""
    instance.attach()
    from pipeline.clock import now
    from pipeline.services.people.recovery import console_link

    link = console_link(identifier, now=now())
    click.echo("Sampaikan tautan ini langsung kepada pemilik akun, dan kepada orang itu saja. Berlaku 30 menit:\n")
    click.echo(link)
