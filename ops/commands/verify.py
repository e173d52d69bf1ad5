"""``alurizin verify``: every history, table, document and daily head against one another."""

from pathlib import Path

import click

from ops.instance import attach


@click.command()
@click.option(
    "--kepala",
    "head",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Kepala harian yang disimpan di tempat lain; boleh beberapa kali.",
)
def verify(head: tuple[Path, ...]) -> None:
    """Buktikan catatan: riwayat, tabel, rantai, kepala harian dan semua dokumen harus saling cocok."""
    attach()
    from pipeline.services.records.heads import read_file  # reads the settings, which attach() has just set
    from pipeline.services.records.verify.whole import verify_all

    for path in head:
        try:
            read_file(path)
        except ValueError as error:
            raise click.BadParameter(f"{path.name} bukan kepala harian: {error}.", param_hint="--kepala") from error
    checked, findings = verify_all(head)
    for f in findings:
        click.echo(f"{f.berkas}: {f.sentence}" if f.berkas else f.sentence, err=True)
    if findings:
        raise click.ClickException(f"{len(findings)} temuan pada {checked} permohonan.")
    click.echo(f"{checked} permohonan: riwayat, tabel, rantai, kepala harian dan dokumen cocok.")
