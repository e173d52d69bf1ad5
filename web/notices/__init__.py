"""Notices: the bell of a person, what did not arrive, the mailbox of a demo."""

from flask import Blueprint

bp = Blueprint("notices", __name__)

from web.notices import bell  # noqa: E402 - needs bp

__all__ = ["bell", "bp"]
