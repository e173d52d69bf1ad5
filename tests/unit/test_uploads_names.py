"""The name an applicant gave is shown, never believed, never a path."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.uploads.names import NAME_LENGTH_AT_MOST, clean_name, with_suffix


@pytest.mark.parametrize(
    ("name", "kind", "clean"),
    [
        ("Akta Pendirian.pdf", "pdf", "Akta Pendirian.pdf"),
        ("../../etc/passwd", "pdf", "passwd.pdf"),
        ("..\\..\\x.pdf", "pdf", "x.pdf"),
        ("C:\\Users\\siti\\ktp.JPG", "jpg", "ktp.jpg"),
        ("x\r\nSet-Cookie: a=1.pdf", "pdf", "xSet-Cookie: a=1.pdf"),
        ("ktp\u202egpj.exe.jpg", "jpg", "ktpgpj.exe.jpg"),
        ("  dua   spasi\u00a0.pdf", "pdf", "dua spasi.pdf"),
        ("日本.pdf", "pdf", "日本.pdf"),
        ("IMG_1.HEIC", "jpg", "IMG_1.jpg"),
        ("Surat No. 12", "pdf", "Surat No. 12.pdf"),
        ("Akta 04.05.2018.pdf", "pdf", "Akta 04.05.2018.pdf"),
        (".htaccess", "pdf", "htaccess.pdf"),
        ("", "pdf", "dokumen.pdf"),
        ("...", "png", "dokumen.png"),
        ("\ud800\x00", "png", "dokumen.png"),
        ("e\u0301.pdf", "pdf", "é.pdf"),
    ],
)
def test_names(name: str, kind: str, clean: str) -> None:
    assert with_suffix(clean_name(name), kind) == clean


@given(st.text(max_size=400))
def test_any_name_becomes_a_showable_one(name: str) -> None:
    clean = with_suffix(clean_name(name), "pdf")
    assert clean.endswith(".pdf")
    assert 5 <= len(clean) <= NAME_LENGTH_AT_MOST
    assert "/" not in clean
    assert "\\" not in clean
    assert not clean.startswith(".")
    assert not any(unicodedata.category(c).startswith("C") for c in clean)
    clean.encode()
