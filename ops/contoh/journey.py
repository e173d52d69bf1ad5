"""One file carried from the form to its end, every step checked against the SOP on the way."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from ops.contoh.browser.client import SampleFailed, until
from ops.contoh.checks.riwayat import match, read_riwayat
from ops.contoh.kantor import Kantor
from ops.contoh.papers.bap import UNFIT_REASON, bap_form
from ops.contoh.papers.institutions import make_institution
from ops.contoh.papers.pictures import foto
from ops.contoh.pemohon import Pemohon, Tag
from ops.contoh.petugas import Desk, Seen
from ops.contoh.scenarios import SOP, SWAPPED, Scenario, Stage, typed
from pipeline.calendar.due import due
from pipeline.roles import Peran
from pipeline.sop.values import KeputusanKind, Langkah
from pipeline.tanggal import date_at, waktu

T = TypeVar("T")
PATIENCE = 4.0  # seconds before asking whether an automatic step waits for a person
A_MINUTE = timedelta(minutes=1)  # pages show whole minutes
RETURN_REASON = "Nomor BAP pada Rekomendasi belum sesuai, mohon diperbaiki."
CHECK_REASON = "Dokumen ini berisi dokumen lain, mohon diganti."


@dataclass(frozen=True, slots=True)
class Trace:
    """One visit of a step as it was seen and as the history tells it."""

    stage: Stage
    tenggat: datetime | None
    mulai: datetime
    selesai: datetime
    oleh: str

    @property
    def langkah(self) -> Langkah:
        return SOP[self.stage.langkah]


@dataclass(slots=True)
class Walk:
    """A file on its way. ``urut`` chooses the people, ``benih`` the institution."""

    kantor: Kantor
    skenario: Scenario
    urut: int
    benih: str
    tanda: Tag | None = None
    sk: str = ""  # number of the signed document
    jejak: list[Trace] = field(default_factory=list)
    pemohon: Pemohon = field(init=False)
    pdf: Path = field(init=False)
    _begun: datetime = field(init=False)
    _last: datetime = field(init=False)  # when a person last began to act: the file has moved on since
    _tenggat: list[datetime | None] = field(default_factory=list)  # as the queue showed it, per babak done
    _automatic: list[Stage] = field(default_factory=list)  # since the last step of a person

    def __post_init__(self) -> None:
        lembaga = make_institution(self.benih, today=self._today())
        orang = self.kantor.person(Peran.PEMOHON, self.urut)
        self.pemohon = Pemohon(orang.web_client, lembaga, typed(self.skenario, lembaga))
        self.pdf = self.kantor.data / "contoh" / f"{self.skenario.kode}-{self.benih.replace('/', '-')}.pdf"

    @property
    def nomor(self) -> str:
        return self.tanda.nomor if self.tanda else "(belum bernomor)"

    def run(self) -> None:
        """Go all the way. Raises SampleFailed where something differs from the SOP."""
        self.begin()
        for stage in self.skenario.stage:
            self.take(stage)
        self._wait(lambda: self.pemohon.is_at(self.skenario.akhir) or None, f"status {self.skenario.akhir}")
        self.sk = self.pemohon.sk_value("Nomor")
        self.jejak = self._compare()

    def begin(self) -> None:
        """Before the first babak."""
        self.pdf.parent.mkdir(parents=True, exist_ok=True)
        self._begun = self._last = self.kantor.now()

    def take(self, stage: Stage) -> None:
        """Do what this babak says, once the file has come that far."""
        langkah = SOP[stage.langkah]
        if langkah.peran is Peran.PEMOHON:
            self._at_applicant(stage)
        elif langkah.otomatis:
            self._automatic.append(stage)
            self._tenggat.append(None)
        else:
            self._at_desk(stage)

    def arrive(self, peran: Peran) -> None:
        """Wait until the file lies in the queue of this role."""
        self._wait(self._desk(peran).find, f"sampai di antrean {peran.antrean}")

    def _compare(self) -> list[Trace]:
        """What was done, beside what the history tells of it."""
        pembaca = self.kantor.person(Peran.DINAS_TEKNIS, self.urut)
        screen = pembaca.web_client.page(f"/petugas{self.pemohon.jalur}")
        recorded = match(self.nomor, self.skenario.stage, read_riwayat(screen))
        mulai = [self._begun, *(k.pada for k in recorded)]
        semua = zip(self.skenario.stage, self._tenggat, mulai, recorded, strict=False)
        return [Trace(b, t or self._due(b, m), m, k.pada, k.oleh) for b, t, m, k in semua]

    def _due(self, stage: Stage, mulai: datetime) -> datetime | None:
        """The tenggat of a step that no queue page was read of: what the calendar says."""
        langkah = SOP[stage.langkah]
        return None if langkah.peran is Peran.PEMOHON else due(self.kantor.kalender(), mulai, langkah.batas).at

    def _at_applicant(self, stage: Stage) -> None:
        if SOP[stage.langkah].keputusan is KeputusanKind.TERIMA:
            self._wait(lambda: self.pemohon.signed() or None, "dokumen bertanda tangan")
            self.pemohon.receive(self.pdf)
        elif self.tanda is None:
            self.pemohon.begin()
            self.pemohon.fill()
            self.pemohon.upload(tertukar=self.skenario.tertukar)
            self._last = self.kantor.now()
            self.tanda = self.pemohon.submit()
        else:
            status = SOP.awal.status_perbaikan or SOP.awal.status
            self._wait(lambda: self.pemohon.is_at(status) or None, f"status {status}")
            self.pemohon.correct()
        self._tenggat.append(None)

    def _at_desk(self, stage: Stage) -> None:
        peran = SOP[stage.langkah].peran
        meja = self._desk(peran)
        tugas = self._wait(meja.find, f"sampai di antrean {peran.antrean}")
        self._check_due(stage, tugas)
        self._last = self.kantor.now()
        match stage.keputusan:
            case KeputusanKind.TANDA_TANGANI:
                meja.sign(tugas)
            case KeputusanKind.KIRIM | KeputusanKind.TOLAK:
                self._inspect(meja, tugas, stage)
            case KeputusanKind.KEMBALIKAN:
                meja.decide(tugas, stage, alasan=RETURN_REASON)
            case _:
                meja.decide(tugas, stage)
        self._tenggat.append(tugas.tenggat)

    def _inspect(self, meja: Desk, tugas: Seen, stage: Stage) -> None:
        """Dinas Teknis: the BAP first, then the decision that follows from it."""
        layak = stage.keputusan is KeputusanKind.KIRIM
        kunjungan = 1 + self._visited(stage)
        lembaga = self.pemohon.lembaga
        isian = bap_form(SOP, lembaga, self.pemohon.isi, today=self._today(), layak=layak, kunjungan=kunjungan)
        gambar = {label: foto(f"{label} {self.benih}") for label in ("depan", "kantor")} if kunjungan == 1 else {}
        meja.save_bap(tugas, isian, gambar)
        meja.decide(tugas, stage, alasan="" if layak else UNFIT_REASON)

    def _desk(self, peran: Peran) -> Desk:
        return Desk(self.kantor.person(peran, self.urut), self.nomor)

    def _wait(self, check: Callable[[], T | None], apa: str) -> T:
        """Until it is so; an automatic step on the way there that cannot decide is decided by its desk."""
        tanya = time.monotonic() + PATIENCE

        def once() -> T | None:
            nonlocal tanya
            hasil = check()
            if hasil is None and time.monotonic() > tanya:
                self._help()
                tanya = time.monotonic() + PATIENCE
            return hasil

        hasil = until(self.kantor.batas, once, apa=f"{self.nomor}: {apa}")
        self._automatic.clear()
        return hasil

    def _help(self) -> None:
        """Decide an automatic step that was left to a person, as the story wants it."""
        for stage in self._automatic:
            meja = self._desk(SOP[stage.langkah].peran)
            tugas = meja.find()
            if tugas and meja.may_decide(tugas):
                kembali = stage.keputusan is KeputusanKind.KEMBALIKAN
                requested = f"syarat-{SWAPPED[0]}"
                perlu = {f"perlu-{requested}": "1", f"catatan-{requested}": CHECK_REASON} if kembali else {}
                meja.decide(tugas, stage, perlu=perlu)
                return

    def _check_due(self, stage: Stage, tugas: Seen) -> None:
        """An office step has a tenggat; on its first visit the one the calendar gives to when it arrived."""
        langkah = SOP[stage.langkah]
        if tugas.tenggat is None:
            raise SampleFailed(f"{self.nomor}: langkah {langkah.no} tidak bertenggat di antrean.")
        earliest, latest = (
            due(self.kantor.kalender(), saat, langkah.batas).at for saat in (self._last, self.kantor.now())
        )
        tepat = earliest - A_MINUTE <= tugas.tenggat <= latest
        if not (tepat or self._visited(stage)):
            raise SampleFailed(
                f"{self.nomor}: tenggat langkah {langkah.no} {waktu(tugas.tenggat)}, menurut kalender {waktu(latest)}."
            )

    def _visited(self, stage: Stage) -> int:
        """How often this step was visited before."""
        return sum(b.langkah == stage.langkah for b in self.skenario.stage[: len(self._tenggat)])

    def _today(self) -> date:
        return date_at(self.kantor.now())
