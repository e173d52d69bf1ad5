"""From the office's table to a permit to complete: the table's words, proposals with reasons, the rest asked."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.kantor.office import kantor
from pipeline.sop.draft.cover import legal_bases
from pipeline.sop.draft.open_points import every_question, open_points
from pipeline.sop.draft.plan import plan_of
from pipeline.sop.draft.toml_file import toml_draft
from pipeline.sop.load import build_sop
from pipeline.sop.office_table.read import read_office_table
from pipeline.sop.registry import SOPS
from tests.unit.test_office_table import COVER, HEAD, SHAPES, STEPS, TITLE, TOTAL, WHOLE

KANTOR = (Path(__file__).parents[1] / "data" / "sop-tanda-daftar-lks-lksa.txt").read_text("utf-8")
SOP = SOPS["td_lks"]
POSTS = kantor().posts
REFUSING = (
    "SOP IZIN REKLAME\nNo.\tKEGIATAN\tPELAKSANA\t\t\t\tMUTU BAKU\t\t\tKeterangan\n"
    "\t\tPemohon\tFO\tKabid Perizinan\tKadis\tKelengkapan\tWaktu\tOutput\t\n"
    "1\tMengajukan permohonan\tx\t\t\t\tPersyaratan\t10 Menit\tBerkas\t\n"
    "2\tMenerima dan memeriksa kelengkapan\t\tx\t\t\tBerkas\t15 Menit\tBerkas terdaftar\ttidak lengkap dikembalikan\n"
    "3\tMenganalisa berkas dan memberi petunjuk menolak atau mencetak\t\t\tx\t\tDokumen\t1 Hari\tPetunjuk\t\n"
    "4\tMemproses dan mencetak konsep izin\t\tx\t\t\tPetunjuk\t30 Menit\tKonsep izin\t\n"
    "5\tMemeriksa dan memaraf konsep\t\t\tx\t\tKonsep izin\t15 Menit\tKonsep diparaf\t\n"
    "6\tMenandatangani izin\t\t\t\tx\tKonsep diparaf\t1 Hari\tIzin\t\n"
    "7\tMemberi nomor dan menyerahkan kepada pemohon\t\tx\t\t\tIzin\t10 Menit\tIzin bernomor\t\n"
    "Jumlah waktu\t\t\t\t\t\t\t2 Hari 80 Menit (3 Hari)\t\t\n"
)
RECOMMENDING = REFUSING.replace(
    "Menganalisa berkas dan memberi petunjuk menolak atau mencetak", "Menerbitkan rekomendasi"
)


def _draft(text: str | bytes) -> str:
    table = read_office_table(text if isinstance(text, bytes) else text.encode())
    return toml_draft(table, plan_of(table, POSTS), POSTS)


def _content(text: str | bytes) -> dict[str, Any]:
    return tomllib.loads(_draft(text))


@pytest.mark.parametrize("name", SHAPES)
def test_every_shape_becomes_a_file_whose_steps_are_whole_and_whose_gaps_are_asked(name: str) -> None:
    text = SHAPES[name][0]
    draft, content = _draft(text), _content(text)
    codes = [step["kode"] for step in content["langkah"]]
    assert [step["no"] for step in content["langkah"]] == [*range(1, len(codes) + 1)]
    assert len(set(codes)) == len(codes)
    assert len({step["status"] for step in content["langkah"]}) == len(codes)
    targets = [step["ke"] if isinstance(step["ke"], list) else [step["ke"]] for step in content["langkah"]]
    assert {one for each in targets for one in each} == {*codes[1:], "selesai"}
    assert all(set(step.get("kembali_ke", [])) <= set(codes[:at]) for at, step in enumerate(content["langkah"]))
    assert [line for line in draft.splitlines() if '"?"' in line and "ISI:" not in line] == []


def test_the_office_table_is_the_office_sop_but_for_what_it_does_not_say() -> None:
    content = _content(KANTOR)
    assert [step["peran"] for step in content["langkah"]][:5] == ["?"] * 5
    for step, langkah in zip(content["langkah"], SOP.langkah, strict=True):
        assert (step["no"], step["kegiatan"], step["kelengkapan"]) == (langkah.no, langkah.activity, langkah.inputs)
        assert (step["waktu"], step["output"], step["keterangan"]) == (langkah.time, langkah.output, langkah.remarks)
        assert step["peran"] in ("?", langkah.peran)
        assert step.get("persetujuan", False) == langkah.approval
        assert step.get("tanda_tangan", False) == langkah.signature
        assert step.get("menyusun", False) == langkah.drafts
    assert (content["waktu_tercetak"], content["janji"]) == (SOP.printed_time, "5 Hari")
    assert [paper["kode"] for paper in content["naskah"]] == ["sk", "penolakan", "tanda_terima", "bap", "rekomendasi"]
    assert [form["langkah"] for form in content["formulir"]] == ["rekomendasi"]


def test_words_propose_what_a_desk_does_and_say_so() -> None:
    content, draft = _content(REFUSING), _draft(REFUSING)
    flags = ("menolak", "menyusun", "persetujuan", "tanda_tangan", "kembali_ke", "menetapkan_arah")
    assert [{flag: step[flag] for flag in flags if flag in step} for step in content["langkah"]] == [
        {},
        {"kembali_ke": ["ajukan"]},
        {"menolak": True, "kembali_ke": ["ajukan"]},
        {"menyusun": True},
        {"persetujuan": True, "kembali_ke": ["susun"]},
        {"persetujuan": True, "tanda_tangan": True, "kembali_ke": ["susun"]},
        {},
    ]
    assert [step["kode"] for step in content["langkah"]] == [
        "ajukan", "periksa_front_office", "periksa_kabid_perizinan", "susun", "paraf", "tanda_tangan", "nomori",
    ]  # fmt: skip
    assert [step["keputusan"] for step in content["langkah"]] == ["kirim", *["setujui"] * 4, "tanda_tangani", "setujui"]
    assert 'menolak = true # TINJAU: kegiatan menyebut "menolak"' in draft
    assert 'kembali_ke = ["ajukan"] # TINJAU: keterangan menyebut "dikembalikan"' in draft
    assert 'menyusun = true # TINJAU: kegiatan menyebut "mencetak konsep"' in draft
    assert content["langkah"][0]["status_perbaikan"] == "Perlu perbaikan"
    assert content["langkah"][3]["status_tolak"] == "Penyusunan surat penolakan"


def test_a_desk_that_recommends_sets_the_direction_by_its_form() -> None:
    content = _content(RECOMMENDING)
    (form,) = content["formulir"]
    assert [step["kode"] for step in content["langkah"] if step.get("menetapkan_arah")] == [form["langkah"]]
    assert form["arah"]["isian"] in [field["kode"] for field in form["isian"]]
    answers = next(field["pilihan"] for field in form["isian"] if field["kode"] == form["arah"]["isian"])
    assert set(form["arah"]["tolak"]) < set(answers)


def test_a_table_that_says_whatever_is_needed_runs_once_its_one_gap_is_filled() -> None:
    """Who recommends may recommend against it: the letter of refusal has a desk that leads to it."""
    answered = _draft(RECOMMENDING).replace('berlaku = "?"', 'berlaku = "5 Tahun"')
    assert '"?"' not in answered
    sop = build_sop(tomllib.loads(answered), "draf.toml", kantor().posts)
    assert sop.gate is not None
    assert sop.gate.refuses


@pytest.mark.parametrize("text", [REFUSING, RECOMMENDING, KANTOR, WHOLE])
def test_each_paper_has_a_template_and_a_desk_or_a_number_of_its_own(text: str) -> None:
    content = _content(text)
    papers = content["naskah"]
    assert len({paper["templat"] for paper in papers}) == len({paper["kode"] for paper in papers}) == len(papers)
    assert all(paper["templat"].startswith(f"{content['kode']}_") for paper in papers)
    numbers = [paper["pola_nomor"] for paper in papers if paper["jenis"] == "keputusan"]
    assert len(set(numbers)) == len(numbers)
    codes = [step["kode"] for step in content["langkah"]]
    assert all(paper["langkah"] in codes for paper in papers if paper["jenis"] == "meja")
    fields = [field["kode"] for field in content["isian"]]
    assert content["pemegang"] in fields
    printed = [line["nilai"] for paper in papers for line in paper.get("baris", [])]
    assert {name for value in printed for name in re.findall(r"\w+", value)} <= set(fields)


def test_steps_of_one_number_are_proposed_side_by_side() -> None:
    head = "No\tKegiatan\tPemohon\tFO\tKadis\tKelengkapan\tWaktu\tOutput\n"
    text = head + (
        "1\tMengajukan\tx\t\t\ta\t1 Jam\tb\n2\tMemeriksa\t\tx\t\ta\t1 Jam\tb\n"
        "2\tMenelaah\t\t\tx\ta\t1 Jam\tb\n3\tMenerima\tx\t\t\ta\t1 Jam\tb\n"
    )
    codes, targets = zip(*((step["kode"], step["ke"]) for step in _content(text)["langkah"]), strict=True)
    assert targets == ([codes[1], codes[2]], codes[3], codes[3], "selesai")


def test_a_draft_is_not_made_beside_another_step_even_where_the_table_numbers_them_alike() -> None:
    codes, targets = zip(
        *((step["kode"], step["ke"]) for step in _content(SHAPES["a number twice"][0])["langkah"]), strict=True
    )
    assert targets == (*codes[1:], "selesai")


def test_an_applicant_in_the_middle_is_asked_for_something_and_after_the_signature_receives() -> None:
    steps = _content(REFUSING.replace("kelengkapan\t\tx\t\t\t", "kelengkapan\tx\t\t\t\t"))["langkah"]
    assert (steps[1]["keputusan"], steps[1]["minta"]) == ("kirim", {"syarat": ["?"]})
    steps = _content(REFUSING.replace("pemohon\t\tx\t\t\t", "pemohon\tx\t\t\t\t"))["langkah"]
    assert (steps[6]["keputusan"], "minta" in steps[6]) == ("terima", False)


def test_a_procedure_of_the_office_alone_has_no_receipt_and_no_decision() -> None:
    head = "No\tKegiatan\tFO\tKadis\tKelengkapan\tWaktu\tOutput\n"
    text = (
        head
        + "1\tMenerima surat masuk\tx\t\tSurat\t1 menit\tSurat\n2\tMemberi disposisi\t\tx\tSurat\t1 menit\tDisposisi\n"
    )
    content = _content(text)
    assert content["langkah"][0]["peran"] == "front_office"
    assert content["langkah"][1]["tombol"] == "Beri disposisi"
    assert "naskah" not in content
    assert "formulir" not in content


@pytest.mark.parametrize(
    ("title", "name", "code", "prefix"),
    [
        ("SOP IZIN LAIN", "IZIN LAIN", "izin_lain", "IL"),
        ("Standar Operasional Prosedur (SOP) Izin Lain", "Izin Lain", "izin_lain", "IL"),
        ("Sopan Santun", "Sopan Santun", "sopan_santun", "SS"),
        ("Reklame", "Reklame", "reklame", "IZIN"),
        ("", "Izin", "izin", "IZIN"),
    ],
)
def test_a_titled_table_gives_the_permit_its_name(title: str, name: str, code: str, prefix: str) -> None:
    content = _content(f"{title}\n{HEAD}{STEPS}")
    assert (content["nama"], content["kode"], content["prefix"]) == (name, code, prefix)


@pytest.mark.parametrize(
    ("printed", "janji"),
    [
        ("1 Hari 48 Menit", "1 Hari 48 Menit"),
        ("1 Hari 48 Menit (2 Hari)", "2 Hari"),
        ("1 Hari (kerja)", "?"),
        ("", "?"),
    ],
)
def test_the_promise_is_what_the_total_says_in_brackets_or_all_of_it(printed: str, janji: str) -> None:
    content = _content(WHOLE + TOTAL.replace("1 Hari 48 Menit", printed))
    assert (content["waktu_tercetak"], content["janji"]) == (printed or "?", janji)


@pytest.mark.parametrize(
    ("cover", "laws"),
    [
        (COVER, ("UU 25/2009", "PP 96/2012")),
        ("Dasar Hukum : 1. UU 1; 2. PP 2\n", ("UU 1", "PP 2")),
        ("Dasar Hukum\n1. UU 1\nKeterkaitan\n1. SOP lain\n", ("UU 1",)),
        ("Nomor SOP\t1\n", ()),
    ],
)
def test_the_law_on_the_cover_is_the_law_of_the_decision(cover: str, laws: tuple[str, ...]) -> None:
    content = _content(TITLE + cover + HEAD + STEPS)
    assert legal_bases(read_office_table((TITLE + cover + HEAD + STEPS).encode())) == laws
    assert tuple(one["teks"] for one in content["naskah"][0].get("mengingat", [])) == laws


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (WHOLE.replace("Tanda tangan SK", "Membaca SK"), "Tidak ada langkah yang menandatangani"),
        (WHOLE.replace("Memeriksa", "Menandatangani surat"), "Beberapa langkah menandatangani (Langkah 2"),
        (WHOLE.replace("Menyusun draf", "Membaca").replace("Draf SK", "Surat"), "yang menyusun naskah"),
        (WHOLE, "Tidak ada langkah yang menolak"),
        (WHOLE, 'Dokumen apa saja yang diminta? Tabel menulis "Syarat".'),
        (WHOLE, "Jumlah waktu tidak tercetak"),
        (WHOLE, "Dasar hukum mana"),
        (RECOMMENDING, "apa saja yang diisi dan diperiksa di meja ini"),
    ],
)
def test_what_running_it_needs_is_asked(text: str, words: str) -> None:
    table = read_office_table(text.encode())
    asked = every_question(table, plan_of(table, POSTS), POSTS)
    assert any(words in question for question in asked), asked


def test_the_page_to_work_through_numbers_the_questions_and_tells_every_row() -> None:
    content = SHAPES["rows below the total"][0]
    assert isinstance(content, str)
    table = read_office_table(content.encode())
    plan = plan_of(table, POSTS)
    page = open_points(table, plan, POSTS, "x.toml")
    asked = every_question(table, plan, POSTS)
    assert [int(n) for n in re.findall(r"^(\d+)\. ", page, re.MULTILINE)] == [*range(1, len(asked) + 1)]
    assert all(f"- {row.place}: {row.fate}" in page for row in table.rows)
    assert '- Langkah 2 (baris 6): diusulkan memeriksa, karena kegiatan menyebut "Memeriksa".' in page


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\t\n\r\0"), min_size=1, max_size=40))
def test_any_words_of_a_table_survive_in_the_file(words: str) -> None:
    content = _content(WHOLE.replace("Mengajukan", f"A {words} Z", 1))
    first = content["langkah"][0]["kegiatan"]
    assert first.startswith("A")
    assert first.endswith("Z")
