"""A permit's file that names other towns than the office's own is found by its words."""

from dataclasses import replace

import pytest

from pipeline.rules.opening.places import other_places
from pipeline.sop.registry import SOPS
from pipeline.sop.values import Catalogue

SOP = next(iter(SOPS.values()))


@pytest.mark.parametrize(
    ("text", "kota", "found"),
    [
        ("Peraturan Wali Kota Contoh Nomor 3 Tahun 2024", "Contoh", ()),
        ("Peraturan Wali Kota Contoh Nomor 3 Tahun 2024", "Lain", ("Contoh",)),
        ("Peraturan Daerah Kabupaten Contoh Barat Tahun 2024", "Contoh Barat", ()),
        ("Keputusan Bupati Contoh Barat, Kab. Uji dan Walikota Uji", "Lain", ("Contoh Barat", "Uji")),
        ("Kecamatan di Kota Contoh Selatan", "Contoh", ()),
        ("Kota Contohraya", "Contoh", ("Contohraya",)),
        ("lebih dari satu kabupaten/kota; Kota dan Kabupaten; Peraturan Bupati Nomor 5; Wali Kota sebagai", "X", ()),
    ],
)
def test_towns_are_read_out_of_any_text(text: str, kota: str, found: tuple[str, ...]) -> None:
    bare = replace(
        SOP, langkah=(), naskah=(), isian=(), syarat=(), texts=(), forms=(), catalogue=Catalogue(audience=text)
    )
    assert other_places(bare, kota) == found
