"""Accounts: registering, logging in and out, passwords, links and codes."""

from flask import Blueprint

bp = Blueprint("account", __name__)

from web.account import code, link, login  # noqa: E402 - need bp

__all__ = ["bp", "code", "link", "login"]
