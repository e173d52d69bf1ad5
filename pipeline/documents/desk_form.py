"""The form of the desk that inspects, as variables of its papers: each field under its own code. Pure."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from pipeline.documents.template.filters import day_in_words
from pipeline.json import Json
from pipeline.rules.form.bap import (
    CONCLUSION,
    ISIAN_REKOMENDASI,
    PHOTO_LABELS,
    RESULT,
    TEAM_ISIAN,
    read,
    read_list,
    read_part,
)
from pipeline.sop.values import Sop
from pipeline.text import moment_in_words

Content = Mapping[str, object]

#: Fields of the form that are one text, and what stands before each on paper.
FORM_LABELS: Mapping[str, str] = MappingProxyType(
    {
        "bap_nomor": "Nomor berita acara",
        "bap_tanggal": "Tanggal pemeriksaan",
        "bap_tempat": "Tempat",
        "bap_dasar": "Dasar",
        "pihak_nama": "Diterima oleh",
        "pihak_jabatan": "Jabatan penerima",
        "kesimpulan": "Kesimpulan",
        "bap_catatan": "Catatan",
        "rek_nomor": "Nomor rekomendasi",
        "rek_tanggal": "Tanggal rekomendasi",
        "rek_pertimbangan": "Pertimbangan",
        "rek_penandatangan_nama": "Penanda tangan",
        "rek_penandatangan_jabatan": "Jabatan",
        "rek_penandatangan_nip": "NIP",
    }
)


def form_variables(sop: Sop, bap: Content) -> Json:
    """The fields of the form, empty where it is not filled in. A ``gambar`` under ``foto`` is the picture's sha256."""
    party, rekomendasi = read_part(bap, "pihak_lembaga"), read_part(bap, "rekomendasi")
    return {
        **{f"bap_{name}": read(bap, name) for name in ("nomor", "tempat", "dasar", "catatan")},
        **{f"pihak_{name}": read(party, name) for name in ("nama", "jabatan")},
        **{f"rek_{name}": read(rekomendasi, name) for name in ISIAN_REKOMENDASI},
        "bap_tanggal": day_in_words(read(bap, "tanggal")),
        "rek_tanggal": day_in_words(read(rekomendasi, "tanggal")),
        "kesimpulan": CONCLUSION.get(read(bap, "kesimpulan"), ""),
        "tim": [{k: read(person, k) for k in TEAM_ISIAN} for person in read_list(bap, "tim")],
        "daftar": _checklist(sop, bap),
        "foto": [{"gambar": read(f, "sha256"), "keterangan": _photo_caption(f)} for f in read_list(bap, "foto")],
    }


def reasons(sop: Sop, bap: Content, additions: Content) -> list[str]:
    """Every reason that the inspection and the drafter gave for a refusal, each once."""
    item = [f"{b['uraian']}: {b['catatan'] or b['hasil']}" for b in _checklist(sop, bap, only="tidak")]
    other = (read(bap, "catatan"), read(read_part(bap, "rekomendasi"), "pertimbangan"), read(additions, "pertimbangan"))
    return list(dict.fromkeys(filter(None, (*item, *other))))


def _checklist(sop: Sop, bap: Content, only: str | None = None) -> list[dict[str, str]]:
    description = {b.code: b.description for b in sop.bap_items}
    return [
        {
            "uraian": description.get(read(b, "kode"), read(b, "kode")),
            "hasil": RESULT.get(read(b, "hasil"), ""),
            "catatan": read(b, "catatan"),
        }
        for b in read_list(bap, "daftar")
        if only in (None, read(b, "hasil"))
    ]


def _photo_caption(photo: Content) -> str:
    label, moment = read(photo, "label"), read(photo, "waktu")
    latitude, longitude = photo.get("lat"), photo.get("lon")
    place = f"lintang {latitude}, bujur {longitude}" if latitude and longitude else "lokasi tidak terbaca"
    return ", ".join(filter(None, (PHOTO_LABELS.get(label, label), _moment(moment), place)))


def _moment(iso: str) -> str:
    try:
        moment = datetime.fromisoformat(iso)
    except ValueError:
        return iso
    return moment_in_words(moment) if moment.tzinfo else iso
