"""Refusals are on record: who was told no, of what, on which file. Typing errors are not refusals."""

import structlog
from flask import Flask, Response, current_app, g, request
from sqlalchemy.exc import SQLAlchemyError

from pipeline.clock import real_now
from pipeline.documents.signing import WrongPassphrase
from pipeline.errors import AlurIzinError, WrongCode, WrongPassword
from pipeline.roles import Peran
from pipeline.services.people.access import Refusal, record_refusal
from pipeline.services.people.sessions import User
from web.auth import AccessPolicy, current_peran, current_user
from web.status import status_of

log = structlog.get_logger("web")

#: The session ended, not allowed, not theirs, moved on, too often; a form without its token is a 400.
REFUSED = {400, 401, 403, 404, 409, 429}


def init_refusal_log(app: Flask) -> None:
    """Record every refusal of somebody who is logged in, after the act's own transaction is over."""

    @app.after_request
    def record(response: Response) -> Response:
        user: User | None = g.get("ended") or current_user()
        if response.status_code in REFUSED and user is not None and request.url_rule and _is_closed():
            try:
                record_refusal(_refusal(user, response.status_code), now=real_now())
            except SQLAlchemyError as error:  # the answer stands; the log has its line
                log.warning("penolakan tidak tercatat", kejadian=g.get("incident"), galat=type(error).__name__)
        return response


def record_wrong_secret(user: User, error: AlurIzinError) -> None:
    """A password or passphrase that was not right is a typing error to its owner, and a try at another's to others."""
    if isinstance(error, WrongPassword | WrongCode | WrongPassphrase):
        record_refusal(_refusal(user, status_of(error)), now=real_now())


def _is_closed() -> bool:
    """Whether not everybody may come here: what is missing on a public page was refused to nobody."""
    rule = getattr(current_app.view_functions[request.endpoint or ""], "policy", None)
    return not isinstance(rule, AccessPolicy) or rule.name != "publik"


def _refusal(user: User, status: int) -> Refusal:
    roles = ", ".join(sorted(current_peran())) if user.petugas else Peran.PEMOHON
    rule = request.url_rule.rule if request.url_rule else "-"
    ids = request.view_args or {}
    return Refusal(user.person_id, roles, request.method, rule, ids, status, g.get("incident", "-"))
