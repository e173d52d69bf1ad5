"""What cannot run is refused in one sentence with its row and what to write; branches, waits and what is asked for."""

import pytest

from pipeline.errors import DefinitionError
from pipeline.rules.direction import Said
from pipeline.rules.side_by_side import Joined, join
from pipeline.sop.values import DONE
from pipeline.sop.way import following, form, known_at, way
from pipeline.sop.words import Arah
from tests.shapes import added, shape, step

SMALL = {"ukuran": "KECIL"}
BRANCH = [{"ke": "konsep", "bila": [SMALL]}]
WAIT = {"kode": "sanggah", "tunggu": "2 Hari"}
PAY = {
    "kode": "bayar",
    "peran": "pemohon",
    "waktu": "10 Menit",
    "keputusan": "kirim",
    "tombol": "Kirim",
    "minta": {"syarat": ["BUKTI"]},
}


def asked(**other):
    """A row that asks for BUKTI, with these changes."""

    def change(d):
        added("petunjuk", **{**PAY, **other})(d)
        d["syarat"].append({"kode": "BUKTI", "nama": "Bukti", "wajib": [{}], "diminta_pada": "bayar"})

    return change


def paid(d):
    asked()(d)
    d["isian"].append({"kode": "ya", "label": "Ya", "bagian": "papan", "jenis": "teks"})


WRONG = {
    "a branch to nowhere": (
        step("teliti", cabang=[{"ke": "xyz", "bila": [SMALL]}]),
        "baris 2 (teliti)",
        '"xyz" tidak ada',
    ),
    "a branch backwards": (
        step("petunjuk", cabang=[{"ke": "teliti", "bila": [SMALL]}]),
        "baris 3 (petunjuk)",
        "menunjuk ke belakang",
    ),
    "a branch that never fits": (step("teliti", cabang=[{"ke": "konsep"}]), "baris 2 (teliti)", "Isi bila"),
    "a branch on no field": (
        step("teliti", cabang=[{"ke": "konsep", "bila": [{"luas": "KECIL"}]}]),
        "baris 2 (teliti), cabang ke konsep",
        "Pakai salah satu",
    ),
    "a branch on no choice": (
        step("teliti", cabang=[{"ke": "konsep", "bila": [{"ukuran": "XL"}]}]),
        "baris 2 (teliti), cabang ke konsep",
        "KECIL, BESAR",
    ),
    "a branch past the draft": (
        step("petunjuk", cabang=[{"ke": "paraf", "bila": [SMALL]}]),
        "baris 4 (konsep)",
        "Arahkan setiap cabang",
    ),
    "a branch past the signature": (
        step("paraf", cabang=[{"ke": "nomori", "bila": [SMALL]}]),
        "baris 6 (teken)",
        "Arahkan setiap cabang",
    ),
    "a branch past the gate": (
        lambda d: (step("petunjuk", menetapkan_arah=True)(d), step("teliti", cabang=BRANCH)(d)),
        "baris 3 (petunjuk)",
        "Arahkan setiap cabang",
    ),
    "a mistyped branch": (step("teliti", cabang=[{"ke": "konsep", "bla": []}]), "cabang baris 1", 'Maksudnya "bila"'),
    "a wait with a duty": (added("petunjuk", **WAIT, menolak=True), "baris 4 (sanggah)", "tidak memutus apa pun"),
    "a wait of no time": (added("petunjuk", kode="sanggah", tunggu="lama"), "langkah baris 4 (sanggah)", "10 Menit"),
    "a wait with a desk": (added("petunjuk", **WAIT, peran="back_office"), "langkah baris 4 (sanggah)", '"peran"'),
    "back to a wait": (
        lambda d: (added("petunjuk", **WAIT)(d), step("konsep", kembali_ke=["sanggah"])(d)),
        "baris 5 (konsep)",
        "Hapus dari kembali_ke",
    ),
    "it begins by waiting": (
        step("isi", tunggu="1 Hari", peran=None, keputusan=None, tombol=None),
        "baris 1 (isi)",
        "Hapus tunggu",
    ),
    "asked of a desk": (asked(peran="back_office"), "baris 4 (bayar)", 'Tulis peran = "pemohon"'),
    "asked for nothing": (asked(minta={}), "baris 4 (bayar)", "minta kosong"),
    "asked for what is not there": (asked(minta={"syarat": ["KWITANSI"]}), "baris 4 (bayar)", "[[syarat]]"),
    "asked for twice": (
        asked(minta={"syarat": ["BUKTI", "SKETSA"]}),
        "baris 4 (bayar)",
        'Tulis diminta_pada = "bayar" padanya',
    ),
    "asked for by nobody": (
        lambda d: d["isian"][1].update(diminta_pada="bayar"),
        "isian baris 2 (ukuran)",
        "hapus diminta_pada",
    ),
    "asked for after the signature": (
        lambda d: (
            added("teken", **PAY)(d),
            d["syarat"].append({"kode": "BUKTI", "nama": "B", "wajib": [{}], "diminta_pada": "bayar"}),
        ),
        "baris 7 (bayar)",
        "Pindahkan ke atas",
    ),
    "a way chosen by what is asked for later": (
        lambda d: (
            added("petunjuk", **{**PAY, "minta": {"isian": ["ukuran"]}})(d),
            d["isian"][1].update(diminta_pada="bayar"),
            step("teliti", cabang=BRANCH)(d),
        ),
        "baris 2 (teliti)",
        "pindahkan langkah yang memintanya",
    ),
    "the applicant in the middle with nothing to give": (
        added("petunjuk", **{key: value for key, value in PAY.items() if key != "minta"}),
        "baris 4 (bayar)",
        "tulis minta",
    ),
}


