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
    surel: str
    passphrase: str  # of the signature; empty for all but one
    web_client: WebClient


class Kantor:
    """The instance seen from outside: its address, and its people as ``alurizin info`` lists them."""

    def __init__(
        self, instance: Instance, *, batas: float, kalender: Callable[[], OfficeCalendar] = office_calendar
    ) -> None:
        self.alamat = instance.web
        self.data = Path(instance.data)
        self.demo = instance.mode == "demo"
        self.batas = batas  # seconds that a step or an outage may take
        self.kalender = cache(kalender)  # by which its deadlines are judged; read once, when there is one to judge
        self._account = instance.akun
        self._person: dict[str, Person] = {}
        self._key = Lock()

    def people(self, peran: Peran) -> tuple[Person, ...]:
        """Everybody of that role, logged in."""
        akun = [a for a in self._account if a.get("peran") == peran]
        if not akun:
            raise SampleFailed(f"Tidak ada akun demo untuk {peran.nama}. Jalankan dengan ALURIZIN_MODE=demo.")
        with self._key:
            return tuple(self._log_in(a, peran) for a in akun)

    def person(self, peran: Peran, urut: int) -> Person:
        """The person of that role who does file number ``urut``."""
        orang = self.people(peran)
        return orang[urut % len(orang)]

    def now(self) -> datetime:
        """The office clock of the instance, which a demonstration may have moved."""
        return real_now() + read_shift(self.data).difference

    def close(self) -> None:
        for orang in self._person.values():
            orang.web_client.close()

    def _log_in(self, akun: Mapping[str, str], peran: Peran) -> Person:
        surel = akun["surel"]
        if surel not in self._person:
            web_client = WebClient(self.alamat, batas=self.batas, nama=surel)
            web_client.log_in("/akun/masuk" if peran is Peran.PEMOHON else "/petugas/masuk", surel, akun["sandi"])
            self._person[surel] = Person(peran, surel, akun.get("frasa_sandi", ""), web_client)
        return self._person[surel]
