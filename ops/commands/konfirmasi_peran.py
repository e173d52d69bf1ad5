"""``alurizin konfirmasi-peran``: a role that waits, where the office has no second person to confirm it."""

import click

from ops import instance


@click.command()
@click.argument("identifier", metavar="SUREL|NOMOR-HP")
@click.argument("peran")
def konfirmasi_peran(identifier: str, peran: str) -> None:
    """Konfirmasi peran yang menunggu orang kedua, bila tidak ada yang dapat melakukannya di aplikasi."""
    instance.attach()
    from pipeline.clock import now
    from pipeline.roles import Peran
    from pipeline.services.people.confirm_role import confirm_on_console

    name = confirm_on_console(identifier, peran, now=now())
    click.echo(f"Peran {Peran(peran).name} untuk {name} dikonfirmasi, dan tercatat pada akunnya.")
