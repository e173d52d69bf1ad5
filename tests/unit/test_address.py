"""An address on paper names each place once."""

import pytest

from pipeline.documents.address import labelled, printed_address

END = "Kelurahan Loktabat Utara, Kecamatan Banjarbaru Utara, Kota Banjarbaru"
ONCE = [
    "Jl. Trikora No. 1",
    "Jl. Trikora No. 1, Banjarbaru",
    "Jl. Trikora No. 1, Kota Banjarbaru",
    "Jl. Trikora No. 1 Banjarbaru",
    "Jl. Trikora No. 1 Kota Banjarbaru",
    "Jl. Trikora No. 1, Kel. Loktabat Utara",
    "Jl. Trikora No. 1, Loktabat Utara, Banjarbaru",
    "Jl. Trikora No. 1 Kel. Loktabat Utara Kec. Banjarbaru Utara Kota Banjarbaru",
    "Jl. Trikora No. 1, kelurahan  loktabat utara, KEC.BANJARBARU UTARA, kota banjarbaru.",
    "Jl. Trikora No. 1 Loktabat Utara Banjarbaru",
    "Jl. Trikora No. 1; Kel. Loktabat Utara; Banjarbaru",
    "Jl. Trikora No. 1 - Kota Banjarbaru",
    "Jl. Trikora No. 1, Kel/Desa Loktabat Utara, Kelurahan: Loktabat Utara",
    "Jl. Trikora No. 1,\nKelurahan Loktabat Utara,\nKecamatan Banjarbaru Utara",
]


@pytest.mark.parametrize("address", ONCE)
@pytest.mark.parametrize(
    "village",
    [
        "Loktabat Utara",
        "Kel. Loktabat Utara",
        "kelurahan Kel.Loktabat Utara",
        "Kel/Desa Loktabat Utara",
        "Kelurahan: Loktabat Utara",
    ],
)
def test_each_place_is_printed_once(address: str, village: str) -> None:
    printed = printed_address(address, village, "Kec. Banjarbaru Utara", "Banjarbaru")
    assert printed == f"Jl. Trikora No. 1, {END}"


@pytest.mark.parametrize(
    ("address", "printed"),
    [
        ("Jl. Loktabat Utara", f"Jl. Loktabat Utara, {END}"),
        ("Jl. Raya Banjarbaru", f"Jl. Raya Banjarbaru, {END}"),
        ("Komplek Griya Banjarbaru Indah 3", f"Komplek Griya Banjarbaru Indah 3, {END}"),
        ("Jl. Mawar 5, Komplek Kota Citra, RT 3", f"Jl. Mawar 5, Komplek Kota Citra, RT 3, {END}"),
        ("Jl. Mawar No. 12345", f"Jl. Mawar No. 12345, {END}"),
        ("Jl. Mawar 5, Banjarbaru 70714", f"Jl. Mawar 5, {END} 70714"),
        ("Jl. Mawar 5, Banjarbaru, Kalimantan Selatan", f"Jl. Mawar 5, {END}, Kalimantan Selatan"),
        ("Jl. Mawar 5, Kota Banjarbaru Kalimantan Selatan", f"Jl. Mawar 5, {END}, Kalimantan Selatan"),
        (
            "Jl. Mawar 5, Banjarbaru, Prov. Kalimantan Selatan 70714",
            f"Jl. Mawar 5, {END}, Prov. Kalimantan Selatan 70714",
        ),
        ("Jl. Kalimantan Selatan", f"Jl. Kalimantan Selatan, {END}"),
        ("Komplek Aman - Blok B", f"Komplek Aman - Blok B, {END}"),
        ("Kota Banjarbaru", END),
        ("", END),
    ],
)
def test_a_street_keeps_its_name_and_nothing_typed_is_lost(address: str, printed: str) -> None:
    assert printed_address(address, "Loktabat Utara", "Banjarbaru Utara", "Banjarbaru") == printed


def test_a_desa_stays_a_desa() -> None:
    assert printed_address("Jl. A 1", "Desa Sungai Ulin", "", "Kab. Banjar") == (
        "Jl. A 1, Desa Sungai Ulin, Kabupaten Banjar"
    )


@pytest.mark.parametrize("nomor", ["12", "No. 12", "Nomor 12", "no 12", "NOMOR: 12"])
def test_the_number_of_a_deed_has_one_word_before_it(nomor: str) -> None:
    assert labelled("Nomor", nomor) == "Nomor 12"
    assert labelled("Notaris", "Norma, S.H.") == "Notaris Norma, S.H."
