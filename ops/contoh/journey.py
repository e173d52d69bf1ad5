"""One file carried from the form to its end, every step checked against the SOP on the way."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from ops.contoh.browser.client import ContohGagal, until
from ops.contoh.checks.riwayat import match, read_riwayat
from ops.contoh.kantor import Kantor
from ops.contoh.papers.bap import ALASAN_TIDAK_LAYAK, bap_form
from ops.contoh.papers.institutions import make_lembaga
from ops.contoh.papers.pictures import foto
from ops.contoh.pemohon import Pemohon, Tanda
from ops.contoh.petugas import Meja, Terlihat
from ops.contoh.scenarios import SOP, TERTUKAR, Babak, Skenario, typed
from pipeline.calendar.due import due
from pipeline.roles import Peran
from pipeline.sop.values import JenisKeputusan, Langkah
from pipeline.tanggal import tanggal_di, waktu

T = TypeVar("T")
SABAR = 4.0  # seconds before asking whether an automatic step waits for a person
SEMENIT = timedelta(minutes=1)  # pages show whole minutes
ALASAN_KEMBALI = "Nomor BAP pada Rekomendasi belum sesuai, mohon diperbaiki."
ALASAN_PERIKSA = "Dokumen ini berisi dokumen lain, mohon diganti."


@dataclass(frozen=True, slots=True)
class Jejak:
    """One visit of a step as it was seen and as the history tells it."""

    babak: Babak
    tenggat: datetime | None
    mulai: datetime
    selesai: datetime
    oleh: str

    @property
    def langkah(self) -> Langkah:
        return SOP[self.babak.langkah]


@dataclass(slots=True)
class Perjalanan:
    """A file on its way. ``urut`` chooses the people, ``benih`` the institution."""

    kantor: Kantor
    skenario: Skenario
    urut: int
    benih: str
    tanda: Tanda | None = None
    sk: str = ""  # number of the signed document
    jejak: list[Jejak] = field(default_factory=list)
    pemohon: Pemohon = field(init=False)
    pdf: Path = field(init=False)
    _dimulai: datetime = field(init=False)
    _terakhir: datetime = field(init=False)  # when a person last began to act: the file has moved on since
    _tenggat: list[datetime | None] = field(default_factory=list)  # as the queue showed it, per babak done
    _otomatis: list[Babak] = field(default_factory=list)  # since the last step of a person

    def __post_init__(self) -> None:
        lembaga = make_lembaga(self.benih, hari_ini=self._hari_ini())
        orang = self.kantor.person(Peran.PEMOHON, self.urut)
        self.pemohon = Pemohon(orang.klien, lembaga, typed(self.skenario, lembaga))
        self.pdf = self.kantor.data / "contoh" / f"{self.skenario.kode}-{self.benih.replace('/', '-')}.pdf"

    @property
    def nomor(self) -> str:
        return self.tanda.nomor if self.tanda else "(belum bernomor)"

    def run(self) -> None:
        """Go all the way. Raises ContohGagal where something differs from the SOP."""
        self.begin()
        for babak in self.skenario.babak:
            self.take(babak)
        self._wait(lambda: self.pemohon.is_at(self.skenario.akhir) or None, f"status {self.skenario.akhir}")
        self.sk = self.pemohon.sk_value("Nomor")
        self.jejak = self._compare()

    def begin(self) -> None:
        """Before the first babak."""
        self.pdf.parent.mkdir(parents=True, exist_ok=True)
        self._dimulai = self._terakhir = self.kantor.now()

    def take(self, babak: Babak) -> None:
        """Do what this babak says, once the file has come that far."""
        langkah = SOP[babak.langkah]
        if langkah.peran is Peran.PEMOHON:
            self._at_applicant(babak)
        elif langkah.otomatis:
            self._otomatis.append(babak)
            self._tenggat.append(None)
        else:
            self._at_desk(babak)

    def arrive(self, peran: Peran) -> None:
        """Wait until the file lies in the queue of this role."""
        self._wait(self._meja(peran).find, f"sampai di antrean {peran.antrean}")

    def _compare(self) -> list[Jejak]:
        """What was done, beside what the history tells of it."""
        pembaca = self.kantor.person(Peran.DINAS_TEKNIS, self.urut)
        laman = pembaca.klien.page(f"/petugas{self.pemohon.jalur}")
        tercatat = match(self.nomor, self.skenario.babak, read_riwayat(laman))
        mulai = [self._dimulai, *(k.pada for k in tercatat)]
        semua = zip(self.skenario.babak, self._tenggat, mulai, tercatat, strict=False)
        return [Jejak(b, t or self._due(b, m), m, k.pada, k.oleh) for b, t, m, k in semua]

    def _due(self, babak: Babak, mulai: datetime) -> datetime | None:
        """The tenggat of a step that no queue page was read of: what the calendar says."""
        langkah = SOP[babak.langkah]
        return None if langkah.peran is Peran.PEMOHON else due(self.kantor.kalender(), mulai, langkah.batas).at

    def _at_applicant(self, babak: Babak) -> None:
        if SOP[babak.langkah].keputusan is JenisKeputusan.TERIMA:
            self._wait(lambda: self.pemohon.signed() or None, "dokumen bertanda tangan")
            self.pemohon.receive(self.pdf)
        elif self.tanda is None:
            self.pemohon.begin()
            self.pemohon.fill()
            self.pemohon.upload(tertukar=self.skenario.tertukar)
            self._terakhir = self.kantor.now()
            self.tanda = self.pemohon.submit()
        else:
            status = SOP.awal.status_perbaikan or SOP.awal.status
            self._wait(lambda: self.pemohon.is_at(status) or None, f"status {status}")
            self.pemohon.correct()
        self._tenggat.append(None)

    def _at_desk(self, babak: Babak) -> None:
        peran = SOP[babak.langkah].peran
        meja = self._meja(peran)
        tugas = self._wait(meja.find, f"sampai di antrean {peran.antrean}")
        self._check_due(babak, tugas)
        self._terakhir = self.kantor.now()
        match babak.keputusan:
            case JenisKeputusan.TANDA_TANGANI:
                meja.sign(tugas)
            case JenisKeputusan.KIRIM | JenisKeputusan.TOLAK:
                self._inspect(meja, tugas, babak)
            case JenisKeputusan.KEMBALIKAN:
                meja.decide(tugas, babak, alasan=ALASAN_KEMBALI)
            case _:
                meja.decide(tugas, babak)
        self._tenggat.append(tugas.tenggat)

    def _inspect(self, meja: Meja, tugas: Terlihat, babak: Babak) -> None:
        """Dinas Teknis: the BAP first, then the decision that follows from it."""
        layak = babak.keputusan is JenisKeputusan.KIRIM
        kunjungan = 1 + self._visited(babak)
        lembaga = self.pemohon.lembaga
        isian = bap_form(SOP, lembaga, self.pemohon.isi, hari_ini=self._hari_ini(), layak=layak, kunjungan=kunjungan)
        gambar = {label: foto(f"{label} {self.benih}") for label in ("depan", "kantor")} if kunjungan == 1 else {}
        meja.save_bap(tugas, isian, gambar)
        meja.decide(tugas, babak, alasan="" if layak else ALASAN_TIDAK_LAYAK)

    def _meja(self, peran: Peran) -> Meja:
        return Meja(self.kantor.person(peran, self.urut), self.nomor)

    def _wait(self, check: Callable[[], T | None], apa: str) -> T:
        """Until it is so; an automatic step on the way there that cannot decide is decided by its desk."""
        tanya = time.monotonic() + SABAR

        def once() -> T | None:
            nonlocal tanya
            hasil = check()
            if hasil is None and time.monotonic() > tanya:
                self._help()
                tanya = time.monotonic() + SABAR
            return hasil

        hasil = until(self.kantor.batas, once, apa=f"{self.nomor}: {apa}")
        self._otomatis.clear()
        return hasil

    def _help(self) -> None:
        """Decide an automatic step that was left to a person, as the story wants it."""
        for babak in self._otomatis:
            meja = self._meja(SOP[babak.langkah].peran)
            tugas = meja.find()
            if tugas and meja.may_decide(tugas):
                kembali = babak.keputusan is JenisKeputusan.KEMBALIKAN
                diminta = f"syarat-{TERTUKAR[0]}"
                perlu = {f"perlu-{diminta}": "1", f"catatan-{diminta}": ALASAN_PERIKSA} if kembali else {}
                meja.decide(tugas, babak, perlu=perlu)
                return

    def _check_due(self, babak: Babak, tugas: Terlihat) -> None:
        """An office step has a tenggat; on its first visit the one the calendar gives to when it arrived."""
        langkah = SOP[babak.langkah]
        if tugas.tenggat is None:
            raise ContohGagal(f"{self.nomor}: langkah {langkah.no} tidak bertenggat di antrean.")
        paling_awal, paling_akhir = (
            due(self.kantor.kalender(), saat, langkah.batas).at for saat in (self._terakhir, self.kantor.now())
        )
        tepat = paling_awal - SEMENIT <= tugas.tenggat <= paling_akhir
        if not (tepat or self._visited(babak)):
            raise ContohGagal(
                f"{self.nomor}: tenggat langkah {langkah.no} {waktu(tugas.tenggat)}, "
                f"menurut kalender {waktu(paling_akhir)}."
            )

    def _visited(self, babak: Babak) -> int:
        """How often this step was visited before."""
        return sum(b.langkah == babak.langkah for b in self.skenario.babak[: len(self._tenggat)])

    def _hari_ini(self) -> date:
        return tanggal_di(self.kantor.now())
