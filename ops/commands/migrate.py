"""``alurizin migrate``: the schema."""

import click

from ops import instance


@click.command()
@click.option("--tunggu", "wait", type=float, default=30.0, show_default=True, help="Detik menunggu basis data.")
def migrate(wait: float) -> None:
    """Siapkan atau perbarui skema basis data."""
    instance.attach()
    from ops import readiness

    readiness.wait_for_database(wait)
    readiness.migrate()
    readiness.refuse_demo_accounts()
    for lack in filter(None, (readiness.search_lack(), readiness.rights_lack())):
        click.echo(lack, err=True)
    for line in readiness.findings():
        click.echo(line, err=True)
    click.echo("Basis data siap.")
