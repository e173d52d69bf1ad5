"""Every mistake an office can make in an SOP file is refused with its row and what to change."""

import copy
import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.calendar.due import Limit
from pipeline.errors import DefinitionError
from pipeline.kantor.office import kantor
from pipeline.settings import ROOT
from pipeline.sop.form.desk_form import ChecklistItem
from pipeline.sop.load import build_sop, load_sop
from pipeline.sop.policy import Policy
from pipeline.sop.values import DONE, Condition, Isian, Langkah, Syarat
from pipeline.sop.words import Arah, IsianKind

Tree = dict[str, Any]  # a parsed TOML document, to be spoilt
ORIGINAL: Tree = tomllib.loads((ROOT / "pipeline" / "sop" / "td_lks.toml").read_text("utf-8"))
OTHER = Path(__file__).parents[1] / "data" / "izin_penelitian.toml"


def _set(cluster: str, no: int, /, **value: object) -> Callable[[Tree], None]:
    return lambda d: d[cluster][no - 1].update(value)


def _drop(cluster: str, no: int, key: str) -> Callable[[Tree], None]:
    return lambda d: d[cluster][no - 1].pop(key)


def _top(**value: object) -> Callable[[Tree], None]:
    return lambda d: d.update(value)


def _naskah(code: str, **value: object) -> Callable[[Tree], None]:
    return lambda d: next(n for n in d["naskah"] if n["kode"] == code).update(value)


def _without(code: str) -> Callable[[Tree], None]:
    return lambda d: d.update(naskah=[n for n in d["naskah"] if n["kode"] != code])


def _policy(**value: object) -> Callable[[Tree], None]:
    return lambda d: d["kebijakan"].update(value)


def _desk(**value: object) -> Callable[[Tree], None]:
    """The form of a desk."""
    return lambda d: d["formulir"][0].update(value)


def _desk_drop(key: str) -> Callable[[Tree], None]:
    return lambda d: d["formulir"][0].pop(key)


def _form(cluster: str, no: int, /, **value: object) -> Callable[[Tree], None]:
    """A row in it."""
    return lambda d: d["formulir"][0][cluster][no - 1].update(value)


def _form_drop(cluster: str, no: int, key: str) -> Callable[[Tree], None]:
    return lambda d: d["formulir"][0][cluster][no - 1].pop(key)


def _remove_row(d: Tree) -> None:
    del d["langkah"][4]


def _two_steps(*change: Callable[[Tree], None]) -> Callable[[Tree], None]:
    def both(d: Tree) -> None:
        for one in change:
            one(d)

    return both


