"""``alurizin cadangkan``: a sealed backup of the whole office, while it works."""

import os
import sys
from pathlib import Path

import click

from ops import instance
from ops.backup.keys import PUBLIC, identity_within, read_recipient
from ops.backup.retention import Keep
from pipeline.errors import OfficeKeyLacking

LACKING = 3  # the backup was made, of an office that is not whole: whoever watches the timer has to hear of it
COUNT = click.IntRange(min=0)


@click.command()
@click.argument("target", metavar="TUJUAN", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--kunci", "key", help="Kunci publik (age1…), atau berkas kuncinya; bawaan: yang disimpan kunci-cadangan."
)
@click.option("--simpan", "last", type=COUNT, default=0, help="Simpan sekian cadangan terakhir.")
@click.option("--harian", "daily", type=COUNT, default=0, help="Simpan yang terakhir dari sekian hari.")
@click.option("--mingguan", "weekly", type=COUNT, default=0, help="Simpan yang terakhir dari sekian minggu.")
@click.option("--bulanan", "monthly", type=COUNT, default=0, help="Simpan yang terakhir dari sekian bulan.")
def cadangkan(target: Path, key: str | None, last: int, daily: int, weekly: int, monthly: int) -> None:
    """Cadangkan basis data, dokumen, kunci dan pengaturan ke folder TUJUAN. Tanpa pilihan simpan, semua disimpan.

    Status keluar 3: cadangan jadi, tetapi dokumen kantor ada yang rusak atau hilang.
    """
    instance.attach()
    from ops.backup.make import back_up  # reads the settings, which attach() has just set
    from pipeline.kantor.office_key import has_office_key
    from pipeline.settings import settings

    if not has_office_key():
        raise OfficeKeyLacking  # a backup without it holds nothing that can be opened
    os.umask(0o077)
    key = key or str(settings().data / PUBLIC)
    keep = Keep(last, daily, weekly, monthly)
    report = back_up(target, read_recipient(key), keep, os.environ, identity_within(key))
    click.echo(f"{report.rows} baris dan {report.files} berkas dicadangkan; {report.copied} isi berkas baru disalin.")
    if report.forgotten:
        click.echo(f"{report.forgotten} cadangan lama dihapus.")
    if report.damaged:
        click.echo(
            f"{report.damaged} berkas rusak atau tidak terbaca; salinan lamanya dipertahankan.",
            err=True,
        )
    if report.lost:
        click.echo(
            f"{report.lost} dokumen disebut catatan tetapi tidak ada di penyimpanan kantor, jadi tidak ikut"
            " dicadangkan; jalankan `alurizin verify`.",
            err=True,
        )
    if report.lacking:
        sys.exit(LACKING)
