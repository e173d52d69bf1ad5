"""What the tables must say, as a fold over the peristiwa of a file. Pure.

Tables are caches of the history: whatever a page shows of the past is rebuilt here, row by row, and ``alurizin verify``
compares. An act that writes a column shown anywhere tells it in its peristiwa, or in the words sealed by it.
"""

from collections.abc import Callable, Iterable, Mapping
from uuid import UUID, uuid5

from pipeline.rules.history.chain import Event
from pipeline.rules.history.kinds import PeristiwaKind, SkStatus, form_told
from pipeline.rules.history.naskah import (
    approved,
    drafted,
    intended,
    issued,
    number_freed,
    sent_to_provider,
    signature,
)
from pipeline.rules.history.replay import Replay, Row, Tables, list_of, time_of, word
from pipeline.sop.values import DONE


def fold(events: Iterable[Event]) -> Tables:
    """Replay a history, oldest first. An event of an unknown kind raises KeyError: nothing is skipped silently."""
    replay = Replay()
    for e in events:
        _APPLY[e.kind](replay, e)
        replay.permohonan["changed_at"] = e.at
    return replay.tables


def request_id(tugas_id: UUID | str, place: int) -> UUID:
    """The id of the n-th item a decision asked for: told by the tugas, so that its row can be found again."""
    return uuid5(UUID(str(tugas_id)), str(place))


def _created(r: Replay, e: Event) -> None:
    d = e.data
    r.put(
        "permohonan",
        "",
        {
            "status": d["status"],
            "langkah": d["langkah"],
            "arah": None,
            "nomor": None,
            "tracking_code": None,
            "content_digest": d["content_digest"],
            "pemohon_id": e.actor,
            "sop": d["sop"],
            "sop_version": d["sop_version"],
            "privacy_version": None,
            "created_at": e.at,
            "sent_at": None,
            "complete_at": None,
            "tenggat": None,
            "closed_at": None,
        },
    )
    r.put("tugas", d["tugas"], _new_tugas(e, str(d["langkah"]), {"peran": e.peran}) | {"ready_at": e.at})


def _new_tugas(e: Event, langkah: str, told: Mapping[str, object]) -> Row:
    return {
        "langkah": langkah,
        "branch": told.get("branch", "utama"),
        "kunjungan": told.get("kunjungan_baru", 1),
        "peran": told["peran"],
        "automatic": told.get("otomatis", False),
        "expedited": told.get("didahulukan", False),
        "for_person": told.get("for_person"),
        "asking_langkah": told.get("asking_langkah"),
        "hash_when_asked": told.get("hash_when_asked"),
        "created_at": e.at,
        "started_at": time_of(told.get("mulai")) or e.at,
        "jeda": told.get("jeda", []),
        "tenggat": time_of(told.get("tenggat")),
        "added_days": told.get("added_days", 0),
        "tenggat_number": told.get("tenggat_number", 0),
        "ready_at": e.at if told.get("siap") else None,
        "taken_by": None,
        "taken_at": None,
        "stuck_at": None,
        "closed_at": None,
        "keputusan": None,
        "reason": None,
        "back_to": None,
        "actor": None,
        "acting_as": None,
    }


def _content(r: Replay, e: Event) -> None:
    d = e.data
    r.permohonan["content_digest"] = d["content_digest"]
    _replaced(r, e, list_of(d.get("diganti")))
    if "berkas_dihapus" in d:
        _replaced(r, e, [d["berkas_dihapus"]])
    if "berkas" in d:
        named = ("syarat", "sequence", "kind", "size", "page_count", "sha256", "original_sha256", "signed")
        row: Row = {name: d[name] for name in named}
        r.put("berkas", d["berkas"], row | {"name": word(e, "berkas"), "uploaded_at": e.at, "replaced_at": None})
    if form := form_told(d):
        kept = r.tables.get("filled_form", {}).get(form, {"sent_at": None})
        r.put("filled_form", form, kept | {"actor": e.actor, "saved_at": e.at})


def _replaced(r: Replay, e: Event, ids: Iterable[object]) -> None:
    for key in ids:
        r.row("berkas", key)["replaced_at"] = e.at


def _decided(r: Replay, e: Event) -> None:
    d, target = e.data, str(e.data["ke"])
    end: Row = {
        "closed_at": e.at,
        "keputusan": d["keputusan"],
        "actor": e.actor,
        "reason": word(e, "alasan"),
        "acting_as": word(e, "sebagai"),
        "back_to": d.get("back_to"),
    }
    r.open_tugas(e).update(end)
    for key in list_of(d.get("ditutup")):
        r.row("tugas", key).update(end)
    closed = target == DONE
    r.permohonan.update(
        status=d["status"], langkah=None if closed else target, arah=d["arah"], closed_at=e.at if closed else None
    )
    _promised(r, e)
    _sent(r, e)
    _asked(r, e)
    approved(r, e)
    issued(r, e)
    if form := form_told(d):
        r.row("filled_form", form)["sent_at"] = e.at
    _checked(r, e)
    if "tugas_baru" in d and not closed:
        r.put("tugas", d["tugas_baru"], _new_tugas(e, target, d))
    for other in list_of(d.get("bersama")):
        if isinstance(other, Mapping):
            r.put("tugas", other["tugas_baru"], _new_tugas(e, str(other["langkah"]), other))


