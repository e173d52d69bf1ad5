"""The automatic checks of step 2: one function per kind of check, each yielding verdicts. Pure."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date
from typing import Final

from pipeline.rules.form.answers import is_odd_ahu
from pipeline.rules.form.isian import check_content, years_before
from pipeline.rules.verification.facts import ISIAN, SYARAT, UMUM, EarlierSk, Facts, Result, Verdict
from pipeline.rules.verification.pages import documents_differ, pages_readable
from pipeline.sop.values import IsianKind, Sop
from pipeline.tanggal import tanggal

PENGURUS: Final = ("ketua", "sekretaris", "bendahara")
EXTENSION_LATE_YEARS: Final = 1  # an older tanda daftar is renewed only after a person has looked at it

Check = Callable[[Sop, Facts], Iterator[Verdict]]


def verify(sop: Sop, found_facts: Facts) -> tuple[Verdict, ...]:
    """Every check's verdicts, in the order of CHECKS. Never empty, and the same facts give the same answer."""
    return tuple(verdict for check in CHECKS for verdict in check(sop, found_facts))


def documents_present(sop: Sop, found_facts: Facts) -> Iterator[Verdict]:
    """Each mandatory document is there."""
    for syarat in sop.required_syarat(found_facts.data):
        if berkas := found_facts.berkas_for(syarat.kode):
            halaman = sum(b.halaman for b in berkas)
            yield _syarat(syarat.kode, Result.LULUS, f"{syarat.nama} ada: {len(berkas)} berkas, {halaman} halaman.")
        else:
            yield _syarat(syarat.kode, Result.GAGAL, f"{syarat.nama} belum diunggah. Unggah pindaian atau fotonya.")


def files_open(_sop: Sop, found_facts: Facts) -> Iterator[Verdict]:
    """Each file opens, is what it says, and has pages."""
    buruk = [b for b in found_facts.berkas if b.masalah or b.halaman < 1]
    for b in buruk:
        sebab = b.masalah or "Berkas ini tidak mempunyai halaman. Pindai ulang dokumennya, lalu unggah lagi."
        yield _syarat(b.syarat, Result.GAGAL, f"{b.nama}: {sebab}")
    if found_facts.berkas and not buruk:
        yield _general(Result.LULUS, f"Semua berkas ({len(found_facts.berkas)}) dapat dibuka.")


def one_file_per_document(sop: Sop, found_facts: Facts) -> Iterator[Verdict]:
    """The same file does not stand for two different documents; it is asked for again where it came last."""
    nama = {s.kode: s.nama for s in sop.syarat}
    syarat_of: defaultdict[str, list[str]] = defaultdict(list)
    for b in found_facts.berkas:
        if b.syarat not in syarat_of[b.sha256_asli]:
            syarat_of[b.sha256_asli].append(b.syarat)
            first = syarat_of[b.sha256_asli][0]
            if b.syarat != first:
                yield _syarat(
                    b.syarat,
                    Result.GAGAL,
                    f"{b.nama} sama dengan berkas yang diunggah untuk {nama[first]}. "
                    f"Unggah {nama[b.syarat]} yang sebenarnya.",
                )


def not_handed_in_elsewhere(_sop: Sop, found_facts: Facts) -> Iterator[Verdict]:
    """A file that came with another application may be right (a renewal) or borrowed."""
    for b in found_facts.berkas:
        if nomor := found_facts.same_at.get(b.sha256_asli):
            yield _syarat(
                b.syarat, Result.PETUGAS, f"{b.nama} juga diajukan pada permohonan {nomor}. Bandingkan keduanya."
            )


def form_complete(sop: Sop, found_facts: Facts) -> Iterator[Verdict]:
    """Each field is there and well formed; the scope of work is this office's; dates are possible and not too old."""
    errors = check_content(sop, found_facts.data, today=found_facts.today)
    for kode, kalimat in errors.items():
        yield Verdict(ISIAN, kode, Result.GAGAL, kalimat)
    if not errors:
        yield _general(Result.LULUS, "Semua isian lengkap dan bentuknya benar.")


def documents_young(sop: Sop, found_facts: Facts) -> Iterator[Verdict]:
    """A document too old has to be handed in anew, besides the date typed for it (which form_complete asks for)."""
    requested = {s.kode: s for s in sop.syarat_for(found_facts.data)}
    for umur in sop.kebijakan.umur_dokumen:
        bertanggal = _date(found_facts.teks(umur.isian))
        if umur.syarat in requested and bertanggal and bertanggal < years_before(found_facts.today, umur.tahun):
            yield _syarat(
                umur.syarat,
                Result.GAGAL,
                f"{requested[umur.syarat].nama} bertanggal {tanggal(bertanggal)}, sudah lebih dari {umur.tahun} tahun. "
                "Unggah yang baru.",
            )


def different_people(_sop: Sop, found_facts: Facts) -> Iterator[Verdict]:
    """Ketua, sekretaris and bendahara are three people."""
    pemilik: dict[str, str] = {}
    for jabatan in PENGURUS:
        nik = found_facts.teks(f"{jabatan}_nik")
        first = pemilik.setdefault(nik, jabatan)
        if nik and first != jabatan:
            kalimat = f"NIK {jabatan} sama dengan NIK {first}. Periksa apakah memang satu orang merangkap jabatan."
            yield Verdict(ISIAN, f"{jabatan}_nik", Result.PETUGAS, kalimat)


