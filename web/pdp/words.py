"""What was refused, in words for somebody who reads no addresses."""

from collections.abc import Mapping

RESULT: Mapping[int, str] = {
    400: "formulir tidak sah atau kedaluwarsa",
    401: "sesinya sudah berakhir",
    403: "tidak berwenang",
    404: "bukan miliknya, bukan di mejanya, atau tidak ada",
    409: "keadaannya sudah berubah",
    422: "kata sandi, kode masuk, atau frasa sandinya tidak cocok",
    429: "terlalu sering mencoba",
}
#: How the address of an act ends -> what the act is.
_END: Mapping[str, str] = {
    "/keputusan": "memutus berkas",
    "/ambil": "mengambil berkas",
    "/lepas": "melepas berkas",
    "/formulir": "mengisi formulir meja",
    "/bap": "mengisi formulir meja",  # of records before any desk had one
    "/draf": "menyusun ulang draf",
    "/tanda-tangan": "menandatangani",
    "/tanda-tangan/belum": "menyatakan belum ditandatangani",
    "/alihkan": "mengalihkan berkas",
    "/perpanjang": "memperpanjang tenggat",
    "/kirim": "mengirim permohonan",
    "/batalkan": "membatalkan permohonan",
    "/sk/terima": "menerima surat",
    "/sk.pdf": "mengunduh surat",
    "/unduh": "mengunduh berkas",
    "/asli": "mengunduh berkas asli",
    "/hapus": "menghapus berkas",
    "/sandi": "mengganti kata sandi",
    "/masuk/kode": "masuk dengan kode",
    "/kode-masuk/pasang": "memasang kode masuk",
    "/kode-masuk/pemulihan": "mengganti kode pemulihan",
    "/kode-masuk/matikan": "mematikan kode masuk",
    "/lepas-kode": "meminta kode masuk dilepas",
    "/sesi/tutup": "mengeluarkan perangkat",
    "/loket/cari": "mencari akun pemohon di loket",
    "/loket/kode": "membuat kode kata sandi di loket",
    "/sertifikat": "membuat sertifikat tanda tangan",
    "/peran": "memberi peran",
    "/konfirmasi": "mengonfirmasi peran",
    "/tolak": "menolak peran",
    "/tutup": "menutup akun",
    "/buka": "membuka akun atau pemberitahuan",
    "/akhiri": "mengakhiri peran",
    "/simpan": "menyimpan kalender",
}
_ROOM: Mapping[str, str] = {
    "permohonan": "halaman permohonan",
    "unggah": "unggahan berkas",
    "petugas": "halaman petugas",
    "pimpinan": "halaman pimpinan",
    "admin": "halaman administrator",
    "operator": "halaman operator",
    "pdp": "catatan akses",
    "pemberitahuan": "pemberitahuan",
}


def describe(what: str) -> str:
    """The method and rule of a refusal in words: "memutus berkas", "membuka halaman petugas"."""
    method, _, rule = what.partition(" ")
    if "/gambar/" in rule or "/foto/" in rule:
        return "melihat halaman dokumen"
    looks = method in {"GET", "HEAD"}
    for end in (rule[n:] for n, letter in enumerate(rule) if letter == "/"):
        if end in _END:
            return f"membuka halaman untuk {_END[end]}" if looks and not _is_file(end) else _END[end]
    return f"{'membuka' if looks else 'mengirim ke'} {_ROOM.get(rule.split('/')[1], 'halaman lain')}"


def _is_file(end: str) -> bool:
    return end in {"/unduh", "/asli", "/sk.pdf"}
