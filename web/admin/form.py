"""What the administrator's forms have in common: who acts, dates, roles."""

from datetime import date

from pipeline.kantor.office import desks
from pipeline.roles import Peran
from pipeline.rules.form.isian import parse_date
from pipeline.rules.form.refused_answer import InvalidIsian
from pipeline.services.people.actor import Petugas
from web.auth import acting_in
from web.forms import posted

#: The roles an administrator gives, as the form's choices.
PERAN_GRANTED = {str(p): p.name for p in (*desks(), Peran.ADMIN, Peran.OPERATOR, Peran.PDP, Peran.ARSIP)}


def as_admin() -> Petugas:
    """Me, as an administrator."""
    return acting_in(Peran.ADMIN)


def read_date(code: str, errors: dict[str, str], fallback: date = date.max) -> date:
    """A posted date; what is wrong goes into ``errors`` and ``fallback`` comes back."""
    try:
        return parse_date(posted(code))
    except InvalidIsian as error:
        errors[code] = str(error)
        return fallback


def read_peran(code: str, errors: dict[str, str]) -> Peran:
    """A posted role; what is wrong goes into ``errors`` and no officer's role comes back."""
    if posted(code) in PERAN_GRANTED:
        return Peran(posted(code))
    errors[code] = "Pilih perannya."
    return Peran.PEMOHON
