"""The applicant's pages: fill in, hand in, send, follow, receive."""

from flask import Blueprint

bp = Blueprint("pemohon", __name__)

from web.pemohon import documents, isian, opening, overview, permohonan, sk, submission, upload  # noqa: E402, F401 - they add their views to bp
