"""What the automatic checks say."""

from pipeline.rules.sentences import Family


class Finding(Family):
    """What a check found. Of a bad answer it says what the form says (``rules/form/refused_answer.py``), of a file that
    does not open what the upload says (``uploads/refusals.py``)."""

    PRESENT = "present", "{document} ada: {files} berkas, {pages} halaman."
    MISSING = "missing", "{document} belum diunggah. Unggah pindaian atau fotonya."
    UNREADABLE = "unreadable", "{file}: {cause}"
    NO_PAGES = "no_pages", "{file}: Berkas ini tidak mempunyai halaman. Pindai ulang dokumennya, lalu unggah lagi."
    ALL_OPEN = "all_open", "Semua berkas ({files}) dapat dibuka."
    SAME_FILE = "same_file", "{file} sama dengan berkas yang diunggah untuk {other}. Unggah {document} yang sebenarnya."
    ELSEWHERE = "elsewhere", "{file} juga diajukan pada permohonan {nomor}. Bandingkan keduanya."
    LOOK_ALIKE = "look_alike", "Semua halamannya tampak sama dengan {other}. Bandingkan keduanya."
    NO_PICTURE = "no_picture", "{file}: gambar halamannya tidak dapat dibuat. Buka berkasnya dan periksa isinya."
    TINY = "tiny", "{file}: ukurannya terlalu kecil untuk dibaca. Buka berkasnya dan periksa isinya."
    BLANK = "blank", "{file}: halamannya kosong atau hampir kosong. Buka berkasnya dan periksa isinya."
    NOISE = (
        "noise",
        "{file}: halamannya tidak memperlihatkan tulisan atau gambar, hanya bintik acak. "
        "Buka berkasnya dan periksa isinya.",
    )
    FORM_COMPLETE = "form_complete", "Semua isian lengkap dan bentuknya benar."
    OLD_DOCUMENT = (
        "old_document",
        "{document} bertanggal {dated!d}, sudah lebih dari {years} tahun. Unggah yang baru.",
    )
    SAME_ANSWER = (
        "same_answer",
        "{label} sama dengan {other}. Periksa apakah memang satu orang merangkap jabatan.",
    )
    UNUSUAL = "unusual", "{words}"
    KNOWN_HOLDER = (
        "known_institution",
        "{label} ini sama, atau hanya beda ejaan, dengan permohonan atau surat {nomor}. "
        "Pastikan bukan pemegang yang sama.",
    )
    OLD_NUMBER_OURS = "old_number_ours", "Surat lama ini diterbitkan kantor ini."
    OLD_NUMBER_UNKNOWN = (
        "old_number_unknown",
        "Nomor ini tidak ada pada catatan kantor ini. Cocokkan dengan surat lama yang diunggah.",
    )
    OLD_NUMBER_REFUSAL = (
        "old_number_refusal",
        "Nomor ini nomor surat penolakan, jadi tidak dapat diperpanjang. "
        "Putuskan apakah permohonan ini seharusnya baru.",
    )
    OLD_NUMBER_REVOKED = (
        "old_number_revoked",
        "Surat dengan nomor ini sudah dicabut. Putuskan apakah masih dapat diperpanjang.",
    )
    OLD_NUMBER_OTHERS = (
        "old_number_others",
        "Menurut catatan kantor ini nomor ini milik pemegang dengan nama atau nomor lain. "
        "Pastikan yang diperpanjang surat milik pemegang ini sendiri.",
    )
    OLD_NUMBER_OTHER_ACCOUNT = (
        "old_number_other_account",
        "Surat ini dulu diajukan akun lain. Pastikan pemohon sekarang berwenang atas pemegangnya.",
    )
    OLD_NUMBER_PAPER = (
        "old_number_paper",
        "Surat lama ini terbit di atas kertas sebelum sistem ini, jadi belum ada akun yang memegangnya. "
        "Cocokkan dengan surat lama yang diunggah.",
    )
    OLD_NUMBER_UNTIL = "old_number_until", "Menurut catatan kantor ini surat lama berlaku sampai {until!d}."
    RENEWAL_LATE = (
        "renewal_late",
        "Surat lama berakhir {until!d}, lebih dari {years} tahun lalu. "
        "Putuskan apakah masih dapat diperpanjang atau diajukan baru.",
    )
    # Of records before the SOP worded them; "Members are never taken away" (rules/sentences.py).
    SAME_PERSON = (
        "same_person",
        "NIK {post} sama dengan NIK {other}. Periksa apakah memang satu orang merangkap jabatan.",
    )
    ODD_NUMBER = (
        "odd_ahu",
        "Bentuk nomor ini tidak seperti biasanya. Nomor lama memang dapat berbeda. "
        "Cocokkan dengan dokumen yang diunggah.",
    )
    SPOT_CHECK = "spot_check", "Berkas ini terpilih untuk uji petik. Periksa seperti biasa."