def numbers_usual(sop: Sop, found_facts: Facts) -> Iterator[Verdict]:
    """Numbers of older decrees took many forms: one that is not of today's is compared with the paper by a person."""
    for isian in sop.isian_for(found_facts.data):
        nomor = found_facts.teks(isian.kode)
        if isian.jenis is IsianKind.AHU and is_odd_ahu(nomor):
            kalimat = (
                "Bentuk nomor ini tidak seperti AHU-0012948.AH.01.04.Tahun 2018. Nomor SK lama memang dapat berbeda. "
                "Cocokkan dengan SK pengesahan yang diunggah."
            )
            yield Verdict(ISIAN, isian.kode, Result.PETUGAS, kalimat)


def institution_not_known(sop: Sop, found_facts: Facts) -> Iterator[Verdict]:
    """No other application is of an institution with one of these numbers, or with this name but for its spelling."""
    label = {i.kode: i.label for i in sop.isian}
    for kode, nomor in found_facts.sama.items():
        kalimat = (
            f"{label[kode]} ini sama, atau hanya beda ejaan, dengan permohonan {', '.join(nomor[:5])}. "
            "Pastikan bukan lembaga yang sama."
        )
        yield Verdict(ISIAN, kode, Result.PETUGAS, kalimat)


def renewal_of_ours(_sop: Sop, found_facts: Facts) -> Iterator[Verdict]:
    """The number that is renewed was given by this office, to this institution, and through this applicant."""
    if found_facts.teks("jenis") == "PERPANJANGAN" and found_facts.teks("nomor_lama"):
        sebab = _old_number_problem(found_facts.lama)
        hasil = Result.PETUGAS if sebab else Result.LULUS
        yield Verdict(ISIAN, "nomor_lama", hasil, sebab or "Tanda daftar lama ini diterbitkan kantor ini.")
        tertulis = _date(found_facts.teks("tanggal_lama_sampai"))
        if not sebab and found_facts.lama and found_facts.lama.sampai and tertulis != found_facts.lama.sampai:
            kalimat = f"Menurut catatan kantor ini tanda daftar lama berlaku sampai {tanggal(found_facts.lama.sampai)}."
            yield Verdict(ISIAN, "tanggal_lama_sampai", Result.PETUGAS, kalimat)


def _old_number_problem(lama: EarlierSk | None) -> str:
    """What a person has to look at; empty when there is nothing."""
    if lama is None:
        return "Nomor ini tidak ada pada catatan kantor ini. Cocokkan dengan tanda daftar lama yang diunggah."
    if lama.penolakan:
        return "Nomor ini nomor surat penolakan, bukan tanda daftar. Putuskan apakah permohonan ini seharusnya baru."
    if lama.dicabut:
        return "Tanda daftar dengan nomor ini sudah dicabut. Putuskan apakah masih dapat diperpanjang."
    if not lama.same_institution:
        return (
            "Menurut catatan kantor ini nomor ini milik lembaga dengan nama atau nomor legalitas lain. "
            "Pastikan yang diperpanjang tanda daftar lembaga ini sendiri."
        )
    if not lama.same_pemohon:
        return "Tanda daftar ini dulu diajukan akun lain. Pastikan pemohon sekarang berwenang atas lembaga ini."
    return ""


def renewal_in_time(_sop: Sop, found_facts: Facts) -> Iterator[Verdict]:
    """A tanda daftar that ended long ago is perhaps no longer renewed but registered anew."""
    sampai = _date(found_facts.teks("tanggal_lama_sampai"))
    perpanjangan = found_facts.teks("jenis") == "PERPANJANGAN"
    if perpanjangan and sampai and sampai < years_before(found_facts.today, EXTENSION_LATE_YEARS):
        kalimat = (
            f"Tanda daftar lama berakhir {tanggal(sampai)}, lebih dari {EXTENSION_LATE_YEARS} tahun lalu. "
            "Putuskan apakah masih dapat diperpanjang atau diajukan baru."
        )
        yield Verdict(ISIAN, "tanggal_lama_sampai", Result.PETUGAS, kalimat)


def spot_check(_sop: Sop, found_facts: Facts) -> Iterator[Verdict]:
    """Some files that pass are seen by a person all the same."""
    if found_facts.sampel:
        yield _general(Result.PETUGAS, "Berkas ini terpilih untuk uji petik. Periksa seperti biasa.")


#: All of them; their verdicts are shown in this order.
CHECKS: Final[tuple[Check, ...]] = (
    documents_present,
    files_open,
    one_file_per_document,
    pages_readable,
    documents_differ,
    not_handed_in_elsewhere,
    form_complete,
    documents_young,
    different_people,
    numbers_usual,
    institution_not_known,
    renewal_of_ours,
    renewal_in_time,
    spot_check,
)


def _syarat(kode: str, hasil: Result, kalimat: str) -> Verdict:
    return Verdict(SYARAT, kode, hasil, kalimat)


def _general(hasil: Result, kalimat: str) -> Verdict:
    return Verdict(UMUM, "", hasil, kalimat)


def _date(teks: str) -> date | None:
    """A kept date; None when it is missing or wrong, which form_complete says."""
    try:
        return date.fromisoformat(teks)
    except ValueError:
        return None
