"""``alurizin bukti``: the short proof that a file's history is in a daily head; checked without any database."""

import json
import os
from pathlib import Path

import click

from ops import instance
from pipeline.errors import DefinitionError, InputInvalid
from pipeline.rules.history.daily_head import Signed, check_proof, parse, read_head

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("nomor", required=False)
@click.option("--periksa", "check", type=_FILE, help="Periksa bukti ini, tanpa basis data.")
@click.option(
    "--kepala", "own_head", type=_FILE, help="Kepala harian yang Anda simpan sendiri; biasanya yang ada dalam bukti."
)
@click.option("--kunci", "key", type=_FILE, help="Kunci publik kantor; biasanya milik instance ini.")
def bukti(nomor: str | None, check: Path | None, own_head: Path | None, key: Path | None) -> None:
    """Cetak bukti bahwa riwayat permohonan NOMOR ada dalam kepala harian, atau periksa sebuah bukti."""
    if (nomor is None) == (check is None):
        raise click.UsageError("Tulis nomor permohonan, atau --periksa BERKAS.")
    if check is not None:
        _check(check, own_head, key)
        return
    instance.attach()
    from pipeline.queries.records.heads import find_id, proof_of

    click.echo(json.dumps(proof_of(find_id(str(nomor))), ensure_ascii=False, indent=1))


def _check(check: Path, own_head: Path | None, key: Path | None) -> None:
    from pipeline.kantor.instance_key import read_public

    path = key or instance.data_folder(os.environ) / "kepala" / "kunci-publik.pem"
    if not path.is_file():
        raise DefinitionError("Kunci publik kantor tidak ditemukan. Unduh dari halaman /kepala-harian, lalu --kunci.")
    try:
        leaf, head = check_proof(parse(check.read_bytes()), read_public(path.read_bytes()), _head(own_head))
    except ValueError as error:
        raise InputInvalid({}, f"Bukti tidak sah: {error}.") from error
    click.echo(
        f"Sah: riwayat {leaf.nomor or leaf.owner_id} sampai peristiwa {leaf.sequence} ({leaf.hash}) ada dalam kepala"
        f" harian nomor {head.number}, {head.statement['day']}, sidik {head.statement['root']}."
    )


def _head(path: Path | None) -> Signed | None:
    return None if path is None else read_head(parse(path.read_bytes()))
