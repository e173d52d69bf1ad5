"""What a refused answer of a form says."""

from pipeline.errors import AlurIzinError
from pipeline.rules.sentences import Family, Parameter, Sentence


class RefusedAnswer(Family):
    """Why one answer cannot be taken as it is."""

    PHONE = (
        "phone",
        "Nomor telepon belum benar. Tulis satu nomor seperti 0812 3456 7890, 0511 123456, +65 6123 4567.",
    )
    EMAIL = "email", "Alamat surel belum benar. Tulis seperti nama@contoh.id."
    DATE_UNREAD = (
        "date_unread",
        "Tanggal belum terbaca. Tulis tanggal, bulan dan tahun empat angka, seperti 25-11-2026.",
    )
    DATE_IMPOSSIBLE = "date_impossible", "Tanggal ini tidak ada di kalender. Periksa tanggal dan bulannya."
    DATE_YEAR = "date_year", "Periksa tahunnya: {year} di luar {first}-{last}."
    DATE_AHEAD = "date_ahead", "Tanggal ini belum tiba. Periksa tahunnya."
    DATE_BEFORE = "date_before", "Tanggal ini tidak boleh mendahului {other}."
    PICTURE = "picture", "Hapus {picture} dari isian ini: gambar dan emoji tidak dapat dicetak pada surat."
    TOO_LONG = "too_long", "Terlalu panjang: {length} huruf, paling banyak {at_most}."
    NO_WORDS = "no_words", "Tulis dengan huruf atau angka."
    STOPS = "stops", "{stop}"
    NO_CHOICE = "no_choice", "Pilih salah satu jawaban yang tersedia."
    SEVERAL = "several", "Isi dengan satu jawaban saja."
    NO_NUMBER = "no_number", "Tulis dengan angka saja, misalnya 25."
    TOO_LARGE = "too_large", "Angka ini terlalu besar, paling banyak {at_most} angka."
    NIK_BIRTH = "nik_birth", "NIK belum benar: angka ke-7 sampai ke-12 bukan tanggal lahir. Periksa lagi pada KTP."
    NIK_WRONG = "nik_wrong", "NIK belum benar. Periksa lagi 16 angka pada KTP."
    NIP_LENGTH = "nip_length", "NIP terdiri dari 18 angka. Kosongkan bila tidak ada."
    NIP_BIRTH = "nip_birth", "Delapan angka pertama NIP adalah tanggal lahir: tahun, bulan, tanggal. Periksa lagi."
    DIGITS_ONLY = "digits_only", "{what} hanya berisi angka. Tulis {lengths!o} angka."
    DIGITS_COUNT = "digits_count", "{what} harus {lengths!o} angka; yang Anda tulis {length} angka."
    DIGITS_ZERO = "digits_zero", "{what} belum benar. Periksa lagi angkanya."
    PLACE_UNREAD = (
        "place_unread",
        "Titik koordinat belum terbaca. Tulis lintang dan bujur seperti -3.4400, 114.8400.",
    )
    PLACE_SWAPPED = (
        "place_swapped",
        "Lintang dan bujur tertukar. Tulis lintang lebih dulu, seperti -3.4400, 114.8400.",
    )
    PLACE_ABROAD = (
        "place_abroad",
        "Titik koordinat di luar Indonesia. Tulis lintang dan bujur seperti -3.4400, 114.8400.",
    )
    SHAPE = "shape", "{words}"
    NO_NUMBER_COPIED = "ahu", "Salin nomornya dari dokumen yang diunggah."  # of records before a SOP said its shapes
    CONSENT_ODD = "consent_odd", "Centang persetujuan ini atau biarkan kosong."
    CONSENT_MISSING = "consent_missing", "Centang persetujuan ini."
    QUESTION_OPEN = "question_open", "Belum dijawab: {label}"
    NOT_CHOSEN = "not_chosen", "{label} belum dipilih."
    EMPTY = "empty", "{label} belum diisi."
    TOO_OLD = (
        "too_old",
        "{document} bertanggal {dated!d}, sudah lebih dari {years} tahun. "
        "Mintalah yang baru, lalu unggah dan tulis tanggalnya.",
    )


class InvalidIsian(AlurIzinError):
    """Isian ini perlu diperbaiki."""

    def __init__(self, code: RefusedAnswer, **params: Parameter) -> None:
        self.sentence = Sentence(code, params)
        super().__init__(str(self.sentence))
