"""``alurizin jam``: the office clock of the demonstration."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import click

from ops import instance
from pipeline.errors import DefinitionError
from pipeline.text import moment_in_words, office_zone

_UNITS = {"d": "days", "j": "hours", "m": "minutes"}


@click.command()
@click.option("--maju", "forward", metavar="3d|2j|30m", help="Majukan sekian hari (d), jam (j) atau menit (m).")
@click.option("--atur", "arrange", metavar="2026-12-01T08:00", help="Atur ke waktu ini di zona kantor.")
@click.option("--lepas", "release", is_flag=True, help="Kembali ke jam sebenarnya.")
def jam(forward: str | None, arrange: str | None, release: bool) -> None:
    """Tunjukkan atau geser jam kantor (hanya demo)."""
    if sum((forward is not None, arrange is not None, release)) > 1:
        raise click.UsageError("Pilih satu saja: --maju, --atur atau --lepas.")
    instance.attach()
    from pipeline import clock
    from pipeline.settings import settings

    s = settings()
    if not s.demo:
        raise DefinitionError("Jam kantor hanya dapat digeser pada ALURIZIN_MODE=demo.")
    shift = clock.read_shift(s.data).difference
    if release:
        shift = timedelta()
    elif forward is not None:
        shift += duration(forward)
    elif arrange is not None:
        shift = moment(arrange) - clock.real_now()
    clock.write_shift(s.data, clock.Shift(shift))
    click.echo(f"Jam kantor: {moment_in_words(clock.now(), office_zone())}")


def duration(text: str) -> timedelta:
    """``1d 2j 30m`` or any part of it."""
    parts = re.findall(r"(\d+)\s*([djm])", text)
    if not parts or re.sub(r"(\d+)\s*([djm])|\s", "", text):
        raise click.BadParameter("Tulis seperti 3d, 2j atau 30m.", param_hint="--maju")
    try:
        return sum((timedelta(**{_UNITS[unit]: int(number)}) for number, unit in parts), timedelta())
    except OverflowError:
        raise click.BadParameter("Terlalu jauh.", param_hint="--maju") from None


def moment(text: str) -> datetime:
    """A date and time on the wall of the office."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter("Tulis seperti 2026-12-01T08:00.", param_hint="--atur") from None
    return at if at.tzinfo else at.replace(tzinfo=ZoneInfo(office_zone()))
