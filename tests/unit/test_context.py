"""What each document prints, from the form and the BAP."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from pipeline.documents.context import PaperFacts, variables
from pipeline.documents.desk_form import first_values, form_variables
from pipeline.documents.template.render import render
from pipeline.documents.template.text import docx_text
from pipeline.errors import DefinitionError
from pipeline.hashing import digest
from pipeline.json import Json
from pipeline.kantor import DEFAULT, read_kantor
from pipeline.kantor.office import kantor
from pipeline.settings import ROOT
from pipeline.sop.load import load_sop
from tests.lks import REGISTRATION, SOP, UNFIT, context, facts, filled_bap
from tests.unit.docx_maker import make_docx


def sk(additions: Json | None = None, **changes: object) -> Json:
    return context("sk", facts(changes, additions=additions))


def table(context: Json) -> dict[str, str]:
    rows = context["data"]
    assert isinstance(rows, list)
    return {row["label"]: row["nilai"] for row in rows}


def test_the_table_says_words_not_codes() -> None:
    rows = table(sk())
    assert rows["Jenis layanan"] == "Anak, Fakir miskin dan pemberdayaan keluarga"
    assert rows["Akta pendirian"] == "Nomor 14, tanggal 6 Maret 2018, Notaris Ahmad Fauzan, S.H., M.Kn."
    assert rows["Alamat"].endswith("Kelurahan Loktabat Utara, Kecamatan Banjarbaru Utara, Kota Banjarbaru")
    assert rows["Penerima manfaat"] == "24 orang di dalam panti, 11 orang di luar panti, kapasitas asrama 30 orang"


def test_no_personal_number_is_ever_in_a_decree() -> None:
    text = str(sk(ketua_nik="6372014107850001", npwp="0123456789012345", rekening="1234567890", ketua_hp="0811500"))
    for secret in ("6372014107850001", "0123456789012345", "1234567890", "0811500"):
        assert secret not in text


def test_answers_that_no_longer_apply_are_not_printed() -> None:
    rows = table(sk(bentuk="NONBH"))
    assert "Pengesahan Kemenkumham" not in rows
    assert sk(nomor_lama="503/1/2021")["nomor_lama"] == ""
    assert sk(jenis="PERPANJANGAN", nomor_lama="503/1/2021")["nomor_lama"] == "503/1/2021"


def test_the_legal_basis_of_lksa_is_only_in_theirs() -> None:
    assert any("30/HUK/2011" in str(basis) for basis in sk()["mengingat"])  # type: ignore[attr-defined]  # a list
    assert not any("30/HUK/2011" in str(basis) for basis in sk(lembaga_jenis="LKS")["mengingat"])  # type: ignore[attr-defined]  # a list


def test_additions_of_the_back_office() -> None:
    context = sk({"pertimbangan": "bahwa lembaga telah pindah alamat", "tembusan": ["Arsip"]})
    assert context["pertimbangan"] == "bahwa lembaga telah pindah alamat"
    assert context["tembusan"] == ["Arsip"]
    assert sk({"tembusan": []})["tembusan"] == list(SOP.paper("sk").tembusan)


def test_a_context_is_plain_json_and_the_same_every_time() -> None:
    assert digest(sk()) == digest(sk())
    assert digest(sk()) != digest(sk(nama_lembaga="Yayasan Lain"))


def test_a_refusal_gives_every_reason_once() -> None:
    refused = facts(forms=filled_bap("tidak_layak"), additions={"pertimbangan": UNFIT})
    assert context("penolakan", refused)["alasan"] == [
        "Papan nama lembaga terpasang: Papan nama belum memuat nomor akta pendirian.",
        "Lembaga belum memiliki kantor yang dapat digunakan.",
        "Sarana, pengasuh, dan administrasi lembaga telah diperiksa di tempat oleh tim kami.",
    ]


@pytest.mark.parametrize(
    ("conclusion", "words"),
    [("layak", "LAYAK"), ("layak_dengan_catatan", "LAYAK DENGAN CATATAN"), ("tidak_layak", "TIDAK LAYAK")],
)
def test_the_recommendation_follows_the_conclusion(conclusion: str, words: str) -> None:
    recommended = context("rekomendasi", facts(forms=filled_bap(conclusion)))
    assert recommended["kesimpulan"] == words
    assert recommended["dinas"] == "DINAS SOSIAL"


def test_a_photo_carries_place_and_time() -> None:
    photo = [
        {"sha256": "ab" * 32, "label": "depan", "waktu": "2026-11-26T02:14:00+00:00", "lat": -3.44, "lon": 114.84},
        {"sha256": "cd" * 32, "label": "Gudang", "waktu": "", "lat": None, "lon": None},
    ]
    report = context("bap", facts(forms=filled_bap(foto=photo)))
    assert report["foto"] == [
        {
            "gambar": "ab" * 32,
            "keterangan": "Tampak depan dan papan nama, 26 November 2026 10.14 WITA, lintang -3.44, bujur 114.84",
        },
        {"gambar": "cd" * 32, "keterangan": "Gudang, lokasi tidak terbaca"},
    ]


def test_a_half_filled_report_can_still_be_drawn() -> None:
    report = context(
        "bap", PaperFacts(content={}, registration=REGISTRATION, forms={"bap": {"isian": {"bap_tanggal": "besok"}}})
    )
    assert report["bap_tanggal"] == "besok"
    assert report["tim"] == []


def test_the_receipt_counts_files_and_tells_the_time_in_wita() -> None:
    case = facts()
    assert case.handed is not None
    receipt = context("tanda_terima", replace(case, handed=replace(case.handed, berkas=[("KTP", 3), ("LAIN", 1)])))
    assert receipt["dikirim"] == "23 November 2026 10.05 WITA"
    assert receipt["janji"] == "5 (lima) hari kerja"
    assert receipt["berkas"] == [
        {"nama": "KTP ketua, sekretaris dan bendahara", "jumlah": "3 berkas"},
        {"nama": "LAIN", "jumlah": "1 berkas"},
    ]


def test_every_field_is_a_variable_under_its_own_code_in_words() -> None:
    values = variables(kantor(), SOP, SOP.paper("sk"), facts({"telepon_lembaga": "6281234567890"}))
    assert {i.code for i in SOP.isian} <= values.keys()
    assert values["layanan"] == "Anak, Fakir miskin dan pemberdayaan keluarga"
    assert values["akta_tanggal"] == "6 Maret 2018"
    assert values["telepon_lembaga"] == "081234567890"
    assert values["pemegang"] == values["nama_lembaga"] == "Yayasan Kasih & Harapan Bunda"
    assert values["instansi_rekomendasi"] == "Dinas Sosial Kota Banjarbaru"
    assert values["tentang"] == "TANDA DAFTAR LEMBAGA KESEJAHTERAAN SOSIAL ANAK"


def test_a_context_holds_what_its_template_prints_and_nothing_else() -> None:
    assert not {"telepon_lembaga", "ketua_nik", "tim", "kode_lacak"} & sk().keys()
    assert digest(sk()) == digest(sk(telepon_lembaga="62811500"))


def test_a_date_and_a_number_can_be_put_in_words() -> None:
    blank = make_docx(["{{ akta_tanggal | tanggal }}, {{ akta_tanggal | hari_tanggal }}", "{{ n | terbilang }}"])
    docx = render(blank, {"akta_tanggal": "6 Maret 2018", "n": "1.500"})
    assert docx_text(docx).splitlines() == [
        "6 Maret 2018, Selasa, tanggal enam bulan Maret tahun dua ribu delapan belas",
        "seribu lima ratus",
    ]


def test_an_office_without_an_address_is_refused_by_name(tmp_path: Path) -> None:
    other = tmp_path / "kantor.toml"
    other.write_text(DEFAULT.read_text(encoding="utf-8").replace("alamat =", "alamt =", 1), encoding="utf-8")
    with pytest.raises(DefinitionError, match="`alamat` belum diisi"):
        read_kantor(other)
    other.write_text("= x", encoding="utf-8")
    with pytest.raises(DefinitionError, match=r"kantor\.toml"):
        read_kantor(other)
    with pytest.raises(DefinitionError, match="tidak dapat dibaca"):
        read_kantor(tmp_path / "tidak-ada.toml")


def test_a_new_form_begins_with_what_the_office_knows() -> None:
    data = {"alamat": "Jl. Trikora 1", "kelurahan": "Komet", "kecamatan": "", "ketua_nama": "Siti"}
    first = first_values(SOP, SOP.forms[0], data, today=date(2026, 11, 25), officer="Norhalis")
    assert first == {
        "bap_tanggal": "2026-11-25",
        "bap_tempat": "Jl. Trikora 1, Komet",
        "pihak_nama": "Siti",
        "pihak_jabatan": "Ketua",
        "tim-1-nama": "Norhalis",
    }


def test_the_fields_of_a_form_are_variables_in_words_and_empty_where_they_are_not_asked() -> None:
    sop = load_sop(ROOT / "tests" / "data" / "izin_penelitian.toml", kantor().posts)
    forms = {"telaah": {"isian": {"telaah_catatan": "Baik.", "telaah_risiko": "RENDAH", "telaah_pengawas": "Siti"}}}
    values = form_variables(sop, forms, {})
    assert (values["telaah_risiko"], values["telaah_pengawas"]) == ("Rendah", "")
    assert (values["tim"], values["daftar"], values["foto"]) == ([], [], [])
    assert form_variables(sop, {}, {})["telaah_catatan"] == ""
