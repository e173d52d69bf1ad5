"""The automatic checks of step 2: one function per kind of check, each yielding verdicts. Pure."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date
from typing import Final

from pipeline.rules.form.answers import is_odd_ahu
from pipeline.rules.form.isian import check_content, years_before
from pipeline.rules.verification.facts import EarlierSk, Facts, Result, Verdict
from pipeline.rules.verification.pages import documents_differ, pages_readable
from pipeline.sop.values import Sop
from pipeline.sop.words import About, IsianKind
from pipeline.text import date_in_words

BOARD: Final = ("ketua", "sekretaris", "bendahara")
EXTENSION_LATE_YEARS: Final = 1  # an older tanda daftar is renewed only after a person has looked at it

Check = Callable[[Sop, Facts], Iterator[Verdict]]


def verify(sop: Sop, facts: Facts) -> tuple[Verdict, ...]:
    """Every check's verdicts, in the order of CHECKS. Never empty, and the same facts give the same answer."""
    return tuple(verdict for check in CHECKS for verdict in check(sop, facts))


def documents_present(sop: Sop, facts: Facts) -> Iterator[Verdict]:
    """Each mandatory document is there."""
    for syarat in sop.required_syarat(facts.data):
        if berkas := facts.berkas_for(syarat.code):
            page = sum(b.page for b in berkas)
            yield _syarat(syarat.code, Result.LULUS, f"{syarat.name} ada: {len(berkas)} berkas, {page} halaman.")
        else:
            yield _syarat(syarat.code, Result.GAGAL, f"{syarat.name} belum diunggah. Unggah pindaian atau fotonya.")


def files_open(_sop: Sop, facts: Facts) -> Iterator[Verdict]:
    """Each file opens, is what it says, and has pages."""
    bad = [b for b in facts.berkas if b.problem or b.page < 1]
    for b in bad:
        cause = b.problem or "Berkas ini tidak mempunyai halaman. Pindai ulang dokumennya, lalu unggah lagi."
        yield _syarat(b.syarat, Result.GAGAL, f"{b.name}: {cause}")
    if facts.berkas and not bad:
        yield _general(Result.LULUS, f"Semua berkas ({len(facts.berkas)}) dapat dibuka.")


def one_file_per_document(sop: Sop, facts: Facts) -> Iterator[Verdict]:
    """The same file does not stand for two different documents; it is asked for again where it came last."""
    name = {s.code: s.name for s in sop.syarat}
    syarat_of: defaultdict[str, list[str]] = defaultdict(list)
    for b in facts.berkas:
        if b.syarat not in syarat_of[b.original_sha256]:
            syarat_of[b.original_sha256].append(b.syarat)
            first = syarat_of[b.original_sha256][0]
            if b.syarat != first:
                yield _syarat(
                    b.syarat,
                    Result.GAGAL,
                    f"{b.name} sama dengan berkas yang diunggah untuk {name[first]}. "
                    f"Unggah {name[b.syarat]} yang sebenarnya.",
                )


def not_handed_in_elsewhere(_sop: Sop, facts: Facts) -> Iterator[Verdict]:
    """A file that came with another application may be right (a renewal) or borrowed."""
    for b in facts.berkas:
        if nomor := facts.same_at.get(b.original_sha256):
            yield _syarat(
                b.syarat, Result.PETUGAS, f"{b.name} juga diajukan pada permohonan {nomor}. Bandingkan keduanya."
            )


def form_complete(sop: Sop, facts: Facts) -> Iterator[Verdict]:
    """Each field is there and well formed; the scope of work is this office's; dates are possible and not too old."""
    errors = check_content(sop, facts.data, today=facts.today)
    for code, sentence in errors.items():
        yield Verdict(About.ISIAN, code, Result.GAGAL, sentence)
    if not errors:
        yield _general(Result.LULUS, "Semua isian lengkap dan bentuknya benar.")


def documents_young(sop: Sop, facts: Facts) -> Iterator[Verdict]:
    """A document too old has to be handed in anew, besides the date typed for it (which form_complete asks for)."""
    requested = {s.code: s for s in sop.syarat_for(facts.data)}
    for age in sop.policy.document_ages:
        dated = _date(facts.text(age.isian))
        if age.syarat in requested and dated and dated < years_before(facts.today, age.year):
            yield _syarat(
                age.syarat,
                Result.GAGAL,
                f"{requested[age.syarat].name} bertanggal {date_in_words(dated)}, sudah lebih dari {age.year} tahun. "
                "Unggah yang baru.",
            )