WRONG = {
    "unknown key": (_set("langkah", 4, keterangn="x"), "langkah baris 4", 'Maksudnya "keterangan"'),
    "unknown top key": (_top(versl=2), "td_lks.toml:", 'Maksudnya "versi"'),
    "missing key": (_drop("langkah", 3, "kegiatan"), "langkah baris 3", 'Tambahkan kegiatan = "..."'),
    "wrong type": (_set("langkah", 3, kegiatan=7), "langkah baris 3", "harus berupa teks"),
    "not a number": (_top(versi="satu"), "td_lks.toml:", "bilangan bulat mulai 1"),
    "not a switch": (_set("langkah", 4, menetapkan_arah="ya"), "langkah baris 4", "true atau false"),
    "not a list": (_set("langkah", 4, kembali_ke="periksa"), "langkah baris 4", "daftar teks"),
    "not a table": (_top(kebijakan=3), "[kebijakan]", "tabel"),
    "not rows": (_top(langkah={"no": 1}), "td_lks.toml:", "[[langkah]]"),
    "bad condition": (_set("syarat", 2, wajib=["BARU"]), "syarat baris 2 (AKTA)", '[{ jenis = "BARU" }]'),
    "bad map": (_set("isian", 1, pilihan=["BARU"]), "isian baris 1 (jenis)", "tabel teks"),
    "not only texts": (_set("langkah", 4, kembali_ke=["periksa", 1]), "langkah baris 4", "daftar teks"),
    "bad option": (_set("isian", 1, pilihan={"BARU": 1}), "isian baris 1 (jenis)", "tabel teks"),
    "number by a switch": (_top(versi=True), "td_lks.toml:", "bilangan bulat mulai 1"),
    "number below the first": (_top(versi=0), "td_lks.toml:", "bilangan bulat mulai 1"),
    "number in quotes": (_top(versi="1"), "td_lks.toml:", "bilangan bulat mulai 1"),
    "number by halves": (_top(versi=1.5), "td_lks.toml:", "bilangan bulat mulai 1"),
    "step without a number": (_set("langkah", 1, no=0), "langkah baris 1", "bilangan bulat mulai 1"),
    "no letters at all": (_set("isian", 3, paling_panjang=0), "isian baris 3", "bilangan bulat mulai 1"),
    "no file at all": (_set("syarat", 1, paling_banyak=0), "syarat baris 1", "bilangan bulat mulai 1"),
    "valid for no year": (_naskah("sk", berlaku="0 Tahun"), "naskah baris 1 (sk)", '"5 Tahun"'),
    "sample below none": (_policy(sampel=-1), "[kebijakan]", "bilangan bulat mulai 0"),
    "archived while it is still asked after": (_policy(arsip_hari=30), "[kebijakan]", "bilangan bulat mulai 31"),
    "document of no age": (
        lambda d: d["kebijakan"]["umur_dokumen"][0].update(tahun=0),
        "umur_dokumen baris 1",
        "bilangan bulat mulai 1",
    ),
    "empty text": (_set("langkah", 3, kegiatan=""), "langkah baris 3", 'Tambahkan kegiatan = "..."'),
    "key like no other": (_top(zzzz=1), "td_lks.toml:", "kode, nama"),
    "row that is no table": (_top(langkah=["x"]), "td_lks.toml, langkah baris 1:", "harus berupa tabel"),
    "condition on a number": (_set("syarat", 2, wajib=[{"jenis": [1]}]), "syarat baris 2 (AKTA)", "daftar syarat"),
    "condition on a switch": (_set("syarat", 2, wajib=[{"jenis": True}]), "syarat baris 2 (AKTA)", "daftar syarat"),
    "condition that is no list": (_set("syarat", 2, wajib={"jenis": "BARU"}), "syarat baris 2 (AKTA)", "daftar syarat"),
    "unreadable time": (_set("langkah", 2, waktu="sebentar"), "langkah baris 2", '"10 Menit"'),
    "unknown role": (_set("langkah", 2, peran="camat"), "langkah baris 2", "front_office"),
    "role without a queue": (_set("langkah", 2, peran="admin"), "langkah baris 2", "front_office"),
    "unknown decision": (_set("langkah", 2, keputusan="tolak"), "langkah baris 2", "setujui"),
    "unknown automatic work": (_set("langkah", 2, otomatis="ajaib"), "langkah baris 2", "verifikasi"),
    "duplicate langkah": (_set("langkah", 3, kode="periksa"), "langkah baris 3 (periksa)", "Beri kode lain"),
    "duplicate isian": (_set("isian", 2, kode="jenis"), "isian baris 2 (jenis)", "Beri kode lain"),
    "duplicate syarat": (_set("syarat", 2, kode="SP"), "syarat baris 2 (SP)", "Beri kode lain"),
    "code with spaces": (_set("langkah", 3, kode="terima berkas"), "langkah baris 3", "huruf kecil"),
    "reserved code": (_set("langkah", 9, kode=DONE), "langkah baris 9", f'bukan "{DONE}"'),
    "small letters": (_set("syarat", 1, kode="sp"), "syarat baris 1", "huruf besar"),
    "no rows": (_top(isian=[]), "[[isian]]", "paling sedikit satu"),
    "number out of order": (_set("langkah", 5, no=6), "langkah baris 5 (susun_sk)", "seharusnya 5"),
    "forward to nowhere": (_set("langkah", 4, ke="susun"), "langkah baris 4 (rekomendasi)", "susun_sk"),
    "dead end": (_set("langkah", 5, ke="rekomendasi"), "langkah baris 5 (susun_sk)", "tidak pernah selesai"),
    "forward to itself": (_set("langkah", 5, ke="susun_sk"), "langkah baris 5 (susun_sk)", "paraf_kabid"),
    "return to nowhere": (_set("langkah", 4, kembali_ke=["loket"]), "langkah baris 4", "Pilih dari: ajukan"),
    "return forward": (_set("langkah", 4, kembali_ke=["susun_sk"]), "langkah baris 4", "bukan langkah sebelumnya"),
    "return from the first": (_set("langkah", 1, kembali_ke=["periksa"]), "langkah baris 1", "Hapus kembali_ke"),
    "unreachable": (_set("langkah", 5, ke="paraf_sekretaris"), "langkah baris 6 (paraf_kabid)", "tidak pernah dicapai"),
    "second step unreachable": (_set("langkah", 1, ke="terima"), "langkah baris 2 (periksa)", "tidak pernah dicapai"),
    "last step leads back": (_set("langkah", 9, ke="ajukan"), "langkah baris 9", f"Pilih salah satu: {DONE}."),
    "choices begin with the next": (
        _set("langkah", 7, ke="tidak_ada"),
        "langkah baris 7",
        f"Pilih salah satu: tanda_tangan, terima_sk, {DONE}.",
    ),
    "return to itself": (_set("langkah", 4, kembali_ke=["rekomendasi"]), "langkah baris 4", "bukan langkah sebelumnya"),
    "return to nothing known": (_set("langkah", 4, kembali_ke=["loket"]), "langkah baris 4", '"loket" tidak ada'),
    "ends early": (_set("langkah", 7, ke=DONE), "langkah baris 8 (tanda_tangan)", 'ke = "tanda_tangan"'),
    "first step skipped": (_set("langkah", 1, lewati_bila=[{}]), "langkah baris 1", "Hapus lewati_bila"),
    "signature skipped": (_set("langkah", 8, lewati_bila=[{}]), "langkah baris 8", "Hapus lewati_bila"),
    "direction skipped": (_set("langkah", 4, lewati_bila=[{}]), "langkah baris 4", "Hapus lewati_bila"),
    "draft skipped": (_set("langkah", 5, lewati_bila=[{}]), "langkah baris 5", "Hapus lewati_bila"),
    "first step approved": (_set("langkah", 1, keputusan="setujui"), "langkah baris 1", 'keputusan = "kirim"'),
    "applicant in the middle": (
        _two_steps(_set("langkah", 3, peran="pemohon"), _drop("langkah", 3, "otomatis")),
        "langkah baris 3 (terima)",
        "sesudah tanda tangan",
    ),
    "applicant in the second step": (
        _two_steps(
            _set("langkah", 2, peran="pemohon"),
            _drop("langkah", 2, "otomatis"),
        ),
        "langkah baris 2 (periksa)",
        "sesudah tanda tangan",
    ),
    "applicant last without receiving": (_set("langkah", 9, keputusan="setujui"), "langkah baris 9", '"terima"'),
    "received by the office": (
        _set("langkah", 9, peran="front_office"),
        "langkah baris 9 (terima_sk)",
        "hanya milik pemohon",
    ),
    "received before it is signed": (
        _set("langkah", 6, keputusan="terima", peran="pemohon"),
        "langkah baris 6",
        "Pindahkan ke bawah",
    ),
    "received twice": (
        lambda d: (
            d["langkah"].append({**d["langkah"][8], "no": 10, "kode": "lagi"}) or d["langkah"][8].update(ke="lagi")
        ),
        "langkah baris 10 (lagi)",
        "pemohon sudah menerima pada langkah baris 9 (terima_sk)",
    ),
    "back after the signature": (
        _set("langkah", 9, kembali_ke=["susun_sk"]),
        "langkah baris 9 (terima_sk)",
        "Hapus kembali_ke",
    ),
    "a leader back to the applicant": (
        _set("langkah", 6, kembali_ke=["ajukan", "susun_sk"]),
        "langkah baris 6",
        'Hapus "ajukan"',
    ),
    "checks that cannot return": (_set("langkah", 2, kembali_ke=[]), "langkah baris 2", 'Tambahkan "ajukan"'),
    "direction by machine": (_set("langkah", 4, otomatis="teruskan"), "langkah baris 4", "Hapus otomatis"),
    "approval by machine": (_set("langkah", 6, otomatis="teruskan"), "langkah baris 6", "Hapus otomatis"),
    "no time at all": (_set("langkah", 2, waktu="0 Menit"), "langkah baris 2", "1 Menit"),
    "code of the SOP": (_top(kode="Tanda Daftar"), "td_lks.toml, kode", "huruf kecil"),
    "prefix of no number": (_top(prefix="L K/S"), "td_lks.toml, prefix", "huruf besar"),
    "an applicant in a file of the office": (
        _set("langkah", 1, peran="front_office"),
        "langkah baris 9 (terima_sk)",
        "tidak ada pemohon",
    ),
    "first step by itself": (_set("langkah", 1, otomatis="teruskan"), "langkah baris 1", "Hapus otomatis"),
    "applicant automatic": (_set("langkah", 9, otomatis="teruskan"), "langkah baris 9", "Hapus otomatis"),
    "two directions": (_set("langkah", 3, menetapkan_arah=True), "langkah baris 4", "Hapus salah satu"),
    "direction too late": (
        _two_steps(_drop("langkah", 4, "menetapkan_arah"), _set("langkah", 7, menetapkan_arah=True)),
        "langkah baris 7",
        "sebelum naskah disusun",
    ),
    "direction by an approval": (
        _set("langkah", 6, menetapkan_arah=True),
        "langkah baris 6",
        "sebelum naskah disusun",
    ),
    "direction with the draft": (_set("langkah", 5, menetapkan_arah=True), "langkah baris 5", "sebelum naskah disusun"),
    "direction after the draft": (
        _two_steps(_drop("langkah", 4, "menetapkan_arah"), _set("langkah", 5, menetapkan_arah=True)),
        "langkah baris 5",
        "sebelum naskah disusun",
    ),
    "nobody signs": (
        _two_steps(_drop("langkah", 8, "tanda_tangan"), _set("langkah", 8, keputusan="setujui")),
        "langkah baris 6 (paraf_kabid)",
        "Hapus persetujuan",
    ),
    "two sign": (
        _set("langkah", 7, tanda_tangan=True, keputusan="tanda_tangani"),
        "langkah baris 8",
        "Hapus salah satu",
    ),
    "signature is no approval": (_drop("langkah", 8, "persetujuan"), "langkah baris 8", "persetujuan = true"),
    "signature without its decision": (_set("langkah", 8, keputusan="setujui"), "langkah baris 8", "bersama-sama"),
    "approval after signature": (
        _set("langkah", 9, persetujuan=True),
        "langkah baris 9 (terima_sk)",
        "Pindahkan ke atas",
    ),
    "nobody drafts": (_drop("langkah", 5, "otomatis"), "langkah baris 8 (tanda_tangan)", "menyusun = true"),
    "a refusal without a letter": (_drop("langkah", 5, "otomatis"), "langkah baris 4 (rekomendasi)", "hapus menolak"),
    "drafted and never signed": (
        _two_steps(
            _drop("langkah", 8, "tanda_tangan"),
            _set("langkah", 8, keputusan="setujui"),
        ),
        "langkah baris 5 (susun_sk)",
        "Tambahkan tanda_tangan = true",
    ),
    "drafted by the machine that checks": (
        _set("langkah", 2, menyusun=True),
        "langkah baris 2 (periksa)",
        'menyusun = true tidak bersama otomatis = "verifikasi"',
    ),
    "refused by the desk that drafts": (_set("langkah", 5, menolak=True), "langkah baris 5", "meja penyusun"),
    "refused by machine": (_set("langkah", 2, menolak=True), "langkah baris 2", "Hapus otomatis"),
    "refused after the signature": (_set("langkah", 9, menolak=True), "langkah baris 9", "Hapus menolak"),
    "refused by the applicant": (_set("langkah", 9, menolak=True), "langkah baris 9", "betulkan peran"),
    "refused as it begins": (_set("langkah", 1, menolak=True), "langkah baris 1", "berkas baru diisi"),
    "drafted too late": (
        _two_steps(_drop("langkah", 5, "otomatis"), _set("langkah", 7, otomatis="susun_naskah")),
        "langkah baris 7",
        "sesudah persetujuan pertama",
    ),
    "drafted by an approval": (
        _two_steps(_drop("langkah", 5, "otomatis"), _set("langkah", 6, otomatis="susun_naskah")),
        "langkah baris 6",
        "sesudah persetujuan pertama",
    ),
    "drafted twice": (
        _set("langkah", 4, otomatis="susun_naskah"),
        "langkah baris 5",
        "naskah sudah disusun pada langkah baris 4",
    ),
    "decision of a signature alone": (_set("langkah", 7, keputusan="tanda_tangani"), "langkah baris 7", "bersama-sama"),
    "back from the second desk after the signature": (
        lambda d: (
            d["langkah"].insert(8, {**d["langkah"][2], "no": 9, "kode": "arsip", "ke": "terima_sk"})
            or d["langkah"][7].update(ke="arsip")
            or d["langkah"][9].update(no=10)
        ),
        "langkah baris 9 (arsip)",
        "Hapus kembali_ke",
    ),
    "row missing": (_remove_row, "langkah baris 5 (paraf_kabid)", "seharusnya 5"),
    "field on no page": (_set("isian", 3, bagian="lain"), "isian baris 3 (bentuk)", "Pilih salah satu: jenis"),
    "empty page": (lambda d: d["bagian"].append({"kode": "kosong", "judul": "K"}), "bagian baris 7", "[[isian]]"),
    "choice without options": (_drop("isian", 1, "pilihan"), "isian baris 1", "Tambahkan pilihan"),
    "options without choice": (_set("isian", 5, pilihan={"A": "a"}), "isian baris 5", "Hapus pilihan"),
    "digits without a length": (_set("isian", 5, jenis="angka_tetap"), "isian baris 5", "panjang = [16]"),
    "length of a text": (_set("isian", 5, panjang=[16]), "isian baris 5", "panjang = [16]"),
    "length in words": (_set("isian", 5, panjang=["16"]), "isian baris 5", "[15, 16]"),
    "number nobody types": (_set("isian", 5, jenis="angka_tetap", panjang=[41]), "isian baris 5", "paling banyak 40"),
    "shape without its words": (_set("isian", 5, pola="[0-9]+"), "isian baris 5", "Tambahkan pola_kata"),
    "words without their shape": (_set("isian", 5, pola_kata="Tulis angka."), "isian baris 5", "Tambahkan pola ="),
    "shape that is none": (_set("isian", 5, pola="[0-9", pola_kata="x"), "isian baris 5", "bukan pola yang sah"),
    "standard of no group": (
        _set("isian", 5, pola_lazim="[0-9]+", pola_lazim_kata="x", pola_lazim_baku=r"\1"),
        "isian baris 5",
        "bukan pola yang sah",
    ),
    "shape that its example has not": (
        _set("isian", 5, pola="[0-9]+", pola_kata="x", contoh="abc"),
        "isian baris 5",
        'contoh = "abc" tidak cocok',
    ),
    "shape without an example": (
        _set("isian", 5, pola="[0-9]+", pola_kata="x"),
        "isian baris 5",
        "Tulis sebuah jawaban",
    ),
    "shape of a date": (_set("isian", 6, pola="x", pola_kata="x"), "isian baris 6", "pola hanya untuk teks"),
    "known by a choice": (_set("isian", 1, pengenal="nama"), "isian baris 1", "Pakai jenis teks"),
    "known by what": (_set("isian", 5, pengenal="x"), "isian baris 5", "Pilih salah satu: nama, nomor"),
    "known together with nothing": (
        _set("isian", 5, pengenal="nomor", pengenal_dengan=["x"]),
        "isian baris 5",
        'pengenal_dengan "x" tidak ada',
    ),
    "a name known together": (
        _set("isian", 5, pengenal="nama", pengenal_dengan=["alamat"]),
        "isian baris 5",
        'melengkapi pengenal = "nomor"',
    ),
    "one person unlike nobody": (_set("isian", 5, beda_orang="saksi"), "isian baris 5", "Tulis pada isian lain juga"),
    "choices of persons": (_set("isian", 1, beda_orang="pengurus"), "isian baris 1", "Hapus beda_orang"),
    "renewed by a choice": (_set("isian", 1, perpanjangan="nomor"), "isian baris 1", "hanya untuk jenis teks"),
    "renewed twice": (_set("isian", 9, perpanjangan="nomor"), "isian baris 9", "Sisakan satu"),
    "end without a number": (_drop("isian", 5, "perpanjangan"), "isian baris 6", 'dengan perpanjangan = "nomor"'),
    "past text": (_set("isian", 5, lampau=True), "isian baris 5", "Hapus lampau"),
    "stop at no option": (_set("isian", 8, henti={"DESA": "x"}), "isian baris 8 (lingkup)", "KOTA, PROVINSI"),
    "never asked": (_drop("syarat", 1, "wajib"), "syarat baris 1 (SP)", "Isi wajib atau opsional"),
    "condition on no field": (_set("syarat", 2, wajib=[{"jns": "BARU"}]), "syarat baris 2 (AKTA)", "Pakai salah satu"),
    "condition on text": (_set("isian", 5, bila=[{"alamat": "x"}]), "isian baris 5", "bukan pilihan"),
    "condition on no option": (_set("syarat", 2, wajib=[{"jenis": "LAMA"}]), "syarat baris 2", "BARU, PERPANJANGAN"),
    "skip on no option": (_set("langkah", 3, lewati_bila=[{"bentuk": "PT"}]), "langkah baris 3", "BH, NONBH"),
    "checklist condition": (_form("butir", 1, bila=[{"x": "y"}]), "butir baris 1 (alamat)", "Pakai salah satu"),
    "condition on an answer nobody has": (
        _form("isian", 8, wajib_bila=[{"kesimpulan": "lain"}]),
        "isian baris 8 (bap_catatan)",
        "layak_dengan_catatan",
    ),
    "form of no desk": (_desk(langkah="loket"), "formulir baris 1 (bap)", "Pilih: rekomendasi, paraf_kabid"),
    "form of an automatic step": (_desk(langkah="terima"), "formulir baris 1 (bap)", "bukan langkah yang diputus"),
    "form of the applicant": (_desk(langkah="ajukan"), "formulir baris 1 (bap)", "bukan langkah yang diputus"),
    "two forms at a desk": (
        lambda d: d["formulir"].append({**copy.deepcopy(d["formulir"][0]), "kode": "lain"}),
        "formulir baris 2 (lain)",
        "lebih dari satu formulir",
    ),
    "form that asks nothing": (
        lambda d: d["formulir"].append({"kode": "kosong", "langkah": "paraf_kabid", "judul": "K"}),
        "formulir baris 2 (kosong)",
        "tidak menanyakan apa pun",
    ),
    "field of a form twice": (_form("isian", 1, kode="alamat"), "formulir", 'isian "alamat" ada 2 kali'),
    "code of a form's field": (_form("isian", 1, kode="Nomor BAP"), "formulir", "huruf kecil"),
    "field on no page of its form": (
        _form("isian", 1, bagian="jenis"),
        "isian baris 1 (bap_nomor)",
        "Pilih: peninjauan",
    ),
    "page of a form without a field": (
        lambda d: d["formulir"][0]["bagian"].append({"kode": "kosong", "judul": "K"}),
        "formulir baris 1 (bap)",
        "[[formulir.isian]]",
    ),
    "choice of a form without options": (_form_drop("isian", 7, "pilihan"), "isian baris 7", "Tambahkan pilihan"),
    "checklist without results": (_desk_drop("hasil"), "formulir baris 1 (bap)", "butir dan hasil"),
    "results without a checklist": (_desk_drop("butir"), "formulir baris 1 (bap)", "butir dan hasil"),
    "finding that is no result": (_desk(temuan=["buruk"]), "formulir baris 1 (bap)", "sesuai, tidak, catatan"),
    "line of the checklist twice": (_form("butir", 2, kode="alamat"), "formulir baris 1 (bap)", "ada 2 kali"),
    "photos of nothing": (
        _two_steps(_desk(foto_paling_sedikit=1), _desk_drop("foto")),
        "formulir baris 1 (bap)",
        "[[formulir.foto]]",
    ),
    "too many photos": (_desk(foto_paling_sedikit=21), "formulir baris 1 (bap)", "paling banyak 20"),
    "longer than a web form may be": (
        lambda d: d["formulir"][0]["butir"].extend({"kode": f"x{n}", "uraian": "X"} for n in range(150)),
        "formulir baris 1 (bap)",
        "lebih dari 300 hal",
    ),
    "too large a team": (_desk(tim=21), "formulir baris 1 (bap)", "paling banyak 20 orang"),
    "direction by a text": (
        _desk(arah={"isian": "bap_nomor", "tolak": ["x"]}),
        "formulir baris 1 (bap)",
        "Pilih dari: kesimpulan",
    ),
    "refused by no answer": (
        _desk(arah={"isian": "kesimpulan", "tolak": ["buruk"]}),
        "formulir baris 1 (bap)",
        'arah.tolak "buruk" bukan pilihan',
    ),
    "refused by every answer": (
        _desk(arah={"isian": "kesimpulan", "tolak": ["layak", "layak_dengan_catatan", "tidak_layak"]}),
        "formulir baris 1 (bap)",
        "sebagian pilihan",
    ),
    "refused for no field": (
        _desk(arah={"isian": "kesimpulan", "tolak": ["tidak_layak"], "alasan": ["x"]}),
        "formulir baris 1 (bap)",
        'arah.alasan "x"',
    ),
    "spotless without findings": (
        _desk_drop("temuan"),
        "formulir baris 1 (bap)",
        "arah.tanpa_temuan memerlukan temuan",
    ),
    "direction at a desk that cannot refuse": (
        _desk(langkah="paraf_kabid"),
        "formulir baris 1 (bap)",
        "tidak dapat menolak",
    ),
    "key of a form": (_desk(jdul="x"), "formulir baris 1 (bap)", 'Maksudnya "judul"'),
    "key of a direction": (_desk(arah={"isian": "kesimpulan", "tlak": []}), "[arah]", 'Maksudnya "tolak"'),
    "applicant's flag in a form": (
        _form("isian", 1, pengenal="nomor"),
        "isian baris 1",
        "pengenal hanya untuk isian pemohon",
    ),
    "form's flag for an applicant": (
        _set("isian", 5, ringkas=True),
        "isian baris 5",
        "ringkas hanya untuk isian formulir",
    ),
    "before a text": (_form("isian", 10, tidak_sebelum="bap_nomor"), "isian baris 10", "harus isian tanggal"),
    "legal basis condition": (
        lambda d: d["naskah"][0]["mengingat"][1].update(bila=[{"x": "y"}]),
        "naskah baris 1 (sk), mengingat baris 2",
        "Pakai salah satu",
    ),
    "a line of data on no field": (
        lambda d: d["naskah"][0]["baris"][0].update(bila=[{"x": "y"}]),
        "naskah baris 1 (sk), baris baris 1",
        "Pakai salah satu",
    ),
    "no paper of this direction": (_without("penolakan"), "naskah", 'arah = "tolak" belum ada'),
    "no decision": (_without("sk"), "naskah", 'arah = "terbit" belum ada'),
    "no receipt": (_without("tanda_terima"), "naskah", "tepat satu"),
    "two papers of one code": (_naskah("penolakan", kode="sk"), "naskah baris 2 (sk)", "kode lain"),
    "two decisions of one direction": (_naskah("penolakan", arah="terbit"), "naskah", "ada 2: sk, penolakan"),
    "a paper of no desk": (_naskah("bap", langkah="ajukan"), "naskah baris 3 (bap)", "Pilih salah satu: periksa"),
    "a paper of a desk without a form": (_naskah("bap", langkah="periksa"), "(bap)", "Tambahkan [[formulir]]"),
    "a numbered receipt": (
        _naskah("tanda_terima", pola_nomor="{urut}/{tahun}"),
        "(tanda_terima)",
        "hanya untuk keputusan",
    ),
    "a refusal that ends": (_naskah("penolakan", berlaku="1 Tahun"), "(penolakan)", "Hapus berlaku"),
    "a direction of a desk's paper": (_naskah("bap", arah="tolak"), "(bap)", "Hapus arah"),
    "a decision by a desk": (_naskah("sk", langkah="periksa"), "(sk)", "Hapus langkah"),
    "paper of no kind": (_naskah("sk", jenis="surat"), "naskah baris 1 (sk)", "keputusan, tanda_terima, meja"),
    "template is a path": (_naskah("sk", templat="../sk.docx"), "naskah baris 1 (sk)", "bukan nama berkas Word"),
    "a field called as a paper calls its number": (
        _set("isian", 3, kode="nomor"),
        "isian baris 3 (nomor)",
        "kode lain",
    ),
    "a text called as a field": (lambda d: d["kalimat"][0].update(kode="alamat"), "kalimat baris 1", "kode lain"),
    "no holder": (_top(pemegang=""), "td_lks.toml, pemegang", "Pilih salah satu"),
    "holder of no field": (_top(pemegang="nama"), 'pemegang = "nama"', "nama_lembaga"),
    "holder who need not be named": (_top(pemegang="nama_sk"), 'pemegang = "nama_sk"', "selalu ditanyakan"),
    **{
        f"number pattern: {why}": (_naskah("sk", pola_nomor=pattern), "naskah baris 1 (sk)", "harus memuat {urut}")
        for why, pattern in {
            "it repeats": "503/{tahun}",
            "it reaches in": "{urut.__class__}/{tahun}",
            "it is left open": "503/{urut",
            "without a name": "{}/{urut}/{tahun}",
            "of something else": "{urut}/{tahun}/{hari}",
            "without a year": "503/{urut}",
            "none": "",
        }.items()
    },
    "one number for two letters": (
        _two_steps(
            _naskah("sk", pola_nomor="503/{urut:04d}/{tahun}"),
            _naskah("penolakan", pola_nomor="503/{urut:03d}/{tahun}"),
        ),
        "naskah",
        "pola_nomor yang sama",
    ),
    "sample above all": (lambda d: d["kebijakan"].update(sampel=101), "kebijakan", "0 sampai 100"),
    "age of no document": (
        lambda d: d["kebijakan"]["umur_dokumen"][0].update(syarat="XX"),
        "kebijakan.umur_dokumen baris 1",
        "Pilih: SP",
    ),
    "age by no date": (
        lambda d: d["kebijakan"]["umur_dokumen"][0].update(isian="alamat"),
        "kebijakan.umur_dokumen baris 1",
        "tanggal_domisili",
    ),
}


