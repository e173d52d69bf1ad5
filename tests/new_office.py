"""An office in production that has nothing yet, and each of the things it needs before it opens."""

import json
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import insert, select

from ops.doctor import opening as doctor
from pipeline.db import unit_of_work
from pipeline.documents.signing import Secret
from pipeline.documents.signing.local import create_certificate
from pipeline.kantor import Kantor
from pipeline.kantor.office import kantor
from pipeline.models import Libur, Notice, Penugasan
from pipeline.queries import opening as reading
from pipeline.roles import Peran
from pipeline.rules.notices.rules import Channel, Kind, NoticeStatus
from pipeline.rules.opening.facts import OfficeEventKind
from pipeline.services.notices import send, write
from pipeline.services.office import entries, trial, tried_message
from pipeline.services.office import opening as services
from pipeline.services.people import certificates
from pipeline.settings import Bsre, Mode, Settings, Smtp, settings
from tests.desks import KEPALA_DINAS
from tests.factories import WEDNESDAY
from web.admin import opening as pages

SMTP = Smtp(host="127.0.0.1", port=9, tls=False, sender="Perizinan <izin@kota.test>")
BSRE = Bsre(url="https://bsre.kota.test", user="kantor", password=Path("/x"), root=Path("/x"), nik=Path("/x"))
READERS = (doctor, reading, services, trial, tried_message, certificates, send, write, pages)


class NewOffice:
    """Production, as far as readiness is concerned. Each method gives it one thing more."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, data: Path) -> None:
        self._monkeypatch = monkeypatch
        self.settings = replace(settings(), mode=Mode.PRODUCTION, smtp=None, message_url="", bsre=None, data=data)
        self._use()
        self._own: Kantor = kantor()

    def change(self, **change: object) -> Settings:
        self.settings = replace(self.settings, **change)  # type: ignore[arg-type]  # fields of Settings, by name
        self._use()
        return self.settings

    def _use(self) -> None:
        for module in READERS:
            self._monkeypatch.setattr(module, "settings", lambda: self.settings)

    def own_file(self, **place: str) -> None:
        """Its own kantor.toml, without a word of the sample."""
        real = {
            code: replace(one, address="Jalan Panglima Batur Nomor 1", email="izin@kota.go.id", site="izin.kota.go.id")
            for code, one in kantor().instansi.items()
        }
        own = replace(kantor(), instansi=real, own=real[kantor().own.code], **place)
        self._monkeypatch.setattr(reading, "kantor", lambda: own)
        self._monkeypatch.setattr(reading, "kantor_file", lambda: Path("/kantor/kantor.toml"))

    def holidays(self, *years: int) -> None:
        with unit_of_work() as s:
            for year in years:
                day = date(year, 1, 1)
                s.execute(insert(Libur).values(day=day, name="Tahun Baru", source="bawaan", estimate=False))

    def message_arrived(self, person_id: UUID, status: NoticeStatus = NoticeStatus.TERKIRIM) -> None:
        self.change(smtp=SMTP)
        with unit_of_work() as s:
            s.add(
                Notice(
                    key=f"uji:{status}",
                    kind=Kind.PESAN_UJI,
                    person_id=person_id,
                    channel=Channel.SUREL,
                    title="",
                    content="",
                    link="/",
                    status=status,
                    created_at=WEDNESDAY,
                    delivered_at=WEDNESDAY if status is NoticeStatus.TERKIRIM else None,
                )
            )

    def declared(self, kind: OfficeEventKind = OfficeEventKind.UJI_COBA, at: datetime = WEDNESDAY) -> None:
        with unit_of_work() as s:
            entries.add_entry(s.connection(), kind, None, at)

    def certified(self, peran: Peran = KEPALA_DINAS) -> None:
        """Whoever holds this desk has made a certificate."""
        with unit_of_work() as s:
            people = s.scalars(select(Penugasan.person_id).where(Penugasan.peran == peran)).all()
        for one in people:
            create_certificate(self.settings.data / "tte", str(one), "Kepala", Secret("frasa sandi yang panjang"))

    def backup(self, at: datetime = WEDNESDAY) -> None:
        (self.settings.data / reading.BACKUP_STATE).write_text(json.dumps({"at": at.isoformat()}), encoding="utf-8")

    def all_but_people(self, person_id: UUID) -> None:
        """Everything; its desks are filled by who makes the officers."""
        self.own_file()
        self.holidays(2026, 2027)
        self.message_arrived(person_id)
        self.declared()
        self.certified()
        self.backup()
