"""What a refused upload says: every reason there is, and its sentence. Who refuses gives the reason and its numbers."""

from enum import StrEnum, auto
from typing import Final

from pipeline.errors import AlurIzinError

LARGEST_SIZE: Final = 10 << 20  # bytes of one upload


class RefusalReason(StrEnum):
    """Why an upload is refused; also the word by which the sandbox tells it."""

    # before a byte of it is read
    NOTHING_CHOSEN = auto()
    TOO_LARGE = auto()
    EMPTY = auto()
    TOO_MANY_UNFINISHED = auto()
    # by what it is
    UNKNOWN_KIND = auto()
    OFFICE_DOCUMENT = auto()
    MISNAMED = auto()
    TOO_HEAVY = auto()
    # a PDF
    PDF_ACTIVE = auto()
    PDF_MEDIA = auto()
    PDF_ATTACHMENT = auto()
    PDF_ENCRYPTED = auto()
    PDF_LIMITED = auto()
    PDF_CUT = auto()
    PDF_DAMAGED = auto()
    PDF_EXCESS = auto()
    PDF_WITHOUT_PAGES = auto()
    PDF_TOO_THICK = auto()
    PDF_TOO_LARGE_INSIDE = auto()
    PDF_PICTURE_TOO_LARGE = auto()
    PDF_LAYERED = auto()
    PDF_INTRICATE = auto()
    # a picture
    PICTURE_DAMAGED = auto()
    PICTURE_TOO_LARGE = auto()
    PICTURE_EXCESS = auto()
    PICTURE_MOVING = auto()
    PICTURES_TOO_MANY = auto()
    # a page of something stored
    PAGE_NOT_DRAWN = auto()
    # by its place in the permohonan
    ACCEPTED_ALREADY = auto()
    SYARAT_FULL = auto()
    PERMOHONAN_FULL = auto()


_PRINT: Final = "Cetak ulang ke PDF biasa (Cetak, lalu Simpan sebagai PDF) dan unggah hasilnya."

