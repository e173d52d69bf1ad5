"""``alurizin siapkan``: what ``alurizin run`` does once, between the servers and the web."""

import click

from ops import instance


@click.command(hidden=True)
def siapkan() -> None:
    """Tunggu server, perbarui skema, dan pada demo isi akun contoh."""
    instance.attach()
    from ops import readiness
    from pipeline.settings import settings

    readiness.wait_for_database(60)
    readiness.migrate()
    readiness.refuse_demo_accounts()
    for lack in filter(None, (readiness.search_lack(), readiness.rights_lack())):
        click.echo(lack, err=True)
    if settings().demo:
        from ops.demo_accounts import load_demo_accounts
        from pipeline.clock import real_now

        load_demo_accounts(real_now())
    readiness.wait_for_broker(30)
    click.echo("Siap.")
    for line in readiness.findings():
        click.echo(line)