@pytest.mark.parametrize(("spoil", "place", "remedy"), WRONG.values(), ids=WRONG)
def test_a_mistake_names_its_row_and_what_to_change(spoil: Callable[[Tree], None], place: str, remedy: str) -> None:
    damaged = copy.deepcopy(ORIGINAL)
    spoil(damaged)
    with pytest.raises(DefinitionError) as error:
        build_sop(damaged, "td_lks.toml", kantor().posts)
    line = next((b for b in str(error.value).splitlines() if place in b and remedy in b), None)
    assert line is not None, str(error.value)
    assert line.startswith("td_lks.toml")
    assert re.search(r"[.?)]$|\.\.\.$", line)


RIGHT = {
    "the first version": _top(versi=1),
    "no sample": _policy(sampel=0),
    "every file a sample": _policy(sampel=100),
    "archived the day after the last reminder": _policy(arsip_hari=31),
    "a minute": _set("langkah", 2, waktu="1 Menit"),
    "a day": _set("langkah", 2, waktu="1 Hari"),
    "one letter": _set("isian", 3, paling_panjang=1),
    "one file": _set("syarat", 1, paling_banyak=1),
    "valid for a month": _naskah("sk", berlaku="1 Bulan"),
    "valid for ever": _naskah("sk", berlaku=""),
    "a month in the number": _naskah("sk", pola_nomor="{urut}/{bulan_romawi}/{tahun}"),
    "a year old": lambda d: d["kebijakan"]["umur_dokumen"][0].update(tahun=1),
    "optional only": _two_steps(_drop("syarat", 1, "wajib"), _set("syarat", 1, opsional=[{}])),
    "an office step that may be skipped": _set("langkah", 3, lewati_bila=[{"bentuk": "BH"}]),
    "nothing is automatic but the draft": _two_steps(_drop("langkah", 2, "otomatis"), _drop("langkah", 3, "otomatis")),
    "several desks refuse": _two_steps(
        _set("langkah", 6, menolak=True),
        _set("langkah", 8, menolak=True),
        _drop("langkah", 3, "otomatis"),
        _set("langkah", 3, menolak=True),
    ),
    "a person drafts": _two_steps(_drop("langkah", 5, "otomatis"), _set("langkah", 5, menyusun=True)),
    "the office goes on after the receipt": lambda d: (
        d["langkah"].append({**d["langkah"][2], "no": 10, "kode": "arsip", "ke": "selesai", "kembali_ke": []})
        or d["langkah"][8].update(ke="arsip")
    ),
    "a desk begins it": _two_steps(
        _set("langkah", 1, peran="front_office"), _set("langkah", 9, peran="front_office", keputusan="setujui")
    ),
    "no document is asked for": lambda d: d.update(syarat=[]) or d["kebijakan"].pop("umur_dokumen"),
    "the office ends it": _set("langkah", 9, peran="front_office", keputusan="setujui"),
    "only one approves": lambda d: [d["langkah"][n].pop("persetujuan") for n in (5, 6)],
    "back to the step just before": _set("langkah", 3, kembali_ke=["periksa"]),
}


