"""``alurizin compose``: the services of docker-compose.yml that read the queues of the office's desks."""

import re
from collections.abc import Iterable
from pathlib import Path

import click

from pipeline.errors import DefinitionError

#: What stands before and after them in the file.
BEGIN, END = "  # meja: awal\n", "  # meja: akhir\n"


@click.command()
@click.argument("file", metavar="BERKAS", type=click.Path(path_type=Path, dir_okay=False), default="docker-compose.yml")
def compose(file: Path) -> None:
    """Tulis layanan setiap meja kantor ke BERKAS, menurut jabatan pada kantor.toml."""
    from pipeline.topology import PERAN_QUEUES

    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DefinitionError(f"{file} tidak dapat dibaca ({type(error).__name__}).") from error
    file.write_text(with_desks(text, PERAN_QUEUES), "utf-8")
    click.echo(f"{file}: {len(PERAN_QUEUES)} meja. Jalankan: docker compose up -d --remove-orphans")


def with_desks(text: str, queues: Iterable[str]) -> str:
    """The file with a service for each of these queues. Raises DefinitionError when it has no place for them."""
    place = re.compile(re.escape(BEGIN) + ".*?" + re.escape(END), re.DOTALL)
    if not place.search(text):
        raise DefinitionError(f"Tanda {BEGIN.strip()!r} dan {END.strip()!r} tidak ada pada berkas itu.")
    return place.sub(lambda _: BEGIN + "\n".join(map(_service, queues)) + END, text)


def _service(queue: str) -> str:
    return (
        f"  {queue}:\n"
        "    <<: *celery\n"
        f"    command: python -m tasks.celery worker {queue} {queue} --concurrency 1\n"
        f"    environment: {{<<: *antrean, NODE: {queue}}}\n"
    )
