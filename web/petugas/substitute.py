"""Acting for somebody: the banner on every staff page."""

from pipeline.queries.people.caller import ActivePeran
from pipeline.roles import Basis
from pipeline.services.people.certificates import has_certificate, makes_certificates
from pipeline.sop.who_may import signers
from web.auth import current_penugasan, current_peran, current_user
from web.petugas import bp


@bp.app_context_processor
def context() -> dict[str, object]:
    """What ``petugas/_substitute.html`` asks for, on whatever page it is."""
    return {"substitution": substitution, "needs_certificate": needs_certificate}


def substitution() -> list[ActivePeran]:
    """The roles in which I act for somebody today."""
    return [p for p in current_penugasan() if p.basis != Basis.DEFINITIF]


def needs_certificate() -> bool:
    """Whether I am to sign, and cannot yet."""
    who = current_user()
    if who is None or current_peran().isdisjoint(signers()) or not makes_certificates():
        return False
    return not has_certificate(who.person_id)
