"""``alurizin tautan``: a link to set a password, where the office cannot send letters."""

import click

from ops import instance


@click.command()
@click.argument("identifier", metavar="SUREL|NOMOR-HP")
@click.option(
    "--lepas-kode", "without_code", is_flag=True, help="Lepas juga kode masuknya, bila HP dan kodenya hilang."
)
def tautan(identifier: str, without_code: bool) -> None:
    """Cetak tautan sekali pakai untuk menetapkan kata sandi sebuah akun; tercatat pada akunnya."""
    instance.attach()
    from pipeline.clock import now
    from pipeline.services.people.recovery import console_link

    link = console_link(identifier, without_code=without_code, now=now())
    click.echo("Sampaikan tautan ini langsung kepada pemilik akun, dan kepada orang itu saja. Berlaku 30 menit:\n")
    click.echo(link)
