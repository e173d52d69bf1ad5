"""The name an applicant gave is shown, never believed, never a path."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.uploads.names import NAME_LENGTH_AT_MOST, clean_name, with_suffix


@pytest.mark.parametrize(
    ("nama", "jenis", "bersih"),
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
def test_names(nama: str, jenis: str, bersih: str) -> None:
    assert with_suffix(clean_name(nama), jenis) == bersih


@given(st.text(max_size=400))
def test_any_name_becomes_a_showable_one(nama: str) -> None:
    bersih = with_suffix(clean_name(nama), "pdf")
    assert bersih.endswith(".pdf")
    assert 5 <= len(bersih) <= NAME_LENGTH_AT_MOST
    assert "/" not in bersih
    assert "\\" not in bersih
    assert not bersih.startswith(".")
    assert not any(unicodedata.category(c).startswith("C") for c in bersih)
    bersih.encode()
