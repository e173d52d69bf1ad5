"""``alurizin kunci-cadangan``: the key that seals backups, and opens them again."""

import os
from pathlib import Path

import click

from ops.backup.keys import PUBLIC, make_identity
from ops.instance import data_folder
from pipeline.clock import real_now
from pipeline.disk import write_atomic
from pipeline.errors import DefinitionError


@click.command()
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--ganti", "replace", is_flag=True, help="Ganti kunci publik yang sudah ada pada instance ini.")
def kunci_cadangan(file: Path, *, replace: bool) -> None:
    """Buat kunci cadangan di FILE, dan simpan kunci publiknya pada instance ini."""
    data = data_folder(os.environ)
    stored = data / PUBLIC
    replaced = stored.exists()
    if replaced and not replace:
        raise DefinitionError(
            f"Kantor ini sudah punya kunci publik cadangan di {stored} dan tidak diganti: langsung jalankan"
            " `alurizin cadangkan FOLDER`, atau beri --ganti bila kunci lamanya memang hilang atau bocor."
        )
    public = make_identity(file, now=real_now())
    click.echo(public)
    if data.is_dir():
        write_atomic(stored, f"{public}\n".encode())
        click.echo(f"Kunci publik ini disimpan di {stored}; `alurizin cadangkan` memakainya.", err=True)
    if replaced:
        click.echo(
            "Mulai sekarang cadangkan ke folder baru yang kosong: cadangan yang sudah ada tetap hanya terbuka dengan"
            " berkas kunci yang lama, jadi simpan keduanya.",
            err=True,
        )
    click.echo(
        f"Pindahkan {file} dari mesin ini, paling sedikit dua salinan di dua tempat: tanpa berkas itu tidak ada"
        " cadangan yang dapat dibuka, dan siapa pun yang memegangnya dapat membaca semuanya.",
        err=True,
    )
