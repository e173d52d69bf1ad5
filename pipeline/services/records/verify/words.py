"""What ``alurizin verify`` calls tables and columns."""

from collections.abc import Mapping
from typing import Final

#: The tables that are caches of the history, in the order they are told.
TABLES: Final[Mapping[str, str]] = {
    "permohonan": "permohonan",
    "tugas": "tugas",
    "berkas": "dokumen",
    "permintaan_perbaikan": "permintaan perbaikan",
    "pemeriksaan": "pemeriksaan otomatis",
    "bap": "BAP",
    "draft": "draf",
    "draft_author": "penulis draf",
    "persetujuan": "persetujuan",
    "sk": "surat",
    "eskalasi": "eskalasi",
}
#: Columns whose name does not say it.
COLUMNS: Final[Mapping[str, str]] = {
    "oleh": "pelaku",
    "sebagai": "jabatan pelaku",
    "on_behalf_of": "yang digantikan",
    "person_id": "penyetuju",
    "drafter_id": "penyusun",
    "pemohon_id": "pemohon",
    "signer_id": "orang yang menandatangani",
    "penandatangan": "baris penandatangan",
    "taken_by": "pemegang",
    "for_person": "pemegang sebelumnya",
    "pada": "waktu",
    "kode_lacak": "kode lacak",
    "token": "kode verifikasi",
    "kepada": "peran yang diberi tahu",
    "pdf_sha256": "PDF",
    "docx_sha256": "naskah docx",
    "templat_sha256": "templat",
    "certificate_digest": "sidik sertifikat",
    "valid_until_date": "masa berlaku",
    "jeda": "jeda waktu",
    "nama": "nama dokumen",
    "tambahan": "tambahan naskah",
    "putusan": "hasil pemeriksaan",
}
#: Columns whose values are words or names: a report names them, and does not repeat them.
HIDDEN: Final = frozenset("alasan sebagai catatan jawaban nama penandatangan kode_lacak token tambahan putusan".split())