@pytest.mark.parametrize("change", RIGHT.values(), ids=RIGHT)
def test_what_an_office_may_change_is_accepted(change: Callable[[Tree], object]) -> None:
    changed = copy.deepcopy(ORIGINAL)
    change(changed)
    assert build_sop(changed, "td_lks.toml", kantor().posts).code == "td_lks"


def test_an_sop_without_a_refusal_needs_no_letter_for_one() -> None:
    sop = load_sop(OTHER, kantor().posts)
    assert not any(t.sets_arah for t in sop.langkah)
    assert sop.decision(Arah.TOLAK) is None
    assert [naskah.code for naskah in sop.decisions] == ["surat_keterangan"]


@pytest.mark.parametrize("value", ["", None])
def test_what_need_not_be_said_may_be_empty_or_left_out(value: str | None) -> None:
    changed = copy.deepcopy(ORIGINAL)
    for key in ("keterangan", "status_tolak", "status_perbaikan"):
        changed["langkah"][1].pop(key, None)
        if value is not None:
            changed["langkah"][1][key] = value
    langkah = build_sop(changed, "td_lks.toml", kantor().posts)["periksa"]
    assert (langkah.remarks, langkah.refusal_status, langkah.correction_status) == ("", None, None)


def test_what_a_row_leaves_out_is_what_its_value_has_by_itself() -> None:
    """The defaults of a file and of a value made by hand are the same."""
    changed = copy.deepcopy(ORIGINAL)
    field = {"kode": "x", "label": "X", "bagian": changed["bagian"][0]["kode"], "jenis": "teks"}
    document = {"kode": "X", "nama": "X", "wajib": [{}]}
    step = {key: changed["langkah"][2][key] for key in STEP} | {"no": 3}
    changed["isian"].append(field)
    changed["syarat"].append(document)
    changed["langkah"][2] = step
    changed["kebijakan"] = {"otomatis": True, "sampel": 0}
    changed["formulir"][0]["butir"].append({"kode": "x", "uraian": "X"})
    sop = build_sop(changed, "td_lks.toml", kantor().posts)
    assert sop.isian[-1] == Isian(code="x", label="X", bagian=field["bagian"], kind=IsianKind.TEKS)
    assert (sop.isian[-1].required, sop.isian[-1].max_length) == (True, 200)
    assert sop.syarat[-1] == Syarat(code="X", name="X", required=(Condition({}),))
    assert sop.syarat[-1].at_most == 5
    assert sop.policy == Policy(automatic=True, sample=0)
    assert sop.policy.archive_days == 90
    assert sop.forms[0].items[-1] == ChecklistItem(code="x", description="X")
    silent = sop["terima"]
    said = (silent.sets_arah, silent.approval, silent.signature, silent.skip_when, silent.returns_to)
    assert said == (False, False, False, (), ())
    assert silent == Langkah(
        no=3,
        code="terima",
        activity=silent.activity,
        peran=silent.peran,
        inputs=silent.inputs,
        time=silent.time,
        limit=Limit.parse(silent.time),
        output=silent.output,
        remarks="",
        status=silent.status,
        keputusan=silent.keputusan,
        button=silent.button,
        target=silent.target,
        ladder=silent.ladder,
    )


