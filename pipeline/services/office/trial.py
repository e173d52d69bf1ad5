"""A trial: as long as the office has declared one, it may sign with certificates made here, and says so everywhere."""

from datetime import datetime

from pipeline.db import unit_of_work
from pipeline.errors import InputInvalid, NotAllowedYet
from pipeline.queries.opening import read_entries, read_trial
from pipeline.rules.opening.checklist import TRIAL_NEEDED
from pipeline.rules.opening.facts import OfficeEventKind, trial_of
from pipeline.services.office.entries import add_entry, hold_entries
from pipeline.services.people.actor import Petugas
from pipeline.services.people.guards import guard_admin
from pipeline.settings import settings


def declare_trial(agreed: bool, *, actor: Petugas, now: datetime) -> None:
    """Begin a trial. Raises InputInvalid (setuju) unless it was ticked; NotAllowedYet where none is needed."""
    with unit_of_work() as s:
        guard_admin(s, actor, now)
        if settings().demo or settings().bsre:
            raise NotAllowedYet("Masa uji coba hanya untuk kantor yang belum terhubung dengan BSrE.")
        if not agreed:
            raise InputInvalid(
                {"setuju": "Centang bahwa surat selama masa uji coba tidak berlaku sebagai surat resmi."}
            )
        conn = s.connection()
        hold_entries(conn)
        if trial_of(read_entries(conn)) is None:
            add_entry(conn, OfficeEventKind.UJI_COBA, actor.person_id, now)


def end_trial(*, actor: Petugas, now: datetime) -> None:
    """End it; ending one that is over changes nothing."""
    with unit_of_work() as s:
        guard_admin(s, actor, now)
        conn = s.connection()
        hold_entries(conn)
        if trial_of(read_entries(conn)) is not None:
            add_entry(conn, OfficeEventKind.UJI_COBA_SELESAI, actor.person_id, now)


def guard_signing() -> None:
    """Somebody signs here: BSrE, or certificates of a demo or a declared trial. Raises NotAllowedYet."""
    if not settings().demo and not settings().bsre and read_trial() is None:
        raise NotAllowedYet(TRIAL_NEEDED)