@pytest.mark.parametrize(("change", "at", "remedy"), WRONG.values(), ids=WRONG)
def test_what_cannot_run_is_refused_with_its_row_and_a_remedy(change, at, remedy):
    with pytest.raises(DefinitionError) as error:
        shape("izin_papan", change)
    lines = str(error.value).splitlines()
    line = next((one for one in lines if at in one and remedy in one), None)
    assert line, str(error.value)
    assert line.endswith((".", "?"))


def test_the_way_of_a_case_follows_its_branches():
    sop = shape("izin_papan", step("teliti", cabang=BRANCH))
    assert following(sop, sop["teliti"], SMALL) == ("konsep",)
    assert following(sop, sop["teliti"], {"ukuran": "BESAR"}) == ("petunjuk",)
    assert following(sop, sop["arsip"], SMALL) == (DONE,)
    assert [t.code for t in way(sop, SMALL)] == ["isi", "teliti", "konsep", "paraf", "teken", "nomori", "arsip"]


def test_the_first_branch_that_fits_is_taken_and_a_skipped_langkah_leads_on():
    sop = shape(
        "izin_papan",
        step("teliti", cabang=[{"ke": "petunjuk", "bila": [SMALL]}, {"ke": "konsep", "bila": [SMALL]}]),
        step("petunjuk", lewati_bila=[SMALL]),
    )
    assert following(sop, sop["teliti"], SMALL) == ("konsep",)


def test_what_is_asked_for_in_the_middle_belongs_to_that_step_alone():
    sop = shape("izin_papan", paid)
    assert {s.code for s in form(sop, sop.first).syarat} == {"SKETSA"}
    assert {s.code for s in form(sop, sop["bayar"]).syarat} == {"BUKTI"}
    assert [i.code for i in form(sop, sop["bayar"]).isian] == []
    for code, known in (("petunjuk", {"SKETSA"}), ("bayar", {"SKETSA", "BUKTI"}), ("arsip", {"SKETSA", "BUKTI"})):
        assert {s.code for s in known_at(sop, sop[code]).syarat} == known


def test_a_wait_is_nobodys_and_takes_its_time_from_tunggu():
    sop = shape("izin_papan", added("petunjuk", **WAIT))
    wait = sop["sanggah"]
    assert (wait.peran, wait.peran.antrean, wait.ladder, wait.waits) == ("sistem", "sistem", (), True)
    assert (str(wait.limit), wait.time) == ("2 hari", "2 Hari")


