"""What an applicant may change in a file that was sent back: what was asked, and what would stop it going on. Pure."""

from collections.abc import Collection, Set
from datetime import date

from pipeline.isian import check_isi
from pipeline.sop import CaseData, Sop

#: A part of an application: ('isian' or 'syarat', kode).
Butir = tuple[str, str]


def changeable(
    sop: Sop, data: CaseData, diminta: Collection[Butir], berkas_lama: Collection[str], *, hari_ini: date
) -> Set[Butir]:
    """The parts open to the applicant; all of them in a draft, or when nothing was itemised.

    An answer that was asked for may make other fields and documents mandatory, and a date may have grown too old
    meanwhile: those are open too, or the file could never be sent. ``berkas_lama``: documents handed in before the
    return and still in force.
    """
    if not diminta or any(jenis == "umum" for jenis, _ in diminta):
        return {("isian", i.kode) for i in sop.isian} | {("syarat", t.kode) for t in sop.syarat}
    salah = {("isian", kode) for kode in check_isi(sop, data, hari_ini=hari_ini)}
    kurang = {("syarat", t.kode) for t in sop.syarat_wajib(data) if t.kode not in berkas_lama}
    return set(diminta) | salah | kurang
