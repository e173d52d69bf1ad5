"""``alurizin info``: what runs, where, and how to get in."""

import json
import os
from dataclasses import asdict, replace

import click

from ops import instance

#: Names that programs of others read.
_TOLD = {"supervisor": "pengawas", "process": "proses", "account": "akun"}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Untuk dibaca program.")
def info(as_json: bool) -> None:
    """Tunjukkan alamat, proses dan akun instance yang sedang berjalan."""
    found = instance.running(instance.data_folder(os.environ))
    found = replace(found, process={name: pid for name, pid in found.process.items() if instance.alive(pid)})
    if as_json:
        told = {_TOLD.get(name, name): value for name, value in asdict(found).items()}
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    click.echo(f"Halaman     {found.web} ({found.mode})\nFlower      {found.flower}\nData        {found.data}")
    click.echo(f"PostgreSQL  {found.database_url}\nBroker      {found.broker_url}")
    for name, pid in {"pengawas": found.supervisor, **found.process}.items():
        click.echo(f"  {name:10} {pid}")
    for account in found.account:
        click.echo(f"  {account['surel']:30} {account['sandi']:16} {account['peran']}")
