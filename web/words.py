"""The words that govuk-frontend would otherwise say in English. Templates take them from ``kata``."""

from collections.abc import Mapping
from types import MappingProxyType

WORDS: Mapping[str, str] = MappingProxyType(
    {
        "galat": "Galat",
        "ada_masalah": "Ada yang perlu diperbaiki",
        "tampilkan": "Tampilkan",
        "sembunyikan": "Sembunyikan",
        "tampilkan_sandi": "Tampilkan kata sandi",
        "sembunyikan_sandi": "Sembunyikan kata sandi",
        "sandi_tampil": "Kata sandi Anda tampil",
        "sandi_tersembunyi": "Kata sandi Anda tersembunyi",
        "langsung_ke_isi": "Langsung ke isi",
        "kembali": "Kembali",
        "penting": "Penting",
        "berhasil": "Berhasil",
    }
)
