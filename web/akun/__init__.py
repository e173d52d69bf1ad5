"""Accounts: registering, logging in and out, passwords, links and codes."""

from flask import Blueprint

bp = Blueprint("akun", __name__)

from web.akun import kode, login, tautan  # noqa: E402 - need bp

__all__ = ["bp", "kode", "login", "tautan"]
