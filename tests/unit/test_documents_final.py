"""Between approval and signature only number, date, signatory, QR and footer may change."""

from datetime import date
from functools import cache

import pytest

from pipeline.documents.final import (
    SigningOfficial,
    decision_says,
    draft_final,
    final_text_differs,
    left_out,
    signed_final,
)
from pipeline.documents.qr import qr_png
from pipeline.documents.template.render import render
from pipeline.documents.template.sample import OFFICIAL
from pipeline.documents.template.templates import templat
from pipeline.documents.template.text import docx_text
from pipeline.errors import DefinitionError
from pipeline.json import Json
from pipeline.sop.naskah import Validity
from tests.lks import SOP, URL, context, final
from tests.unit.docx_maker import make_docx

CONTEXT = context("sk")
SK = templat(SOP.paper("sk").templat).payload
BLANK = make_docx(
    [
        "NOMOR {{ nomor }} TENTANG {{ nama_lembaga }}",
        "{{ pertimbangan }}",
        "berlaku {{ masa_berlaku }} sampai {{ berlaku_sampai }}",
        "pada tanggal {{ tanggal }} {{ jabatan_penandatangan }}, {{ nama_penandatangan }} {{ nip_penandatangan }}",
        "{{ qr }} {{ url_verifikasi }}",
        "{%p for pihak in tembusan %}",
        "{{ pihak }}",
        "{%p endfor %}",
    ],
    footer="{{ catatan_tte }} Nomor {{ nomor }}",
)


@cache
def draft(blank: bytes = BLANK) -> bytes:
    return render(blank, CONTEXT | draft_final(), title="Draf")


def signed(blank: bytes = BLANK, **changes: object) -> bytes:
    return render(blank, CONTEXT | final() | changes, qr=qr_png(URL))


def test_the_final_fields_may_differ() -> None:
    assert final_text_differs(draft(SK), signed(SK), draft_final(), final()) is None


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"nama_lembaga": "Yayasan Lain"}, "Lain"),
        ({"masa_berlaku": "9 (sembilan) tahun"}, "9 (sembilan)"),
        ({"pertimbangan": "bahwa ada tambahan"}, "ada tambahan"),
        ({"tembusan": []}, "draf yang disetujui"),
        ({"nomor": "503/0043/TD-LKS/DPMPTSP/2026"}, "503/0043"),
    ],
)
def test_anything_else_is_found_and_named(changes: Json, where: str) -> None:
    difference = final_text_differs(draft(), signed(**changes), draft_final(), final())
    assert difference is not None
    assert where.casefold() in difference.casefold()


def test_a_placeholder_typed_by_an_applicant_deceives_nobody() -> None:
    values: Json = CONTEXT | {"nama_lembaga": str(draft_final()["nomor"])}
    before = render(BLANK, values | draft_final())
    after = render(BLANK, values | final(), qr=qr_png(URL))
    assert final_text_differs(before, after, draft_final(), final())


def test_a_draft_says_it_is_not_in_force_and_has_no_number() -> None:
    text = docx_text(draft(SK))
    assert "Belum ditandatangani dan belum berlaku" in text
    assert "503/" not in text
    assert "Siti Rahmah" not in text


@pytest.mark.parametrize(
    ("basis", "line"), [("definitif", "KEPALA DINAS"), ("plt", "Plt. KEPALA DINAS"), ("plh", "Plh. KEPALA DINAS")]
)
def test_a_substitute_signs_as_one(basis: str, line: str) -> None:
    official = SigningOfficial(name="Budi", nip=None, jabatan="Kepala Dinas", basis=basis)
    final = signed_final(
        nomor="1", day=date(2026, 12, 1), signatory=official, url=URL, provider="bsre", valid_until=None
    )
    assert final["jabatan_penandatangan"] == line
    assert final["nip_penandatangan"] == ""


def test_the_footer_names_bsre_only_when_bsre_signed() -> None:
    def footer(provider: str) -> str:
        final = signed_final(
            nomor="1",
            day=date(2026, 12, 1),
            signatory=OFFICIAL,
            url=URL,
            provider=provider,
            valid_until=None,
        )
        return str(final["catatan_tte"])

    assert "BSrE" in footer("bsre")
    assert "BSrE" not in footer("lokal")
    assert "uji" in footer("lokal")
    with pytest.raises(DefinitionError):
        footer("lain")


@pytest.mark.parametrize(
    ("written", "start", "end"),
    [
        ("5 Tahun", date(2026, 12, 1), date(2031, 12, 1)),
        ("5 Tahun", date(2028, 2, 29), date(2033, 2, 28)),
        ("6 Bulan", date(2026, 8, 31), date(2027, 2, 28)),
        ("1 Bulan", date(2026, 12, 31), date(2027, 1, 31)),
        ("30 Hari", date(2026, 12, 15), date(2027, 1, 14)),
    ],
)
def test_validity_ends_on_the_same_day_or_the_last_of_the_month(written: str, start: date, end: date) -> None:
    assert Validity.parse(written).until(start) == end


@pytest.mark.parametrize("written", ["", "5", "0 Tahun", "5 tahun", "-1 Hari", "5 Minggu"])
def test_a_validity_nobody_can_read_is_refused(written: str) -> None:
    with pytest.raises(DefinitionError, match="Tulis seperti"):
        Validity.parse(written)


def test_a_draft_without_its_holder_number_or_date_is_known() -> None:
    says = decision_says("Yayasan Kasih & Harapan Bunda", draft_final())
    assert left_out(draft(SK), says) == []
    assert left_out(draft(make_docx(["{{ pertimbangan }}"])), says) == ["nama pemegang", "nomor", "tanggal"]
    assert left_out(draft(SK), decision_says("", draft_final())) == ["nama pemegang"]
