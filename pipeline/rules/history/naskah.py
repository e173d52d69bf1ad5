"""What happened to the draft of a file, as its history tells: drafted, approved, signed. Pure."""

from collections.abc import Callable

from pipeline.rules.history.chain import Event
from pipeline.rules.history.kinds import SkStatus
from pipeline.rules.history.replay import Replay, Row, list_of, word
from pipeline.sop.words import KeputusanKind


def approved(r: Replay, e: Event) -> None:
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
                "acting_as": word(e, "sebagai"),
                "at": e.at,
                "voided_at": None,
            },
        )


def drafted(r: Replay, e: Event) -> None:
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
    author = {"drafter_id": e.actor, "additions": word(e, "tambahan")}
    r.put("draft", e.data["draft"], row | author | {"created_at": e.at, "voided_at": None})
    for person_id in list_of(e.data["authors"]):
        r.put("draft_author", f"{e.data['draft']}:{person_id}", {"person_id": person_id})


def intended(r: Replay, e: Event) -> None:
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
            "token": word(e, "token"),
            "signatory": word(e, "signatory"),
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


def sent_to_provider(r: Replay, e: Event) -> None:
    """What left for the provider, so that the signed file can be known again."""
    r.row("sk", e.data["sk"]).update({name: e.data[name] for name in ("docx_sha256", "sent_sha256")})


def number_freed(r: Replay, e: Event) -> None:
    """Nothing was issued under the number: the attempt is gone, and the next document of the series may have it."""
    r.row("sk", e.data["sk"])  # raises KeyError for one the history has not told of
    del r.tables["sk"][str(e.data["sk"])]


def signature(status: str) -> Callable[[Replay, Event], None]:
    def apply(r: Replay, e: Event) -> None:
        r.row("sk", e.data["sk"])["status"] = status

    return apply


def issued(r: Replay, e: Event) -> None:
    """What a decision tells of a document that it signed."""
    if "sk" in e.data:
        named = ("docx_sha256", "pdf_sha256", "pdf_size", "certificate_digest")
        told = {name: e.data[name] for name in named if name in e.data}
        r.row("sk", e.data["sk"]).update(told | {"status": SkStatus.TERBIT, "issued_at": e.at})