STEP = "kode kegiatan peran kelengkapan waktu output status keputusan tombol ke".split()


def test_the_untouched_file_passes() -> None:
    assert build_sop(copy.deepcopy(ORIGINAL), "td_lks.toml", kantor().posts).code == "td_lks"


def test_another_permit_is_data_too() -> None:
    sop = load_sop(OTHER, kantor().posts)
    assert [t.code for t in sop.langkah] == ["daftar", "telaah", "konsep", "periksa_konsep", "teken", "ambil"]
    assert [t.code for t in sop.approval] == ["periksa_konsep", "teken"]
    assert sop["telaah"].skip_when[0].fits({"metode": "PUSTAKA"})
    assert str(sop.total_time) == "2 hari 45 menit"
    assert {s.code for s in sop.required_syarat({"metode": "LAPANGAN", "lokasi": ("SEKOLAH",)})} == {
        "PROPOSAL",
        "PENGANTAR",
        "ETIK",
    }


def test_a_file_that_is_no_toml_says_so(tmp_path: Path) -> None:
    damaged = tmp_path / "x.toml"
    damaged.write_text("kode = ", "utf-8")
    with pytest.raises(DefinitionError, match=r"x\.toml: bukan TOML yang sah"):
        load_sop(damaged, kantor().posts)
    with pytest.raises(DefinitionError, match="tidak dapat dibaca"):
        load_sop(tmp_path / "tidak-ada.toml", kantor().posts)


def test_a_policy_that_says_nothing_lets_the_machine_decide_takes_no_samples_and_archives_after_ninety_days() -> None:
    silent = copy.deepcopy(ORIGINAL)
    del silent["kebijakan"]
    policy = build_sop(silent, "td_lks.toml", kantor().posts).policy
    assert (policy.automatic, policy.sample, policy.archive_days, policy.document_ages) == (True, 0, 90, ())
