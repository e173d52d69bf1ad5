"""Accounts: registering, logging in and out, passwords, links and codes, and one's own sessions."""

from flask import Blueprint

bp = Blueprint("account", __name__)

from web.account import code, link, login, own, second_factor, second_step, waiting_role  # noqa: E402 - need bp

__all__ = ["bp", "code", "link", "login", "own", "second_factor", "second_step", "waiting_role"]
