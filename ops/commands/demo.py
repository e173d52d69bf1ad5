"""``alurizin demo``: the people of the demonstration."""

import click

from ops import instance
from ops.demo_people import printed_accounts


@click.command()
def demo() -> None:
    """Isi akun demo yang belum ada."""
    instance.attach()
    from ops.demo_accounts import load_demo_accounts
    from pipeline.clock import real_now

    made = load_demo_accounts(real_now())
    for account in printed_accounts():
        click.echo(f"{account['peran']:16} {account['surel']:32} {account['nama']}")
    click.echo(f"{made} akun dibuat.")
