"""What a desk types into its form, whichever form it is: made up from the kinds of its fields."""

from datetime import date

from pipeline.sop.form.desk_form import DeskForm
from pipeline.sop.form.isian import Isian
from pipeline.sop.values import CaseData, case_data
from pipeline.sop.words import IsianKind

Typed = dict[str, str | tuple[str, ...]]

_TEAM = (
    ("Norhalis Contoh", "197905122005011003", "Ahli Muda"),
    ("Maulida Contoh", "", "Penyuluh"),
    ("Rusdiana Contoh", "", "Pelaksana"),
)
FITS = "Sesuai saat ditinjau."
AGAIN = "Diperiksa ulang pada kunjungan ke-{}."
UNFIT_REASON = "Alamat kosong saat ditinjau dan tidak ada kegiatan pelayanan bagi warga sekitar."


def filled_in(
    form: DeskForm, data: CaseData, *, seed: str, today: date, eligible: bool = True, kunjungan: int = 1
) -> Typed:
    """A complete form by the names of its fields; its texts differ from one ``kunjungan`` to the next."""
    mark = f"{seed}/{kunjungan}"
    typed: Typed = {f.code: made_up(f, mark, today) for f in form.isian}
    said = UNFIT_REASON if not eligible else AGAIN.format(kunjungan) if kunjungan > 1 else FITS
    typed |= {f.code: said[: f.max_length] for f in form.isian if f.kind is IsianKind.PARAGRAF}
    if form.direction:
        concluding = next(f for f in form.isian if f.code == form.direction.isian)
        typed[concluding.code] = _conclusion(form, concluding, eligible)
    for n in range(1, form.team + 1):
        name, nip, jabatan = _TEAM[(n - 1) % len(_TEAM)]
        typed |= {f"tim-{n}-nama": name, f"tim-{n}-nip": nip, f"tim-{n}-jabatan": jabatan}
    result = next(iter(form.results if eligible or not form.findings else form.findings), "")
    for item in form.items_for({**data, **case_data(typed)}):
        typed[f"butir-{item.code}-hasil"] = result
        typed[f"butir-{item.code}-catatan"] = "" if eligible else "Tidak ditemukan saat peninjauan."
    return typed


def _conclusion(form: DeskForm, isian: Isian, eligible: bool) -> str:
    refusing = form.direction.refusing if form.direction else ()
    return next(code for code in isian.choices if (code not in refusing) == eligible)


def made_up(isian: Isian, mark: str, today: date) -> str | tuple[str, ...]:
    """An answer that this kind of field takes."""
    served = [code for code in isian.choices if code not in isian.stops]
    match isian.kind:
        case IsianKind.PILIHAN:
            return served[0]
        case IsianKind.BANYAK:
            return tuple(served[:1])
        case IsianKind.TANGGAL:
            return today.isoformat()
        case IsianKind.ANGKA_TETAP:
            return "".join(str(n % 9 + 1) for n in range(isian.lengths[0]))
        case IsianKind.TEKS | IsianKind.PARAGRAF:
            return isian.example or f"{isian.label} {mark}"[: isian.max_length]
        case _:
            return _OF_KIND[isian.kind]


_OF_KIND = {
    IsianKind.ANGKA: "12",
    IsianKind.NIK: "6372015203800001",
    IsianKind.NIP: "197001011995031001",
    IsianKind.TELEPON: "0812 3456 7890",
    IsianKind.SUREL: "contoh@contoh.test",
    IsianKind.KOORDINAT: "-3.4421, 114.8436",
    IsianKind.SETUJU: "ya",
}