def _promised(r: Replay, e: Event) -> None:
    """The promise to the public: it begins when the file is complete, and moves with what the applicant takes."""
    if "janji" in e.data:
        r.permohonan["tenggat"] = time_of(e.data["janji"])
        r.permohonan["complete_at"] = r.permohonan["complete_at"] or e.at


def _sent(r: Replay, e: Event) -> None:
    """What a submission tells beside the decision."""
    d, p = e.data, r.permohonan
    p["content_digest"] = d.get("content_digest", p["content_digest"])
    if "nomor" in d:
        p.update(
            nomor=d["nomor"], sent_at=e.at, privacy_version=d["privacy_version"], tracking_code=word(e, "kode_lacak")
        )
    _replaced(r, e, list_of(d.get("tidak_dipakai")))
    answers = word(e, "jawaban", {})
    for key in list_of(d.get("dijawab")):
        said = answers.get(str(key)) if isinstance(answers, Mapping) else answers
        r.row("permintaan_perbaikan", key).update(answered_at=e.at, answer=said)


MOST_ITEMS = 1000  # asked for in one return: a form has a tenth of them


def _asked(r: Replay, e: Event) -> None:
    """The items the applicant has to put right."""
    items = word(e, "permintaan", [])
    for place in range(min(int(str(e.data.get("permintaan", 0))), MOST_ITEMS)):
        kind, code, note, said = items[place] if isinstance(items, list) else (items, items, items, items)
        r.put(
            "permintaan_perbaikan",
            request_id(str(e.data["tugas"]), place),
            {
                "tugas_id": e.data["tugas"],
                "kind": kind,
                "code": code,
                "note": note,
                "said": said,
                "created_at": e.at,
                "answered_at": None,
                "answer": None,
            },
        )


def _answered(r: Replay, e: Event) -> None:
    """What the applicant says of one of them, before the file is sent again."""
    r.row("permintaan_perbaikan", e.data["permintaan"]).update(answer=word(e, "jawaban"))


def _checked(r: Replay, e: Event) -> None:
    """What the automatic checks said: bound whole, so that no verdict can be added, changed or lost."""
    if (verdicts := word(e, "pemeriksaan")) is not None:
        r.put("pemeriksaan", e.data["tugas"], {"verdict": verdicts, "at": e.at})


def _on_tugas(change: Callable[[Event], Row]) -> Callable[[Replay, Event], None]:
    def apply(r: Replay, e: Event) -> None:
        r.open_tugas(e).update(change(e))
        _checked(r, e)

    return apply


def _escalated(r: Replay, e: Event) -> None:
    d = e.data
    r.put(
        "eskalasi",
        f"{d['langkah']}:{d['kunjungan']}:{d['tenggat_number']}:{d['level']}",
        {
            "recipient": d["recipient"],
            "empty": d.get("empty", []),
            "tugas_id": d.get("tugas"),
            "at": e.at,
        },
    )


def _moved(r: Replay, e: Event) -> None:
    """A deadline that moved: the desk's, by an extension or the calendar, or the promise, by the calendar."""
    d = e.data
    if "baru" in d:
        r.open_tugas(e)["tenggat"] = time_of(d["baru"])
    if "janji_baru" in d:
        r.permohonan["tenggat"] = time_of(d["janji_baru"])
    for name in ("added_days", "tenggat_number"):
        if name in d:
            r.open_tugas(e)[name] = d[name]


_APPLY: Mapping[str, Callable[[Replay, Event], None]] = {
    PeristiwaKind.DIBUAT: _created,
    PeristiwaKind.ISI: _content,
    PeristiwaKind.TANGGAPAN: _answered,
    PeristiwaKind.KEPUTUSAN: _decided,
    PeristiwaKind.NASKAH: drafted,
    PeristiwaKind.SIAP: _on_tugas(lambda e: {"ready_at": e.at}),
    PeristiwaKind.PERLU_PETUGAS: _on_tugas(lambda e: {"ready_at": e.at, "automatic": False}),
    PeristiwaKind.DIAMBIL: _on_tugas(lambda e: {"taken_by": e.actor, "taken_at": e.at}),
    PeristiwaKind.DIALIHKAN: _on_tugas(lambda e: {"taken_by": e.data["kepada"], "taken_at": e.at}),
    PeristiwaKind.DILEPAS: _on_tugas(lambda _: {"taken_by": None, "taken_at": None}),
    PeristiwaKind.MACET: _on_tugas(lambda e: {"stuck_at": time_of(e.data["sejak"])}),
    PeristiwaKind.DILANJUTKAN: _on_tugas(lambda _: {"stuck_at": None}),
    PeristiwaKind.DIPERPANJANG: _moved,
    PeristiwaKind.TENGGAT_BERGESER: _moved,
    PeristiwaKind.ESKALASI: _escalated,
    PeristiwaKind.SK_NIAT: intended,
    PeristiwaKind.SK_DIKIRIM: sent_to_provider,
    PeristiwaKind.NOMOR_BEBAS: number_freed,
    PeristiwaKind.SK_GAGAL: signature(SkStatus.GAGAL),
    PeristiwaKind.SK_PERLU_DICEK: signature(SkStatus.PERLU_DICEK),
}

#: Every kind of peristiwa that can be replayed.
PERISTIWA_KINDS = frozenset(_APPLY)
