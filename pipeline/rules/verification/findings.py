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
    SAME_PERSON = (
        "same_person",
        "NIK {post} sama dengan NIK {other}. Periksa apakah memang satu orang merangkap jabatan.",
    )
    ODD_AHU = (
        "odd_ahu",
        "Bentuk nomor ini tidak seperti AHU-0012948.AH.01.04.Tahun 2018. Nomor SK lama memang dapat berbeda. "
        "Cocokkan dengan SK pengesahan yang diunggah.",
    )
    KNOWN_INSTITUTION = (
        "known_institution",
        "{label} ini sama, atau hanya beda ejaan, dengan permohonan {nomor}. Pastikan bukan lembaga yang sama.",
    )
    OLD_NUMBER_OURS = "old_number_ours", "Tanda daftar lama ini diterbitkan kantor ini."
    OLD_NUMBER_UNKNOWN = (
        "old_number_unknown",
        "Nomor ini tidak ada pada catatan kantor ini. Cocokkan dengan tanda daftar lama yang diunggah.",
    )
    OLD_NUMBER_REFUSAL = (
        "old_number_refusal",
        "Nomor ini nomor surat penolakan, bukan tanda daftar. Putuskan apakah permohonan ini seharusnya baru.",
    )
    OLD_NUMBER_REVOKED = (
        "old_number_revoked",
        "Tanda daftar dengan nomor ini sudah dicabut. Putuskan apakah masih dapat diperpanjang.",
    )
    OLD_NUMBER_OTHERS = (
        "old_number_others",
        "Menurut catatan kantor ini nomor ini milik lembaga dengan nama atau nomor legalitas lain. "
        "Pastikan yang diperpanjang tanda daftar lembaga ini sendiri.",
    )
    OLD_NUMBER_OTHER_ACCOUNT = (
        "old_number_other_account",
        "Tanda daftar ini dulu diajukan akun lain. Pastikan pemohon sekarang berwenang atas lembaga ini.",
    )
    OLD_NUMBER_UNTIL = "old_number_until", "Menurut catatan kantor ini tanda daftar lama berlaku sampai {until!d}."
    RENEWAL_LATE = (
        "renewal_late",
        "Tanda daftar lama berakhir {until!d}, lebih dari {years} tahun lalu. "
        "Putuskan apakah masih dapat diperpanjang atau diajukan baru.",
    )
    SPOT_CHECK = "spot_check", "Berkas ini terpilih untuk uji petik. Periksa seperti biasa."
