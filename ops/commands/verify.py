"""``alurizin verify``: replay every history and compare it with the tables."""

import click

from ops.instance import attach


@click.command()
def verify() -> None:
    """Buktikan catatan: putar ulang semua riwayat, cocokkan dengan tabel, dan telusuri rantainya."""
    attach()
    from pipeline.services.verify import verify_all  # reads the settings, which attach() has just set

    checked, findings = verify_all()
    for f in findings:
        click.echo(f"{f.nomor or f.permohonan_id}: {f.kalimat}", err=True)
    if findings:
        raise click.ClickException(f"{len(findings)} temuan pada {checked} permohonan.")
    click.echo(f"{checked} permohonan: riwayat, tabel dan rantai cocok.")