REFUSAL_SENTENCES: Final = {
    RefusalReason.NOTHING_CHOSEN: "Belum ada berkas yang dipilih.",
    RefusalReason.TOO_LARGE: (
        "Berkas terlalu besar, paling besar {megabytes} MB. Ambil ulang foto dengan resolusi lebih kecil."
    ),
    RefusalReason.EMPTY: "Berkas ini kosong. Pilih berkas lain, atau pindai ulang dokumennya.",
    RefusalReason.TOO_MANY_UNFINISHED: (
        "Terlalu banyak unggahan yang belum selesai. Selesaikan dulu, atau coba lagi besok."
    ),
    RefusalReason.UNKNOWN_KIND: (
        "Berkas ini bukan PDF, JPG, PNG atau HEIC. Pindai atau foto dokumennya, lalu unggah hasilnya."
    ),
    RefusalReason.OFFICE_DOCUMENT: (
        "Berkas Word, Excel atau ZIP tidak dapat diterima. Simpan dokumennya sebagai PDF, lalu unggah PDF itu."
    ),
    RefusalReason.MISNAMED: (
        "Nama berkas tidak sesuai dengan isinya. Simpan ulang sebagai PDF, JPG atau PNG, lalu unggah lagi."
    ),
    RefusalReason.TOO_HEAVY: (
        "Berkas ini terlalu berat bagi pemeriksa kami, atau rusak. PDF: pisahkan menjadi beberapa berkas, atau cetak "
        "ulang ke PDF biasa. Foto: simpan ulang dengan resolusi biasa (12 MP). Lalu unggah lagi."
    ),
    RefusalReason.PDF_ACTIVE: f"PDF ini berisi skrip, formulir dinamis atau tindakan otomatis. {_PRINT}",
    RefusalReason.PDF_MEDIA: f"PDF ini berisi video, suara atau objek 3D. {_PRINT}",
    RefusalReason.PDF_ATTACHMENT: (
        f"PDF ini membawa berkas lain di dalamnya. {_PRINT} Lampirannya dapat diunggah sendiri."
    ),
    RefusalReason.PDF_ENCRYPTED: (
        "PDF ini dikunci dengan kata sandi. Buka dengan sandinya, simpan tanpa sandi, lalu unggah lagi."
    ),
    RefusalReason.PDF_LIMITED: f"PDF ini dibatasi pembuatnya dengan sandi. {_PRINT}",
    RefusalReason.PDF_CUT: (
        "PDF ini terpotong, mungkin unduhan atau pindaiannya terhenti. Ambil lagi berkasnya secara utuh."
    ),
    RefusalReason.PDF_DAMAGED: f"PDF ini rusak sehingga tidak dapat dibuka seluruhnya. {_PRINT}",
    RefusalReason.PDF_EXCESS: f"Ada data lain di belakang PDF ini. {_PRINT}",
    RefusalReason.PDF_WITHOUT_PAGES: "PDF ini tidak mempunyai halaman. Pindai ulang dokumennya.",
    RefusalReason.PDF_TOO_THICK: "PDF ini lebih dari {pages} halaman. Pisahkan menjadi beberapa berkas.",
    RefusalReason.PDF_TOO_LARGE_INSIDE: (
        "PDF ini terlalu besar ketika dibuka: isinya lebih dari {megabytes} MB, atau satu gambarnya lebih dari {one} "
        "MB. Pisahkan menjadi beberapa berkas, atau pindai dengan kompresi JPEG, lalu unggah lagi."
    ),
    RefusalReason.PDF_PICTURE_TOO_LARGE: (
        "Satu gambar di PDF ini terlalu besar ketika dibuka: lebih dari {megapixels} juta piksel. "
        "Pindai ulang halaman itu dengan resolusi lebih kecil; 300 dpi cukup."
    ),
    RefusalReason.PDF_LAYERED: (
        f"Isi PDF ini terlalu besar ketika dibuka, karena dimampatkan berlapis-lapis. {_PRINT}"
    ),
    RefusalReason.PDF_INTRICATE: f"PDF ini tersusun dari terlalu banyak bagian. {_PRINT}",
    RefusalReason.PICTURE_DAMAGED: (
        "Gambar ini rusak atau terpotong. Ambil ulang fotonya, atau kirim ulang berkasnya ke gawai ini."
    ),
    RefusalReason.PICTURE_TOO_LARGE: (
        "Gambar ini terlalu besar ukurannya: paling besar {jpg} juta piksel untuk JPG dan HEIC, {png} juta untuk PNG. "
        "Ambil ulang foto dengan resolusi biasa (12 MP)."
    ),
    RefusalReason.PICTURE_EXCESS: (
        "Ada berkas lain di belakang gambar ini. Ambil ulang fotonya, atau simpan ulang gambarnya."
    ),
    RefusalReason.PICTURE_MOVING: "Gambar bergerak tidak dapat diterima. Unggah satu foto diam untuk tiap halaman.",
    RefusalReason.PICTURES_TOO_MANY: (
        "Berkas HEIC ini memuat lebih dari {pictures} gambar. Simpan tiap gambar sebagai foto tersendiri, "
        "lalu unggah satu per satu."
    ),
    RefusalReason.PAGE_NOT_DRAWN: "Gambar halaman ini tidak dapat dibuat.",
    RefusalReason.ACCEPTED_ALREADY: "Dokumen ini sudah diterima dan tidak perlu diganti.",
    RefusalReason.SYARAT_FULL: "Dokumen ini sudah berisi {at_most} berkas. Hapus salah satunya dahulu.",
    RefusalReason.PERMOHONAN_FULL: "Terlalu banyak berkas pada permohonan ini. Gabungkan halaman menjadi satu PDF.",
}


class BerkasRefused(AlurIzinError):
    """An upload, or a stored copy of one, is refused for this reason."""

    def __init__(self, reason: RefusalReason, **numbers: int) -> None:
        super().__init__(REFUSAL_SENTENCES[reason].format(**numbers))
        self.reason = reason
        self.numbers = numbers  # what the sentence tells of: limits


class BerkasTooLarge(BerkasRefused):
    """Larger than anything that is taken."""

    def __init__(self) -> None:
        super().__init__(RefusalReason.TOO_LARGE, megabytes=LARGEST_SIZE >> 20)
