"""What a refused upload says: every reason there is, and its sentence. Who refuses gives the reason and its numbers."""

from typing import Final

from pipeline.errors import AlurIzinError
from pipeline.rules.sentences import Family, Sentence

LARGEST_SIZE: Final = 10 << 20  # bytes of one upload
_PRINT: Final = "Cetak ulang ke PDF biasa (Cetak, lalu Simpan sebagai PDF) dan unggah hasilnya."


class RefusalReason(Family):
    """Why an upload is refused; its code is also the word by which the sandbox tells it."""

    # before a byte of it is read
    NOTHING_CHOSEN = "upload_nothing_chosen", "Belum ada berkas yang dipilih."
    TOO_LARGE = (
        "upload_too_large",
        "Berkas terlalu besar, paling besar {megabytes} MB. Ambil ulang foto dengan resolusi lebih kecil.",
    )
    EMPTY = "upload_empty", "Berkas ini kosong. Pilih berkas lain, atau pindai ulang dokumennya."
    TOO_MANY_UNFINISHED = (
        "upload_too_many_unfinished",
        "Terlalu banyak unggahan yang belum selesai. Selesaikan dulu, atau coba lagi besok.",
    )
    # by what it is
    UNKNOWN_KIND = (
        "upload_unknown_kind",
        "Berkas ini bukan PDF, JPG, PNG atau HEIC. Pindai atau foto dokumennya, lalu unggah hasilnya.",
    )
    OFFICE_DOCUMENT = (
        "upload_office_document",
        "Berkas Word, Excel atau ZIP tidak dapat diterima. Simpan dokumennya sebagai PDF, lalu unggah PDF itu.",
    )
    MISNAMED = (
        "upload_misnamed",
        "Nama berkas tidak sesuai dengan isinya. Simpan ulang sebagai PDF, JPG atau PNG, lalu unggah lagi.",
    )
    TOO_HEAVY = (
        "upload_too_heavy",
        "Berkas ini terlalu berat bagi pemeriksa kami, atau rusak. PDF: pisahkan menjadi beberapa berkas, atau "
        "cetak ulang ke PDF biasa. Foto: simpan ulang dengan resolusi biasa (12 MP). Lalu unggah lagi.",
    )
    LOST = (
        "upload_lost",
        "Berkas ini tidak tersimpan utuh pada kami; berkas Anda sendiri tidak salah. Unggah sekali lagi.",
    )
    # a PDF
    PDF_ACTIVE = "upload_pdf_active", f"PDF ini berisi skrip, formulir dinamis atau tindakan otomatis. {_PRINT}"
    PDF_MEDIA = "upload_pdf_media", f"PDF ini berisi video, suara atau objek 3D. {_PRINT}"
    PDF_ATTACHMENT = (
        "upload_pdf_attachment",
        f"PDF ini membawa berkas lain di dalamnya. {_PRINT} Lampirannya dapat diunggah sendiri.",
    )
    PDF_ENCRYPTED = (
        "upload_pdf_encrypted",
        "PDF ini dikunci dengan kata sandi. Buka dengan sandinya, simpan tanpa sandi, lalu unggah lagi.",
    )
    PDF_LIMITED = "upload_pdf_limited", f"PDF ini dibatasi pembuatnya dengan sandi. {_PRINT}"
    PDF_CUT = (
        "upload_pdf_cut",
        "PDF ini terpotong, mungkin unduhan atau pindaiannya terhenti. Ambil lagi berkasnya secara utuh.",
    )
    PDF_DAMAGED = "upload_pdf_damaged", f"PDF ini rusak sehingga tidak dapat dibuka seluruhnya. {_PRINT}"
    PDF_EXCESS = "upload_pdf_excess", f"Ada data lain di belakang PDF ini. {_PRINT}"
    PDF_WITHOUT_PAGES = "upload_pdf_without_pages", "PDF ini tidak mempunyai halaman. Pindai ulang dokumennya."
    PDF_TOO_THICK = "upload_pdf_too_thick", "PDF ini lebih dari {pages} halaman. Pisahkan menjadi beberapa berkas."
    PDF_TOO_LARGE_INSIDE = (
        "upload_pdf_too_large_inside",
        "PDF ini terlalu besar ketika dibuka: isinya lebih dari {megabytes} MB, atau satu gambarnya lebih dari "
        "{one} MB. Pisahkan menjadi beberapa berkas, atau pindai dengan kompresi JPEG, lalu unggah lagi.",
    )
    PDF_PICTURE_TOO_LARGE = (
        "upload_pdf_picture_too_large",
        "Satu gambar di PDF ini terlalu besar ketika dibuka: lebih dari {megapixels} juta piksel. Pindai ulang "
        "halaman itu dengan resolusi lebih kecil; 300 dpi cukup.",
    )
    PDF_LAYERED = (
        "upload_pdf_layered",
        f"Isi PDF ini terlalu besar ketika dibuka, karena dimampatkan berlapis-lapis. {_PRINT}",
    )
    PDF_INTRICATE = "upload_pdf_intricate", f"PDF ini tersusun dari terlalu banyak bagian. {_PRINT}"
    # a picture
    PICTURE_DAMAGED = (
        "upload_picture_damaged",
        "Gambar ini rusak atau terpotong. Ambil ulang fotonya, atau kirim ulang berkasnya ke gawai ini.",
    )
    PICTURE_TOO_LARGE = (
        "upload_picture_too_large",
        "Gambar ini terlalu besar ukurannya: paling besar {jpg} juta piksel untuk JPG dan HEIC, {png} juta untuk "
        "PNG. Ambil ulang foto dengan resolusi biasa (12 MP).",
    )
    PICTURE_EXCESS = (
        "upload_picture_excess",
        "Ada berkas lain di belakang gambar ini. Ambil ulang fotonya, atau simpan ulang gambarnya.",
    )
    PICTURE_MOVING = (
        "upload_picture_moving",
        "Gambar bergerak tidak dapat diterima. Unggah satu foto diam untuk tiap halaman.",
    )
    PICTURES_TOO_MANY = (
        "upload_pictures_too_many",
        "Berkas HEIC ini memuat lebih dari {pictures} gambar. Simpan tiap gambar sebagai foto tersendiri, lalu "
        "unggah satu per satu.",
    )
    # a page of something stored
    PAGE_NOT_DRAWN = "upload_page_not_drawn", "Gambar halaman ini tidak dapat dibuat."
    # by its place in the permohonan
    ACCEPTED_ALREADY = "upload_accepted_already", "Dokumen ini sudah diterima dan tidak perlu diganti."
    SYARAT_FULL = "upload_syarat_full", "Dokumen ini sudah berisi {at_most} berkas. Hapus salah satunya dahulu."
    PERMOHONAN_FULL = (
        "upload_permohonan_full",
        "Terlalu banyak berkas pada permohonan ini. Gabungkan halaman menjadi satu PDF.",
    )


class BerkasRefused(AlurIzinError):
    """An upload, or a stored copy of one, is refused for this reason."""

    def __init__(self, reason: RefusalReason, **numbers: int) -> None:
        self.sentence = Sentence(reason, numbers)
        self.reason = reason
        self.numbers = numbers  # what the sentence tells of: limits
        super().__init__(str(self.sentence))


class BerkasTooLarge(BerkasRefused):
    """Larger than anything that is taken."""

    def __init__(self) -> None:
        super().__init__(RefusalReason.TOO_LARGE, megabytes=LARGEST_SIZE >> 20)
