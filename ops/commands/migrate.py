"""``alurizin migrate``: the schema."""

import click

from ops import instance


@click.command()
@click.option("--tunggu", "wait", type=float, default=30.0, show_default=True, help="Detik menunggu basis data.")
@click.option("--tanpa-perhatian", "quiet", is_flag=True, help="Jangan sebut apa yang masih kurang pada kantor ini.")
def migrate(wait: float, *, quiet: bool) -> None:
    """Siapkan atau perbarui skema basis data."""
    instance.attach()
    from ops import readiness

    readiness.wait_for_database(wait)
    readiness.migrate()
    readiness.refuse_demo_accounts()
    for lack in filter(None, (readiness.search_lack(), readiness.rights_lack())):
        click.echo(lack, err=True)
    for line in () if quiet else readiness.findings():
        click.echo(line, err=True)
    click.echo("Basis data siap.")
