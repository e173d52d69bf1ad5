"""``alurizin pulihkan``: the whole office, from a backup into an empty data folder."""

import os
import re
import sys
from collections.abc import Iterable
from pathlib import Path

import click

from ops.backup.files import SETTINGS_FILE
from ops.backup.keys import read_identity
from ops.backup.target import Target
from ops.instance import data_folder
from pipeline.rules.history.restoration import LeftAlone

_DECLARED = re.compile(r"(\w+)\.(\w+)\.(\d{4})=(\d{1,9})", re.ASCII)


@click.command()
@click.argument("target", metavar="TUJUAN", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--kunci", "key", required=True, type=click.Path(path_type=Path), help="Berkas dari kunci-cadangan.")
@click.option("--cadangan", "name", default="", help="Nama cadangan di TUJUAN; bawaan: yang terbaru.")
@click.option(
    "--nomor-terakhir",
    "declared",
    multiple=True,
    metavar="IZIN.SURAT.TAHUN=N",
    help="Nomor terakhir yang benar-benar terbit, mis. td_lks.sk.2026=57; boleh beberapa kali.",
)
def pulihkan(target: Path, key: Path, name: str, declared: tuple[str, ...]) -> None:
    """Pulihkan kantor dari TUJUAN ke folder data yang kosong, lalu buktikan dengan verify."""
    from ops.backup.bring_back import Request, bring_back, prove

    os.umask(0o077)
    data = data_folder(os.environ)
    request = Request(Target(target.resolve()), read_identity(key), name, dict(map(_series, declared)))
    restored = bring_back(data, request)
    click.echo(f"Dipulihkan ke {data}." if not restored.backup else f"{restored.backup} dipulihkan ke {data}.")
    _tell_gaps(restored.gaps)
    if (settings_file := data / SETTINGS_FILE).exists():
        click.echo(f"Pengaturan saat dicadangkan (SECRET_KEY dan lainnya): {settings_file}")
    sys.exit(prove(data))


def _series(text: str) -> tuple[tuple[str, str, int], int]:
    found = _DECLARED.fullmatch(text)
    if found is None:
        raise click.BadParameter(f"{text} bukan IZIN.SURAT.TAHUN=N, mis. td_lks.sk.2026=57.")
    return (found[1], found[2], int(found[3])), int(found[4])


def _tell_gaps(gaps: Iterable[LeftAlone]) -> None:
    for gap in gaps:
        click.echo(
            f"Deret {gap.sop}.{gap.kind}.{gap.year}: nomor {gap.first} s.d. {gap.last} tidak diberikan lagi,"
            " karena mungkin terbit sesudah cadangan."
        )
