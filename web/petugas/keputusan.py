"""The decision form: what can be decided here, what was typed, and what the office says to it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from pipeline import clock
from pipeline.errors import BelumBoleh, DecisionRefused, InputInvalid, NaskahBerubah, SudahDiambil, SudahDiputus
from pipeline.queries.tugas import Lembar
from pipeline.roles import PERAN_PETUGAS, Peran
from pipeline.services.decide import decide
from pipeline.sop import SELESAI, JenisKeputusan
from pipeline.transitions import Keputusan, Permintaan, Seen, Transition
from web.auth import petugas
from web.forms import Formulir, bersih, isi_formulir, teks
from web.petugas import bp
from web.petugas.meja import lembar_saya, pilihan_keputusan, sebagai
from web.petugas.tugas import halaman_tugas

BERUBAH: tuple[type[DecisionRefused], ...] = (SudahDiputus, NaskahBerubah, SudahDiambil, BelumBoleh)
JENIS_PERMINTAAN = ("syarat", "isian")
ISIAN_KEPUTUSAN = ("keputusan", "ke", "alasan")


@dataclass(frozen=True, slots=True)
class Kiriman:
    """What was posted, as typed and as the office reads it."""

    formulir: Formulir
    permintaan: tuple[Permintaan, ...]
    seen: Seen

    def keputusan(self, lembar: Lembar) -> Keputusan:
        """The decision. Raises InputInvalid when it is not one this desk has, or contradicts what was ticked."""
        if galat := self._galat(lembar):
            raise InputInvalid(galat)
        jenis = JenisKeputusan(self.formulir.teks("keputusan"))
        mundur = jenis is JenisKeputusan.KEMBALIKAN
        ke = self._ke(lembar) if mundur else None
        diminta = self.permintaan if ke == lembar.permohonan.sop.awal.kode else ()
        return Keputusan(jenis=jenis, alasan=self.formulir.teks("alasan"), ke=ke, permintaan=diminta)

    def _ke(self, lembar: Lembar) -> str:
        satu = lembar.langkah.kembali_ke[0] if len(lembar.langkah.kembali_ke) == 1 else ""
        return self.formulir.teks("ke") or satu

    def _galat(self, lembar: Lembar) -> Mapping[str, str]:
        jenis = self.formulir.teks("keputusan")
        if jenis not in {p.nilai for p in pilihan_keputusan(lembar)}:
            return {"keputusan": "Pilih keputusan Anda."}
        if jenis == JenisKeputusan.KEMBALIKAN:
            if self._ke(lembar) not in lembar.langkah.kembali_ke:
                return {"ke": "Pilih ke mana berkas dikembalikan."}
        elif self.permintaan:
            kode = f"perlu-{self.permintaan[0].jenis}-{self.permintaan[0].kode}"
            return {kode: "Masih ada yang ditandai perlu diperbaiki. Hapus tandanya, atau pilih kembalikan."}
        return {}


@bp.post("/tugas/<uuid:tugas_id>/keputusan")
@petugas(*PERAN_PETUGAS)
def keputusan(tugas_id: UUID) -> Response:
    """Decide, and go on to the queue."""
    lembar, kiriman = lembar_saya(tugas_id), baca_kiriman()
    try:
        oleh = sebagai(lembar)
        hasil = decide(tugas_id, kiriman.keputusan(lembar), oleh=oleh, seen=kiriman.seen, now=clock.now())
    except InputInvalid as galat:
        formulir = replace(kiriman.formulir, galat=_by_field(galat))
        return make_response(halaman_tugas(lembar, formulir), 422)
    except BERUBAH as galat:
        return konflik(lembar, str(galat), kiriman.formulir.teks("alasan"))
    flash(f"{lembar.permohonan.nomor} {_nasib(lembar, hasil)}.")
    return redirect(url_for("petugas.antrean", peran=lembar.peran), 303)


def baca_kiriman() -> Kiriman:
    """The posted decision form. Raises InputInvalid for text no database can hold."""
    nilai = isi_formulir(*ISIAN_KEPUTUSAN)
    permintaan = []
    for nama in request.form:
        kata, _, sisa = nama.partition("-")
        jenis, _, kode = sisa.partition("-")
        if kata in {"perlu", "catatan"} and jenis in JENIS_PERMINTAAN:
            nilai[bersih(nama)] = teks(nama)
            if kata == "perlu":
                permintaan.append(Permintaan(jenis, bersih(kode), teks(f"catatan-{jenis}-{kode}")))
    return Kiriman(Formulir(nilai), tuple(permintaan), baca_seen())


def baca_seen() -> Seen:
    """What was on screen; a form without it has seen nothing, and is refused by the service."""
    versi = request.form.get("versi", "")
    terbaca = versi.isascii() and versi.isdigit() and len(versi) < 9
    return Seen(int(versi) if terbaca else -1, teks("naskah_hash") or None)


def konflik(lembar: Lembar, kalimat: str, alasan: str = "") -> Response:
    """Somebody was faster, or the content changed: what happened, and the typed reason to copy."""
    terbaru = lembar_saya(lembar.tugas_id)
    isi = render_template("petugas/konflik.html", lembar=terbaru, kalimat=kalimat, alasan=alasan)
    return make_response(isi, 409)


def _by_field(galat: InputInvalid) -> dict[str, str]:
    """Sentences by field of this page: ``syarat.KTP`` is ``catatan-syarat-KTP``; those of the BAP, which has a page of
    its own, become one sentence at the decision."""
    hasil = {}
    for kunci, kalimat in galat.errors.items():
        jenis, titik, kode = kunci.partition(".")
        if titik and jenis in JENIS_PERMINTAAN:
            hasil[f"catatan-{jenis}-{kode}"] = kalimat
        elif kunci in ISIAN_KEPUTUSAN or kunci.startswith("perlu-"):
            hasil[kunci] = kalimat
    if lain := len(galat.errors) - len(hasil):
        hasil["keputusan"] = f"{galat} ({lain} isian)"
    return hasil or {"keputusan": str(galat)}


def _nasib(lembar: Lembar, hasil: Transition) -> str:
    if hasil.ke == SELESAI:
        return "selesai"
    tujuan: Peran = lembar.permohonan.sop[hasil.ke].peran
    return f"{'dikembalikan' if hasil.mundur else 'diteruskan'} ke {tujuan.nama}"
