"""Why a document could not be made, in sentences for the office."""

from pipeline.errors import DefinitionError, DokumenGagal


class TemplatInvalid(DefinitionError):
    """Templat dokumen keliru. Periksa dengan `alurizin templat periksa`."""


class NilaiInvalid(DokumenGagal):
    """Ada nilai yang tidak dapat dicetak."""


class DocxRusak(DokumenGagal):
    """Berkas ini bukan dokumen Word (.docx) yang utuh."""


class MesinTidakAda(DokumenGagal):
    """Pembuat PDF tidak terpasang di mesin ini."""


class HabisWaktu(DokumenGagal):
    """Pembuatan PDF terlalu lama dan dihentikan. Coba lagi."""


class PdfKurang(DokumenGagal):
    """PDF yang dihasilkan tidak memuat seluruh isi dokumen, jadi tidak dipakai."""


class BelumSiap(DokumenGagal):
    """Dokumen ini sedang disiapkan."""


class GambarGagal(DokumenGagal):
    """Gambar halaman ini tidak dapat dibuat. Berkasnya tersimpan utuh; petugas melihatnya dengan mengunduh."""