BESIDE = {
    "one of them twice": (step("buka", ke=["dinas_a", "dinas_a"]), "baris 2 (buka)", "masing-masing sekali"),
    "none of them": (step("buka", ke=[]), "baris 2 (buka)", "ke kosong"),
    "one that is not there": (step("buka", ke=["dinas_a", "dinas_c"]), "baris 2 (buka)", '"dinas_c" tidak ada'),
    "with a branch": (step("buka", cabang=BRANCH), "baris 2 (buka)", "Hapus cabang"),
    "that never meet": (step("dinas_b", ke="paraf"), "baris 2 (buka)", "Tulis ke yang sama"),
    "of which one approves": (
        step("dinas_a", persetujuan=True, kembali_ke=["buka"]),
        "baris 3 (dinas_a)",
        "Hapus persetujuan",
    ),
    "of which one drafts": (
        lambda d: (step("dinas_a", menyusun=True, menolak=None)(d), step("konsep", otomatis=None)(d)),
        "baris 3 (dinas_a)",
        "pindahkan ke sesudah konsep",
    ),
    "of which one is the machine's": (
        step("dinas_a", otomatis="teruskan", menolak=None),
        "baris 3 (dinas_a)",
        "Hapus otomatis",
    ),
    "of which one waits": (
        step("dinas_a", tunggu="1 Hari", peran=None, keputusan=None, tombol=None, menolak=None, kembali_ke=None),
        "baris 3 (dinas_a)",
        "Hapus otomatis dan tunggu",
    ),
    "of which one returns to the other": (
        step("dinas_b", kembali_ke=["dinas_a"]),
        "baris 4 (dinas_b)",
        "Hapus dinas_a dari kembali_ke",
    ),
    "of which one opens others": (step("dinas_a", ke=["konsep", "paraf"]), "baris 3 (dinas_a)", "Tulis satu kode"),
    "of which one is reached alone": (
        step("isi", cabang=[{"ke": "dinas_a", "bila": [SMALL]}]),
        "baris 1 (isi)",
        "hanya dibuka langkah baris 2 (buka)",
    ),
}


@pytest.mark.parametrize(("change", "at", "remedy"), BESIDE.values(), ids=BESIDE)
def test_desks_side_by_side_that_cannot_run_are_refused(change, at, remedy):
    with pytest.raises(DefinitionError) as error:
        shape("izin_bangun", change)
    assert any(at in one and remedy in one for one in str(error.value).splitlines()), str(error.value)


def test_desks_side_by_side_are_one_part_of_the_way():
    sop = shape("izin_bangun", step("dinas_b", lewati_bila=[SMALL]))
    assert following(sop, sop["buka"], {"ukuran": "BESAR"}) == ("dinas_a", "dinas_b")
    assert following(sop, sop["buka"], SMALL) == ("dinas_a",)
    assert [t.code for t in way(sop, SMALL)] == ["isi", "buka", "dinas_a", "konsep", "paraf", "teken"]
    nobody = shape("izin_bangun", step("dinas_a", lewati_bila=[SMALL]), step("dinas_b", lewati_bila=[SMALL]))
    assert following(nobody, nobody["buka"], SMALL) == ("konsep",)


def test_a_refusal_behind_the_draft_is_taken_back_side_by_side_too():
    sop = shape("izin_bangun", step("buka", menyusun=True), step("konsep", otomatis=None))
    refused = [Said("dinas_a", "tolak"), Said("dinas_b", "kirim")]
    assert join(sop, sop["dinas_b"], refused, Arah.TERBIT, {}) == Joined(refused=True, arah=Arah.TOLAK)
    back = [*refused, Said("dinas_a", "kembalikan", "buka"), Said("dinas_b", "kirim")]
    assert join(sop, sop["dinas_b"], back, Arah.TOLAK, {}) == Joined(("dinas_a",), "buka", arah=Arah.TERBIT)


def test_the_gate_may_be_one_of_the_desks_side_by_side():
    sop = shape("izin_bangun", step("dinas_a", menetapkan_arah=True))
    assert sop.gate is sop["dinas_a"]
