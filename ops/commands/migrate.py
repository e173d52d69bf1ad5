"""``alurizin migrate``: the schema."""

import click

from ops import instance


@click.command()
@click.option("--tunggu", type=float, default=30.0, show_default=True, help="Detik menunggu basis data.")
def migrate(tunggu: float) -> None:
    """Siapkan atau perbarui skema basis data."""
    instance.attach()
    from ops import readiness

    readiness.wait_for_database(tunggu)
    readiness.migrate()
    readiness.refuse_demo_accounts()
    click.echo("Basis data siap.")