def different_people(_sop: Sop, facts: Facts) -> Iterator[Verdict]:
    """Ketua, sekretaris and bendahara are three people."""
    owner: dict[str, str] = {}
    for jabatan in BOARD:
        nik = facts.text(f"{jabatan}_nik")
        first = owner.setdefault(nik, jabatan)
        if nik and first != jabatan:
            sentence = f"NIK {jabatan} sama dengan NIK {first}. Periksa apakah memang satu orang merangkap jabatan."
            yield Verdict(About.ISIAN, f"{jabatan}_nik", Result.PETUGAS, sentence)


def numbers_usual(sop: Sop, facts: Facts) -> Iterator[Verdict]:
    """Numbers of older decrees took many forms: one that is not of today's is compared with the paper by a person."""
    for isian in sop.isian_for(facts.data):
        nomor = facts.text(isian.code)
        if isian.kind is IsianKind.AHU and is_odd_ahu(nomor):
            sentence = (
                "Bentuk nomor ini tidak seperti AHU-0012948.AH.01.04.Tahun 2018. Nomor SK lama memang dapat berbeda. "
                "Cocokkan dengan SK pengesahan yang diunggah."
            )
            yield Verdict(About.ISIAN, isian.code, Result.PETUGAS, sentence)


def institution_not_known(sop: Sop, facts: Facts) -> Iterator[Verdict]:
    """No other application is of an institution with one of these numbers, or with this name but for its spelling."""
    label = {i.code: i.label for i in sop.isian}
    for code, nomor in facts.same.items():
        sentence = (
            f"{label[code]} ini sama, atau hanya beda ejaan, dengan permohonan {', '.join(nomor[:5])}. "
            "Pastikan bukan lembaga yang sama."
        )
        yield Verdict(About.ISIAN, code, Result.PETUGAS, sentence)


def renewal_of_ours(_sop: Sop, facts: Facts) -> Iterator[Verdict]:
    """The number that is renewed was given by this office, to this institution, and through this applicant."""
    if facts.text("jenis") == "PERPANJANGAN" and facts.text("nomor_lama"):
        cause = _old_number_problem(facts.old)
        result = Result.PETUGAS if cause else Result.LULUS
        yield Verdict(About.ISIAN, "nomor_lama", result, cause or "Tanda daftar lama ini diterbitkan kantor ini.")
        written = _date(facts.text("tanggal_lama_sampai"))
        if not cause and facts.old and facts.old.until and written != facts.old.until:
            sentence = f"Menurut catatan kantor ini tanda daftar lama berlaku sampai {date_in_words(facts.old.until)}."
            yield Verdict(About.ISIAN, "tanggal_lama_sampai", Result.PETUGAS, sentence)


def _old_number_problem(old: EarlierSk | None) -> str:
    """What a person has to look at; empty when there is nothing."""
    if old is None:
        return "Nomor ini tidak ada pada catatan kantor ini. Cocokkan dengan tanda daftar lama yang diunggah."
    if old.refusal:
        return "Nomor ini nomor surat penolakan, bukan tanda daftar. Putuskan apakah permohonan ini seharusnya baru."
    if old.revoked:
        return "Tanda daftar dengan nomor ini sudah dicabut. Putuskan apakah masih dapat diperpanjang."
    if not old.same_institution:
        return (
            "Menurut catatan kantor ini nomor ini milik lembaga dengan nama atau nomor legalitas lain. "
            "Pastikan yang diperpanjang tanda daftar lembaga ini sendiri."
        )
    if not old.same_pemohon:
        return "Tanda daftar ini dulu diajukan akun lain. Pastikan pemohon sekarang berwenang atas lembaga ini."
    return ""


def renewal_in_time(_sop: Sop, facts: Facts) -> Iterator[Verdict]:
    """A tanda daftar that ended long ago is perhaps no longer renewed but registered anew."""
    until = _date(facts.text("tanggal_lama_sampai"))
    extension = facts.text("jenis") == "PERPANJANGAN"
    if extension and until and until < years_before(facts.today, EXTENSION_LATE_YEARS):
        sentence = (
            f"Tanda daftar lama berakhir {date_in_words(until)}, lebih dari {EXTENSION_LATE_YEARS} tahun lalu. "
            "Putuskan apakah masih dapat diperpanjang atau diajukan baru."
        )
        yield Verdict(About.ISIAN, "tanggal_lama_sampai", Result.PETUGAS, sentence)


def spot_check(_sop: Sop, facts: Facts) -> Iterator[Verdict]:
    """Some files that pass are seen by a person all the same."""
    if facts.sample:
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


def _syarat(code: str, result: Result, sentence: str) -> Verdict:
    return Verdict(About.SYARAT, code, result, sentence)


def _general(result: Result, sentence: str) -> Verdict:
    return Verdict(About.UMUM, "", result, sentence)


def _date(text: str) -> date | None:
    """A kept date; None when it is missing or wrong, which form_complete says."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
