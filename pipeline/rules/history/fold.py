"""What the tables must say, as a fold over the peristiwa of a file. Pure.

Tables are caches of the history: whatever a page shows of the past is rebuilt here, row by row, and ``alurizin verify``
compares. An act that writes a column shown anywhere tells it in its peristiwa, or in the words sealed by it.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from uuid import UUID, uuid5

from pipeline.rules.history.chain import Event
from pipeline.rules.history.kinds import PeristiwaKind, SkStatus
from pipeline.rules.history.replay import UNTOLD, Replay, Row, Tables
from pipeline.sop.values import DONE
from pipeline.sop.words import KeputusanKind


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


def _word(e: Event, name: str, otherwise: object = None) -> object:
    """What was written, as it was sealed."""
    if "words" not in e.data:
        return otherwise
    return UNTOLD if e.words is None else e.words.get(name, otherwise)


def _time(value: object) -> datetime | None:
    return datetime.fromisoformat(str(value)) if value else None


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


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
        "kunjungan": told.get("kunjungan_baru", 1),
        "peran": told["peran"],
        "automatic": told.get("otomatis", False),
        "expedited": told.get("didahulukan", False),
        "for_person": told.get("for_person"),
        "asked_langkah": told.get("asked_langkah"),
        "asked_hash": told.get("asked_hash"),
        "created_at": e.at,
        "started_at": _time(told.get("mulai")) or e.at,
        "jeda": told.get("jeda", []),
        "tenggat": _time(told.get("tenggat")),
        "added_days": told.get("added_days", 0),
        "tenggat_number": told.get("tenggat_number", 0),
        "ready_at": None,
        "taken_by": None,
        "taken_at": None,
        "stuck_at": None,
        "closed_at": None,
        "keputusan": None,
        "reason": None,
        "actor": None,
        "acting_as": None,
    }


def _content(r: Replay, e: Event) -> None:
    d = e.data
    r.permohonan["content_digest"] = d["content_digest"]
    _replaced(r, e, _list(d.get("diganti")))
    if "berkas_dihapus" in d:
        _replaced(r, e, [d["berkas_dihapus"]])
    if "berkas" in d:
        named = ("syarat", "sequence", "kind", "size", "page", "sha256", "original_sha256", "signed")
        row: Row = {name: d[name] for name in named}
        r.put("berkas", d["berkas"], row | {"name": _word(e, "berkas"), "uploaded_at": e.at, "replaced_at": None})
    if "bap" in d:
        bap = r.tables.get("bap", {}).get("", {"sent_at": None})
        r.put("bap", "", bap | {"actor": e.actor, "saved_at": e.at})


def _replaced(r: Replay, e: Event, ids: Iterable[object]) -> None:
    for key in ids:
        r.row("berkas", key)["replaced_at"] = e.at


def _decided(r: Replay, e: Event) -> None:
    d, target = e.data, str(e.data["ke"])
    r.open_tugas(e).update(
        closed_at=e.at,
        keputusan=d["keputusan"],
        actor=e.actor,
        reason=_word(e, "alasan"),
        acting_as=_word(e, "sebagai"),
    )
    closed = target == DONE
    r.permohonan.update(
        status=d["status"], langkah=None if closed else target, arah=d["arah"], closed_at=e.at if closed else None
    )
    _promised(r, e)
    _sent(r, e)
    _asked(r, e)
    _approved(r, e)
    if "sk" in d:
        named = ("docx_sha256", "pdf_sha256", "pdf_size", "certificate_digest")
        told = {name: d[name] for name in named if name in d}
        r.row("sk", d["sk"]).update(told | {"status": SkStatus.TERBIT, "issued_at": e.at})
    if "bap_dikirim" in d:
        r.row("bap", "")["sent_at"] = e.at
    _checked(r, e)
    if not closed:
        r.put("tugas", d["tugas_baru"], _new_tugas(e, target, d))


def _promised(r: Replay, e: Event) -> None:
    """The promise to the public: it begins when the file is complete, and moves with what the applicant takes."""
    if "janji" in e.data:
        r.permohonan["tenggat"] = _time(e.data["janji"])
        r.permohonan["complete_at"] = r.permohonan["complete_at"] or e.at


def _sent(r: Replay, e: Event) -> None:
    """What a submission tells beside the decision."""
    d, p = e.data, r.permohonan
    p["content_digest"] = d.get("content_digest", p["content_digest"])
    if "nomor" in d:
        p.update(
            nomor=d["nomor"], sent_at=e.at, privacy_version=d["privacy_version"], tracking_code=_word(e, "kode_lacak")
        )
    _replaced(r, e, _list(d.get("tidak_dipakai")))
    answers = _word(e, "jawaban", {})
    for key in _list(d.get("dijawab")):
        said = answers.get(str(key)) if isinstance(answers, Mapping) else answers
        r.row("permintaan_perbaikan", key).update(answered_at=e.at, answer=said)


MOST_ITEMS = 1000  # asked for in one return: a form has a tenth of them


def _asked(r: Replay, e: Event) -> None:
    """The items the applicant has to put right."""
    items = _word(e, "permintaan", [])
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
    r.row("permintaan_perbaikan", e.data["permintaan"]).update(answer=_word(e, "jawaban"))


def _approved(r: Replay, e: Event) -> None:
    """An approval of the draft in force; one that is taken back by a return to its desk."""
    d, found = e.data, r.draft()
    if found is None:
        return
    draft_id, draft = found
    if d["keputusan"] == KeputusanKind.KEMBALIKAN:
        for row in r.approvals(draft_id, str(d["ke"])):
            row["voided_at"] = e.at
    elif "setuju_naskah" in d:
        if d["setuju_naskah"] != draft["naskah_hash"]:
            raise ValueError(f"peristiwa {e.sequence} menyetujui draf yang tidak berlaku")
        r.put(
            "persetujuan",
            d["tugas"],
            {
                "draft_id": draft_id,
                "langkah": d["dari"],
                "person_id": e.actor,
                "on_behalf_of": d.get("on_behalf"),
                "acting_as": _word(e, "sebagai"),
                "at": e.at,
                "voided_at": None,
            },
        )


def _checked(r: Replay, e: Event) -> None:
    """What the automatic checks said: bound whole, so that no verdict can be added, changed or lost."""
    if (verdicts := _word(e, "pemeriksaan")) is not None:
        r.put("pemeriksaan", e.data["tugas"], {"verdict": verdicts, "at": e.at})


def _drafted(r: Replay, e: Event) -> None:
    if old := r.draft():
        old[1]["voided_at"] = e.at
    named = (
        "nomor_draft",
        "kind",
        "naskah_hash",
        "templat",
        "templat_sha256",
        "content_digest",
        "pdf_engine",
        "docx_sha256",
    )
    row: Row = {name: e.data[name] for name in named}
    author = {"drafter_id": e.actor, "additions": _word(e, "tambahan")}
    r.put("draft", e.data["draft"], row | author | {"created_at": e.at, "voided_at": None})
    for person_id in _list(e.data["authors"]):
        r.put("draft_author", f"{e.data['draft']}:{person_id}", {"person_id": person_id})


def _intended(r: Replay, e: Event) -> None:
    """The number and what is about to be signed."""
    named = ("draft_id", "sop", "kind", "year", "sequence", "day", "valid_until_date", "provider")
    row: Row = {name: e.data[name] for name in named}
    r.put(
        "sk",
        e.data["sk"],
        row
        | {
            "nomor": e.data["sk_nomor"],
            "status": SkStatus.NIAT,
            "signer_id": e.actor,
            "token": _word(e, "token"),
            "signatory": _word(e, "signatory"),
            "created_at": e.at,
            "docx_sha256": None,
            "sent_sha256": None,
            "pdf_sha256": None,
            "pdf_size": None,
            "certificate_digest": None,
            "issued_at": None,
            "revoked_at": None,
        },
    )


def _sent_to_provider(r: Replay, e: Event) -> None:
    """What left for the provider, so that the signed file can be known again."""
    r.row("sk", e.data["sk"]).update({name: e.data[name] for name in ("docx_sha256", "sent_sha256")})


def _number_freed(r: Replay, e: Event) -> None:
    """Nothing was issued under the number: the attempt is gone, and the next document of the series may have it."""
    r.row("sk", e.data["sk"])  # raises KeyError for one the history has not told of
    del r.tables["sk"][str(e.data["sk"])]


def _signature(status: str) -> Callable[[Replay, Event], None]:
    def apply(r: Replay, e: Event) -> None:
        r.row("sk", e.data["sk"])["status"] = status

    return apply


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
        r.open_tugas(e)["tenggat"] = _time(d["baru"])
    if "janji_baru" in d:
        r.permohonan["tenggat"] = _time(d["janji_baru"])
    for name in ("added_days", "tenggat_number"):
        if name in d:
            r.open_tugas(e)[name] = d[name]


_APPLY: Mapping[str, Callable[[Replay, Event], None]] = {
    PeristiwaKind.DIBUAT: _created,
    PeristiwaKind.ISI: _content,
    PeristiwaKind.TANGGAPAN: _answered,
    PeristiwaKind.KEPUTUSAN: _decided,
    PeristiwaKind.NASKAH: _drafted,
    PeristiwaKind.SIAP: _on_tugas(lambda e: {"ready_at": e.at}),
    PeristiwaKind.PERLU_PETUGAS: _on_tugas(lambda e: {"ready_at": e.at, "automatic": False}),
    PeristiwaKind.DIAMBIL: _on_tugas(lambda e: {"taken_by": e.actor, "taken_at": e.at}),
    PeristiwaKind.DIALIHKAN: _on_tugas(lambda e: {"taken_by": e.data["kepada"], "taken_at": e.at}),
    PeristiwaKind.DILEPAS: _on_tugas(lambda _: {"taken_by": None, "taken_at": None}),
    PeristiwaKind.MACET: _on_tugas(lambda e: {"stuck_at": _time(e.data["sejak"])}),
    PeristiwaKind.DILANJUTKAN: _on_tugas(lambda _: {"stuck_at": None}),
    PeristiwaKind.DIPERPANJANG: _moved,
    PeristiwaKind.TENGGAT_BERGESER: _moved,
    PeristiwaKind.ESKALASI: _escalated,
    PeristiwaKind.SK_NIAT: _intended,
    PeristiwaKind.SK_DIKIRIM: _sent_to_provider,
    PeristiwaKind.NOMOR_BEBAS: _number_freed,
    PeristiwaKind.SK_GAGAL: _signature(SkStatus.GAGAL),
    PeristiwaKind.SK_PERLU_DICEK: _signature(SkStatus.PERLU_DICEK),
}

#: Every kind of peristiwa that can be replayed.
PERISTIWA_KINDS = frozenset(_APPLY)
