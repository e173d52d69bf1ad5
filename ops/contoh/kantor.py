"""The people of the sample: each logged in once, at their own browser, the same person for the same file."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from threading import Lock

from ops.contoh.browser.client import SampleFailed, WebClient
from ops.instance import Instance
from pipeline.calendar.due import OfficeCalendar
from pipeline.calendar.national import office_calendar
from pipeline.clock import read_shift, real_now
from pipeline.roles import Peran


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account, at a browser."""

    peran: Peran
    email: str
    passphrase: str  # of the signature; empty for all but one
    web_client: WebClient


class Kantor:
    """The instance seen from outside: its address, and its people as ``alurizin info`` lists them."""

    def __init__(
        self, instance: Instance, *, limit: float, calendar: Callable[[], OfficeCalendar] = office_calendar
    ) -> None:
        self.address = instance.web
        self.data = Path(instance.data)
        self.demo = instance.mode == "demo"
        self.limit = limit  # seconds that a step or an outage may take
        self.calendar = cache(calendar)  # by which its deadlines are judged; read once, when there is one to judge
        self._account = instance.account
        self._person: dict[str, Person] = {}
        self._key = Lock()

    def people(self, peran: Peran) -> tuple[Person, ...]:
        """Everybody of that role, logged in."""
        account = [a for a in self._account if a.get("peran") == peran]
        if not account:
            remedy = (
                f"Tulis orangnya pada berkas .toml di {self.data / 'orang'}, seperti ops/orang.toml; jalankan "
                "`alurizin demo`, hentikan dan mulai lagi AlurIzin, lalu ulangi."
            )
            remedy = remedy if self.demo else "Jalankan dengan ALURIZIN_MODE=demo."
            raise SampleFailed(f"Tidak ada akun demo untuk {peran.name}. {remedy}")
        with self._key:
            return tuple(self._log_in(a, peran) for a in account)

    def person(self, peran: Peran, sequence: int) -> Person:
        """The person of that role who does file number ``sequence``."""
        person = self.people(peran)
        return person[sequence % len(person)]

    def now(self) -> datetime:
        """The office clock of the instance, which a demonstration may have moved."""
        return real_now() + read_shift(self.data).difference

    def close(self) -> None:
        for person in self._person.values():
            person.web_client.close()

    def _log_in(self, account: Mapping[str, str], peran: Peran) -> Person:
        email = account["surel"]
        if email not in self._person:
            web_client = WebClient(self.address, limit=self.limit, name=email)
            web_client.log_in("/akun/masuk" if peran == Peran.PEMOHON else "/petugas/masuk", email, account["sandi"])
            self._person[email] = Person(peran, email, account.get("frasa_sandi", ""), web_client)
        return self._person[email]
