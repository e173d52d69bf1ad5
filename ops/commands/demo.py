"""``alurizin demo``: the people of the demonstration, and the permits shipped as examples."""

import time

import click

from ops import instance
from ops.demo_people import printed_accounts
from ops.examples import install, names
from pipeline.errors import DefinitionError
from pipeline.settings import places

#: How long every process may take to end, start again and serve what is new.
_SERVED = 120.0  # seconds
_SERVERS = {"postgres", "broker"}


@click.command()
@click.option("--izin", "example", metavar="KODE", help=f"Pasang contoh izin: {', '.join(names())}.")
def demo(example: str | None) -> None:
    """Isi akun demo yang belum ada; dengan --izin, pasang contoh izin dan tunggu sampai dilayani."""
    instance.attach()
    from pipeline.settings import settings

    if example:
        if not settings().demo:
            raise DefinitionError("Contoh izin hanya dipasang pada ALURIZIN_MODE=demo.")
        install(example)
    from ops.demo_accounts import load_demo_accounts
    from pipeline.clock import real_now

    made = load_demo_accounts(real_now())
    for account in printed_accounts():
        click.echo(f"{account['peran']:16} {account['surel']:32} {account['nama']}")
    click.echo(f"{made} akun dibuat.")
    if example:
        _await_served()
        click.echo(f"Izin {example} terpasang dan dilayani.")


def _await_served() -> None:
    """Until every process has started on what the files say now, and every desk's queue is read."""
    from pipeline.topology import PERAN_QUEUES
    from tasks.app import app

    end = time.monotonic() + _SERVED
    while not (_all_renewed() and _queues_read(app.control.inspect(timeout=2).active_queues()) >= set(PERAN_QUEUES)):
        if time.monotonic() > end:
            raise DefinitionError(f"Sesudah {_SERVED:.0f} detik belum semua proses memakainya. Lihat alurizin doctor.")
        time.sleep(0.5)


def _all_renewed() -> bool:
    found = instance.running(places().data)
    changed = max(path.stat().st_mtime for path in (*places().sop.glob("*.toml"), places().kantor) if path.is_file())
    pids = [pid for name, pid in found.process.items() if name not in _SERVERS]
    return all(instance.alive(pid) and instance.started_at(pid) > changed for pid in pids)


def _queues_read(workers: object) -> set[str]:
    listed = workers.values() if isinstance(workers, dict) else ()
    return {queue["name"] for queues in listed for queue in queues}
