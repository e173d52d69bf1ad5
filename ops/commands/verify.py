"""``alurizin verify``: replay every history, compare it with the tables, and read every document."""

import click

from ops.instance import attach


@click.command()
def verify() -> None:
    """Buktikan catatan: putar ulang riwayat, cocokkan dengan tabel, telusuri rantainya, dan baca semua dokumen."""
    attach()
    from pipeline.services.verify import verify_all  # reads the settings, which attach() has just set

    checked, findings = verify_all()
    for f in findings:
        click.echo(f"{f.nomor or f.permohonan_id}: {f.kalimat}", err=True)
    if findings:
        raise click.ClickException(f"{len(findings)} temuan pada {checked} permohonan.")
    click.echo(f"{checked} permohonan: riwayat, tabel, rantai dan dokumen cocok.")
