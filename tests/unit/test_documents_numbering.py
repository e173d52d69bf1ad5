"""Numbers on decrees."""

from datetime import UTC, date, datetime

import pytest

from pipeline.documents.numbering import check_pattern, format_nomor
from pipeline.documents.qr import qr_png
from pipeline.errors import DefinitionError, DocumentFailed


@pytest.mark.parametrize(
    ("pattern", "nomor"),
    [
        ("503/{urut:04d}/TD-LKS/DPMPTSP/{tahun}", "503/0042/TD-LKS/DPMPTSP/2026"),
        ("{urut}/LKS/{bulan_romawi}/{tahun}", "42/LKS/XII/2026"),
        ("{urut:d}-{{x}}-{tahun}", "42-{x}-2026"),
    ],
)
def test_patterns(pattern: str, nomor: str) -> None:
    assert format_nomor(pattern, 42, date(2026, 12, 1)) == nomor


@pytest.mark.attack("D14")
def test_the_year_is_the_one_on_the_wall_in_the_office() -> None:
    new_year = datetime(2026, 12, 31, 16, 30, tzinfo=UTC)  # 00.30 WITA on 1 January
    assert format_nomor("{urut:04d}/{tahun}", 1, new_year) == "0001/2027"


@pytest.mark.parametrize(
    "pattern",
    [
        "503/{urut:04d}",
        "503/{tahun}",
        "{urut.__class__}/{tahun}",
        "{urut[0]}/{tahun}",
        "{urut!r}/{tahun}",
        "{urut:999999999d}/{tahun}",
        "{urut:04d}/{tahun:{urut}}",
        "{0}/{urut}/{tahun}",
        "{}/{urut}/{tahun}",
        "{urut:04d/{tahun}",
        "{bulan}/{urut}/{tahun}",
    ],
)
def test_anything_else_is_refused_with_a_sentence(pattern: str) -> None:
    with pytest.raises(DefinitionError, match="Pola nomor"):
        check_pattern(pattern)


def test_an_address_too_long_for_print_is_refused() -> None:
    assert qr_png("https://izin.example/verifikasi/abc").startswith(b"\x89PNG")
    with pytest.raises(DocumentFailed, match="BASE_URL"):
        qr_png("https://izin.example/" + "x" * 200)
