"""The state of a permohonan as a fold over its peristiwa: what the tables say must be what the history says. Pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from pipeline.sop import SELESAI, Arah, JenisKeputusan
from pipeline.transitions import Status


@dataclass(frozen=True, slots=True)
class Event:
    """One peristiwa: its kind, who did it, and its data."""

    jenis: str
    oleh: str | None
    data: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenTugas:
    """The tugas the file lies on."""

    id: str
    langkah: str
    kunjungan: int
    otomatis: bool
    siap: bool = False
    diambil_oleh: str | None = None
    macet: bool = False
    tambahan_hari: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Keadaan:
    """Everything about a permohonan that routing depends on."""

    status: Status = Status.DRAF
    langkah: str | None = None
    arah: Arah | None = None
    nomor: str | None = None
    isi_hash: str = ""
    tugas: OpenTugas | None = None
    naskah_hash: str | None = None
    persetujuan: Mapping[str, str] = field(default_factory=dict)  # langkah -> orang, of the draft in force
    sk: Mapping[str, str] = field(default_factory=dict)  # nomor -> status
    pdf_sha256: str | None = None  # of the signed letter
    eskalasi: frozenset[tuple[str, int, str]] = frozenset()  # langkah, kunjungan, tingkat


def fold(events: Iterable[Event]) -> Keadaan:
    """Replay a history, oldest first. An event of an unknown kind raises KeyError: nothing is skipped silently."""
    keadaan = Keadaan()
    for event in events:
        keadaan = _APPLY[event.jenis](keadaan, event)
    return keadaan


def _created(k: Keadaan, e: Event) -> Keadaan:
    d = e.data
    tugas = OpenTugas(id=str(d["tugas"]), langkah=str(d["langkah"]), kunjungan=1, otomatis=False, siap=True)
    return replace(k, status=Status(str(d["status"])), langkah=tugas.langkah, isi_hash=str(d["isi_hash"]), tugas=tugas)


def _content(k: Keadaan, e: Event) -> Keadaan:
    return replace(k, isi_hash=str(e.data["isi_hash"]))


def _decided(k: Keadaan, e: Event) -> Keadaan:
    d = e.data
    ke = str(d["ke"])
    persetujuan = dict(k.persetujuan)
    if d["keputusan"] == JenisKeputusan.KEMBALIKAN:
        persetujuan.pop(ke, None)
    elif "setuju_naskah" in d:
        persetujuan[str(d["dari"])] = str(e.oleh)
    return replace(
        k,
        status=Status(str(d["status"])),
        langkah=None if ke == SELESAI else ke,
        arah=Arah(str(d["arah"])) if d["arah"] else None,
        nomor=str(d["nomor"]) if "nomor" in d else k.nomor,
        isi_hash=str(d.get("isi_hash", k.isi_hash)),
        tugas=_next_tugas(ke, d),
        persetujuan=persetujuan,
        sk={**k.sk, str(d["sk_nomor"]): "terbit"} if "sk_nomor" in d else k.sk,
        pdf_sha256=str(d["pdf_sha256"]) if "pdf_sha256" in d else k.pdf_sha256,
    )


def _next_tugas(ke: str, d: Mapping[str, object]) -> OpenTugas | None:
    if ke == SELESAI:
        return None
    return OpenTugas(
        id=str(d["tugas_baru"]),
        langkah=ke,
        kunjungan=int(str(d["kunjungan_baru"])),
        otomatis=d["otomatis"] is True,
        tambahan_hari=int(str(d.get("tambahan_hari", 0))),
    )


def _drafted(k: Keadaan, e: Event) -> Keadaan:
    """A new draft voids the approvals of the old one."""
    return replace(k, naskah_hash=str(e.data["naskah_hash"]), persetujuan={})


def _on_tugas(change: Callable[[OpenTugas, Event], OpenTugas]) -> Callable[[Keadaan, Event], Keadaan]:
    def apply(k: Keadaan, e: Event) -> Keadaan:
        if k.tugas is None or k.tugas.id != e.data["tugas"]:
            raise ValueError(f"peristiwa {e.jenis} tentang tugas yang tidak terbuka")
        return replace(k, tugas=change(k.tugas, e))

    return apply


def _signature(status: str) -> Callable[[Keadaan, Event], Keadaan]:
    def apply(k: Keadaan, e: Event) -> Keadaan:
        return replace(k, sk={**k.sk, str(e.data["sk_nomor"]): status})

    return apply


def _escalated(k: Keadaan, e: Event) -> Keadaan:
    d = e.data
    level = (str(d["langkah"]), int(str(d["kunjungan"])), str(d["tingkat"]))
    return replace(k, eskalasi=k.eskalasi | {level})


_APPLY: Mapping[str, Callable[[Keadaan, Event], Keadaan]] = {
    "dibuat": _created,
    "isi": _content,
    "keputusan": _decided,
    "naskah": _drafted,
    "siap": _on_tugas(lambda t, _: replace(t, siap=True)),
    "perlu_petugas": _on_tugas(lambda t, _: replace(t, siap=True, otomatis=False)),
    "diambil": _on_tugas(lambda t, e: replace(t, diambil_oleh=e.oleh)),
    "dialihkan": _on_tugas(lambda t, e: replace(t, diambil_oleh=str(e.data["kepada"]))),
    "dilepas": _on_tugas(lambda t, _: replace(t, diambil_oleh=None)),
    "macet": _on_tugas(lambda t, _: replace(t, macet=True)),
    "dilanjutkan": _on_tugas(lambda t, _: replace(t, macet=False)),
    "diperpanjang": _on_tugas(lambda t, e: replace(t, tambahan_hari=int(str(e.data["tambahan_hari"])))),
    "eskalasi": _escalated,
    "sk_niat": lambda k, e: replace(k, sk={str(e.data["sk_nomor"]): "niat"}),  # a later try may read otherwise
    "sk_dikirim": lambda k, _: k,  # on its way to the provider
    "nomor_bebas": lambda k, _: replace(k, sk={}),
    "sk_gagal": _signature("gagal"),
    "sk_perlu_dicek": _signature("perlu_dicek"),
}

#: Every kind of peristiwa there is.
JENIS_PERISTIWA = frozenset(_APPLY)
