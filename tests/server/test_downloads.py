"""C03: what is downloaded keeps its name, whatever letters it has: RFC 6266 names, through the server people use."""

import re
from urllib.parse import unquote

import pytest
from flask import Flask
from sqlalchemy import Engine, update

from pipeline.models import Berkas
from tests.desks import DINAS_TEKNIS, KABID_PERIZINAN
from tests.owner import as_owner
from tests.web.desk import Kantor, make_kantor  # noqa: F401 - the fixture kantor
from tests.web.url_map import addresses, ids_of

NAME = {
    "Surat – final.pdf": "Surat - final.pdf",
    "“Akta” yayasan’s.pdf": "'Akta' yayasan's.pdf",
    "📎 lampiran.pdf": "lampiran.pdf",
    "日本.pdf": "berkas.pdf",
    "é ñ.pdf": "e n.pdf",
    'a"; filename="b.html.pdf': "a; filename=b.html.pdf",
    "a\r\nSet-Cookie: x=1.pdf": "aSet-Cookie: x=1.pdf",
    "100%.pdf": "100.pdf",
    "panjang " * 14 + ".pdf": ("panjang " * 14).strip() + " .pdf",
}


def _saved_as(disposition: str) -> tuple[str, str]:
    """The name for an old browser, and the one every other takes."""
    plain = re.search(r'filename="([^"]*)"', disposition)
    encoded = re.search(r"filename\*=UTF-8''(\S+)$", disposition)
    assert plain, disposition
    return plain[1], unquote(encoded[1]) if encoded else plain[1]


@pytest.mark.parametrize("route", ["unduh", "asli"])
def test_a_document_downloads_under_the_name_it_was_given(kantor: Kantor, db: Engine, route: str) -> None:
    file = kantor.carry("rekomendasi")
    berkas_id = ids_of(db, file.permohonan_id)["berkas_id"]
    for name, bare in NAME.items():
        with as_owner() as conn:
            original = {"signed": True, "original_sha256": Berkas.sha256}
            conn.execute(update(Berkas).where(Berkas.id == berkas_id).values(name=name, **original))
        answer = kantor[DINAS_TEKNIS].open_page(f"/petugas/berkas/{berkas_id}/{route}")
        assert answer.status_code == 200, name
        prefix = "asli-" if route == "asli" else ""
        clean = "".join(c for c in name if c.isprintable())
        old, new = _saved_as(answer.headers["Content-Disposition"])
        assert new == f"{prefix}{clean}"
        assert old.isascii()
        assert route == "asli" or old == bare
        assert "Set-Cookie" not in answer.headers


def test_every_address_that_sends_a_file_names_it_in_ascii(kantor: Kantor, app: Flask, db: Engine) -> None:
    file = kantor.carry("paraf_kabid")
    sent = set()
    for address in addresses(app, ids_of(db, file.permohonan_id)):
        if "GET" in address.methods and address.is_for("petugas"):
            answer = kantor[KABID_PERIZINAN].open_page(address.path)
            assert answer.status_code < 500 or answer.headers.get("Retry-After"), address.path
            if disposition := answer.headers.get("Content-Disposition"):
                assert disposition.isascii()
                sent.add(address.rule.endpoint)
    assert {"petugas.download", "petugas.draft_docx"} <= sent
