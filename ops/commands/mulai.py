"""``alurizin mulai``: the first administrator of a new office."""

import click

from ops import instance


@click.command()
@click.option("--nama", "name", required=True, help="Nama lengkap administrator.")
@click.option("--surel", "email", required=True, help="Surelnya; dipakai untuk masuk.")
def mulai(name: str, email: str) -> None:
    """Buat administrator pertama, dan cetak tautan sekali pakai untuk menetapkan kata sandinya."""
    instance.attach()
    from pipeline.clock import now
    from pipeline.services.people.recovery import first_administrator

    link = first_administrator(name, email, now=now())
    click.echo("Buka tautan ini dalam 30 menit untuk menetapkan kata sandi administrator:\n")
    click.echo(link)
    click.echo(
        "\nTautan hanya sekali pakai. Terlambat? Jalankan perintah yang sama: tautan lama mati, yang baru tercetak."
    )
