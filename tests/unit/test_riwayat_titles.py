"""What a decision is called in the history, whatever the SOP looks like."""

from dataclasses import replace

import pytest

from pipeline.queries.desk.riwayat import _title
from pipeline.sop.registry import SOPS
from pipeline.sop.values import DONE
from tests.desks import FRONT_OFFICE

SOP = SOPS["td_lks"]
FIRST = replace(SOP.first, peran=FRONT_OFFICE)
OPENED = replace(SOP, langkah=(FIRST, *SOP.langkah[1:]))


@pytest.mark.parametrize(
    ("data", "langkah", "title"),
    [
        ({"keputusan": "setujui", "ke": "rekomendasi"}, SOP["terima"], "Diterima, diteruskan ke Dinas Teknis"),
        ({"keputusan": "setujui", "ke": DONE}, SOP["terima"], "Diterima, selesai"),
        ({"keputusan": "setujui", "ke": "tanda_tangan"}, SOP["paraf_kabid"], "Disetujui, diteruskan ke Kepala Dinas"),
        ({"keputusan": "kirim", "ke": "susun_sk"}, SOP["rekomendasi"], "Rekomendasi: terbit"),
        ({"keputusan": "kirim", "ke": "terima"}, FIRST, "Berkas dikirim ke Back Office"),
        ({"keputusan": "kirim", "ke": "periksa"}, SOP.first, "Permohonan dikirim"),
        ({"keputusan": "kembalikan", "ke": "periksa"}, SOP["terima"], "Dikembalikan ke Front Office"),
    ],
)
def test_a_decision_is_called_what_it_did(data, langkah, title):
    assert _title(data, langkah, OPENED) == title
