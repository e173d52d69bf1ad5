"""The closed words of an SOP: what may be decided, where a file heads, what a field or a document is."""

from enum import StrEnum


class KeputusanKind(StrEnum):
    """What a person (or an automatic step) may decide on a tugas."""

    KIRIM = "kirim"
    SETUJUI = "setujui"
    TANDA_TANGANI = "tanda_tangani"
    TERIMA = "terima"
    KEMBALIKAN = "kembalikan"
    TOLAK = "tolak"
    BATALKAN = "batalkan"
    BERAKHIR = "berakhir"  # the system's: a time that had to pass is over
    ARSIPKAN = "arsipkan"  # the system's: nobody took the signed document


#: Those that carry the file forward; a langkah names exactly one of them.
FORWARD = (KeputusanKind.KIRIM, KeputusanKind.SETUJUI, KeputusanKind.TANDA_TANGANI, KeputusanKind.TERIMA)


class About(StrEnum):
    """What a verdict or a request is about: a document, a field, or the whole application."""

    SYARAT = "syarat"
    ISIAN = "isian"
    UMUM = "umum"


class NaskahKind(StrEnum):
    """What a paper is for. Which papers there are, each SOP says."""

    KEPUTUSAN = "keputusan"  # drafted, approved, signed, numbered
    TANDA_TERIMA = "tanda_terima"  # made when the application is handed in
    MEJA = "meja"  # made of the form of a desk


class Arah(StrEnum):
    """Where the file is heading, set by the Rekomendasi: a decree, or a refusal."""

    TERBIT = "terbit"
    TOLAK = "tolak"


class Automatic(StrEnum):
    """The automatic work a langkah can name; each has one function in ``services/outbox/automatic``."""

    VERIFIKASI = "verifikasi"  # the checks of pipeline/rules/verification decide
    TERUSKAN = "teruskan"  # receipt and routing, nothing to decide
    SUSUN_NASKAH = "susun_naskah"  # draft the SK or the surat penolakan


class IsianKind(StrEnum):
    """The kinds of form field; each has one parser in ``pipeline/rules/form/isian.py``."""

    TEKS = "teks"
    PARAGRAF = "paragraf"
    PILIHAN = "pilihan"
    BANYAK = "banyak"
    TANGGAL = "tanggal"
    ANGKA = "angka"
    ANGKA_TETAP = "angka_tetap"  # so many digits, neither more nor fewer
    NIK = "nik"
    NIP = "nip"  # of an officer; who is named so approves nothing made with it
    TELEPON = "telepon"
    SUREL = "surel"
    KOORDINAT = "koordinat"
    SETUJU = "setuju"


class Identity(StrEnum):
    """How an answer that tells one holder from another is compared with those of others."""

    NAMA = "nama"  # spelled as a name, whichever field it was typed into
    NOMOR = "nomor"  # spelled as a number, with those typed into the same field


class Renewal(StrEnum):
    """What an answer says of the paper that is to be renewed."""

    NOMOR = "nomor"
    SAMPAI = "sampai"  # the last day it is valid
