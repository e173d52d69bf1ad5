"""The words that govuk-frontend would otherwise say in English. Templates take them from ``word``."""

from collections.abc import Mapping
from types import MappingProxyType

WORDS: Mapping[str, str] = MappingProxyType(
    {
        "error": "Galat",
        "problem_title": "Ada yang perlu diperbaiki",
        "show": "Tampilkan",
        "hide": "Sembunyikan",
        "show_password": "Tampilkan kata sandi",
        "hide_password": "Sembunyikan kata sandi",
        "password_shown": "Kata sandi Anda tampil",
        "password_hidden": "Kata sandi Anda tersembunyi",
        "skip_to_content": "Langsung ke isi",
        "back": "Kembali",
        "important": "Penting",
        "success": "Berhasil",
    }
)
