"""C03: what is downloaded keeps its name, whatever letters it has: RFC 6266 names, through the server people use."""

import re
from urllib.parse import unquote

import pytest
from flask import Flask
from sqlalchemy import Engine, update

from pipeline.models import Berkas
from pipeline.roles import Peran
from tests.web.meja import Kantor, make_kantor  # noqa: F401 - the fixture kantor
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


@pytest.mark.parametrize("rute", ["unduh", "asli"])
def test_a_document_downloads_under_the_name_it_was_given(kantor: Kantor, db: Engine, rute: str) -> None:
    file = kantor.bawa("rekomendasi")
    berkas_id = ids_of(db, file.permohonan_id)["berkas_id"]
    for nama, bare in NAME.items():
        with db.begin() as conn:
            asli = {"signed": True, "sha256_asli": Berkas.sha256}
            conn.execute(update(Berkas).where(Berkas.id == berkas_id).values(nama=nama, **asli))
        jawaban = kantor[Peran.DINAS_TEKNIS].buka(f"/petugas/berkas/{berkas_id}/{rute}")
        assert jawaban.status_code == 200, nama
        prefix = "asli-" if rute == "asli" else ""
        bersih = "".join(c for c in nama if c.isprintable())
        lama, baru = _saved_as(jawaban.headers["Content-Disposition"])
        assert baru == f"{prefix}{bersih}"
        assert lama.isascii()
        assert rute == "asli" or lama == bare
        assert "Set-Cookie" not in jawaban.headers


def test_every_address_that_sends_a_file_names_it_in_ascii(kantor: Kantor, app: Flask, db: Engine) -> None:
    file = kantor.bawa("paraf_kabid")
    terkirim = set()
    for alamat in addresses(app, ids_of(db, file.permohonan_id)):
        if "GET" in alamat.methods and alamat.is_for("petugas"):
            jawaban = kantor[Peran.KABID_PERIZINAN].buka(alamat.path)
            assert jawaban.status_code < 500 or jawaban.headers.get("Retry-After"), alamat.path
            if disposition := jawaban.headers.get("Content-Disposition"):
                assert disposition.isascii()
                terkirim.add(alamat.rule.endpoint)
    assert {"petugas.unduh", "petugas.draft_docx"} <= terkirim
