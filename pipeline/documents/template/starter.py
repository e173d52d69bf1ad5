"""A first Word template of a paper, drawn from the SOP alone: it prints, and the office goes on with it in Word."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from docx.table import Table

from pipeline.documents.template.compose import names_in
from pipeline.documents.template.sheet import BOTH, CENTER, RIGHT, Sheet
from pipeline.sop.naskah import Naskah
from pipeline.sop.values import Sop
from pipeline.sop.words import Arah, NaskahKind

_REFERENCE: Final = "nomor {{ nomor_permohonan }} tanggal {{ tanggal_permohonan }}"
_NUMBER: Final = ("No.", 12, "{{ loop.index }}.")


@dataclass(frozen=True, slots=True)
class Izin:
    """What a template has to know of its permit; an unfinished file of one has that already."""

    name: str
    pemegang: str  # code of the isian that names the holder
    labels: Mapping[str, str]  # code of an isian that may be printed -> its label
    of_desks: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # langkah -> the same of its desk's form

    @classmethod
    def of(cls, sop: Sop) -> "Izin":
        of_desks = {form.langkah: {i.code: i.label for i in form.isian} for form in sop.forms}
        return cls(sop.name, sop.pemegang, {i.code: i.label for i in sop.isian if not i.personal}, of_desks)


def starter(izin: Izin, naskah: Naskah, emblem: bytes | None = None) -> bytes:
    """The .docx; ``emblem``: the picture of its letterhead."""
    sheet = Sheet()
    sheet.letterhead(emblem)
    if naskah.kind is NaskahKind.TANDA_TERIMA:
        _receipt(sheet, izin, naskah)
    elif naskah.kind is NaskahKind.MEJA:
        _of_desk(sheet, izin, naskah)
    elif naskah.arah is Arah.TOLAK:
        _refusal(sheet, izin, naskah)
    else:
        _decision(sheet, izin, naskah)
    return sheet.docx()


def _decision(sheet: Sheet, izin: Izin, naskah: Naskah) -> None:
    sheet.line(naskah.name.upper(), CENTER, bold=True, size=13)
    sheet.line("NOMOR {{ nomor }}", CENTER, after=8)
    if naskah.about.upper() not in {"", naskah.name.upper()}:
        sheet.line("TENTANG", CENTER)
        sheet.line("{{ tentang }}", CENTER, bold=True, after=8)
    with sheet.only_if("mengingat"):  # the law may be written into the SOP when this template is there already
        sheet.line("Berdasarkan:", after=3)
        sheet.repeated("mengingat", "dasar", "{{ dasar }};")
    sheet.line(f"Menimbang permohonan {_REFERENCE}, dengan ini diberikan {izin.name} kepada:", BOTH, after=4)
    _data(sheet, izin, naskah)
    with sheet.only_if("pertimbangan"):
        sheet.line("{{ pertimbangan }}", BOTH, after=6)
    if naskah.validity:
        ends = "berlaku selama {{ masa_berlaku }}, sampai dengan tanggal {{ berlaku_sampai }}."
        sheet.line(f"{naskah.name} ini {ends}", BOTH, after=6)
    sheet.line(
        "Apabila di kemudian hari data atau dokumen yang menjadi dasarnya terbukti tidak benar, "
        f"{naskah.name} ini dinyatakan batal.",
        BOTH,
        after=10,
    )
    _signature(sheet, ("Ditetapkan di {{ kota }}", "pada tanggal {{ tanggal }}"))
    _end(sheet, naskah)


def _refusal(sheet: Sheet, izin: Izin, naskah: Naskah) -> None:
    sheet.line("{{ kota }}, {{ tanggal }}", RIGHT, after=6)
    about = "{{ tentang }}" if naskah.about else naskah.name
    sheet.pairs([("Nomor", "{{ nomor }}"), ("Sifat", "Biasa"), ("Lampiran", "-"), ("Hal", about)], label=25)
    sheet.line("", after=4)
    sheet.line("Yth. {{ pemegang }}", after=8)
    sheet.line(
        f"Berdasarkan permohonan Saudara yang terdaftar dengan {_REFERENCE}, dengan ini kami sampaikan bahwa "
        f"permohonan {izin.name} atas nama {{{{ pemegang }}}} ditolak dengan alasan sebagai berikut:",
        BOTH,
        after=4,
    )
    sheet.repeated("alasan", "butir", "{{ butir }}")
    sheet.line(
        "Saudara dapat mengajukan permohonan kembali setelah hal-hal tersebut dipenuhi. Saudara juga dapat mengajukan "
        "keberatan secara tertulis kepada kami paling lama 21 (dua puluh satu) hari kerja sejak surat ini disampaikan, "
        "sesuai dengan ketentuan peraturan perundang-undangan.",
        BOTH,
        after=6,
    )
    sheet.line("Demikian disampaikan. Atas perhatian Saudara, kami ucapkan terima kasih.", BOTH, after=10)
    _signature(sheet, ())
    _end(sheet, naskah)


def _receipt(sheet: Sheet, izin: Izin, naskah: Naskah) -> None:
    sheet.line(f"{naskah.name} Permohonan".upper(), CENTER, bold=True, size=13)
    sheet.line("Nomor {{ nomor_permohonan }}", CENTER, after=8)
    sheet.line("Telah diterima secara elektronik permohonan dengan keterangan berikut:", after=4)
    rows = [
        ("Nama", "{{ pemegang }}"),
        ("Layanan", izin.name),
        ("Diterima", "{{ dikirim }}"),
        ("Waktu penyelesaian", "{{ janji }} sejak berkas dinyatakan lengkap"),
    ]
    table = sheet.pairs(rows)
    if naskah.lines:
        sheet.pairs_of(table, "data", "{{ baris.label }}", "{{ baris.nilai }}")
    sheet.line("", after=4)
    sheet.line("Dokumen yang diterima:", after=4)
    sheet.grid("berkas", [_NUMBER, ("Dokumen", 123, "{{ baris.nama }}"), ("Jumlah", 30, "{{ baris.jumlah }}")])
    code, words = sheet.beside(35)
    sheet.line("{{ qr }}", into=code)
    sheet.line("Lacak permohonan ini di {{ url_lacak }}", into=words)
    sheet.line("dengan nomor {{ nomor_permohonan }} dan kode lacak {{ kode_lacak }}.", after=4, into=words)
    warning = "Siapa pun yang memegang nomor dan kode dapat melihat perjalanan berkas Anda."
    sheet.line(f"Simpan kode ini. {warning}", into=words)
    sheet.line("", after=4)
    valid = "Tanda terima ini dibuat oleh sistem dan sah tanpa tanda tangan."
    sheet.line(f"{valid} Tanda terima bukan persetujuan atas permohonan.", BOTH)
    sheet.footer("Nomor {{ nomor_permohonan }}")


def _of_desk(sheet: Sheet, izin: Izin, naskah: Naskah) -> None:
    sheet.line(naskah.name.upper(), CENTER, bold=True, size=13, after=8)
    sheet.line(f"{izin.name} {_REFERENCE}", CENTER, after=8)
    table = sheet.pairs([] if _names_holder(izin, naskah) else [("Nama", "{{ pemegang }}")])
    if naskah.lines:
        sheet.pairs_of(table, "data", "{{ baris.label }}", "{{ baris.nilai }}")
    named = {name for line in naskah.lines for name in names_in(line.value)}
    form = izin.of_desks.get(naskah.langkah, {})
    _optional_pairs(sheet, table, {code: label for code, label in form.items() if code not in named})
    sheet.line("", after=4)
    with sheet.only_if("daftar"):
        result, note = ("Hasil", 35, "{{ baris.hasil }}"), ("Catatan", 50, "{{ baris.catatan }}")
        sheet.grid("daftar", [_NUMBER, ("Yang diperiksa", 68, "{{ baris.uraian }}"), result, note])
    with sheet.only_if("tim"):
        sheet.line("Tim pemeriksa:", after=3)
        nip, post = ("NIP", 48, "{{ baris.nip }}"), ("Jabatan", 50, "{{ baris.jabatan }}")
        sheet.grid("tim", [_NUMBER, ("Nama", 55, "{{ baris.nama }}"), nip, post])
    sheet.footer("{{ nomor_permohonan }}")


def _data(sheet: Sheet, izin: Izin, naskah: Naskah) -> None:
    """The table of data, the holder first; where the SOP has none, every answer that is not personal."""
    table = sheet.pairs([] if _names_holder(izin, naskah) else [("Nama", "{{ pemegang }}")])
    if naskah.lines:
        sheet.pairs_of(table, "data", "{{ baris.label }}", "{{ baris.nilai }}")
    else:
        own = {code: label for code, label in izin.labels.items() if code != izin.pemegang}
        _optional_pairs(sheet, table, own)
    sheet.line("", after=4)


def _names_holder(izin: Izin, naskah: Naskah) -> bool:
    return any({"pemegang", izin.pemegang} & names_in(line.value) for line in naskah.lines)


def _optional_pairs(sheet: Sheet, table: Table, labels: Mapping[str, str]) -> None:
    """A row for each of these variables that is not empty."""
    for code, label in labels.items():
        sheet.tag(table, f"{{%tr if {code} %}}")
        sheet.pair(table, label, f"{{{{ {code} }}}}")
        sheet.tag(table, "{%tr endif %}")


def _signature(sheet: Sheet, opening: Sequence[str]) -> None:
    code, words = sheet.beside(75)
    sheet.line("{{ qr }}", into=code)
    sheet.line("Periksa keaslian dokumen ini di", size=8, into=code)
    sheet.line("{{ url_verifikasi }}", size=8, into=code)
    for text in opening:
        sheet.line(text, into=words)
    sheet.line("{{ jabatan_penandatangan }},", after=8, into=words)
    sheet.line("Ditandatangani secara elektronik oleh:", size=9, after=8, into=words)
    sheet.line("{{ nama_penandatangan }}", bold=True, into=words)
    sheet.line("{{ nip_penandatangan }}", into=words)


def _end(sheet: Sheet, naskah: Naskah) -> None:
    sheet.line("", after=4)
    with sheet.only_if("tembusan"):
        sheet.line("Tembusan:")
        sheet.repeated("tembusan", "pihak", "{{ pihak }}")
    sheet.footer("{{ catatan_tte }}", "Nomor {{ nomor }}")
