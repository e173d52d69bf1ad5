"""What templates can say: the office's words, dates and sizes in Indonesian, and the static files' names."""

import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache

from flask import Flask, current_app, g, request
from jinja2 import ChoiceLoader, PackageLoader, PrefixLoader

from pipeline.documents.qr import qr_png, screen_png
from pipeline.kantor.office import desks, kantor, leaders
from pipeline.queries.opening import shown_trial
from pipeline.queries.paging import at_most
from pipeline.roles import Peran
from pipeline.rules.login_code import in_groups
from pipeline.rules.transitions import Status
from pipeline.services.people.sessions import User
from pipeline.settings import Settings
from pipeline.sop.who_may import counter_desks
from pipeline.text import clock_in_words, date_at, date_in_words, local_phone, moment_in_words
from web.walk import journey_item
from web.words import WORDS

#: Status of a permohonan -> colour of its tag.
COLOR = {
    Status.DRAF: "grey",
    Status.PERBAIKAN: "orange",
    Status.TERBIT: "green",
    Status.SELESAI: "green",
    Status.DITOLAK: "red",
    Status.DIBATALKAN: "grey",
}


def init_templates(app: Flask, config: Settings) -> None:
    """Filters, globals and where templates are looked for."""
    govuk = PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")})
    app.jinja_loader = ChoiceLoader([PackageLoader("web"), govuk])
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(
        date_in_words=lambda hari: date_in_words(_as_date(hari)),
        moment_in_words=moment_in_words,
        clock_in_words=clock_in_words,
        size=file_size,
        phone=local_phone,
        at_most=at_most,
        color=lambda status: COLOR.get(Status(status), "blue"),
    )
    app.jinja_env.globals.update(
        word=WORDS,
        kantor=kantor,
        demo=config.demo,
        address_pattern=address_pattern,
        choice_items=choice_items,
        menu=menu,
        journey_item=journey_item,
        qr=qr,
        screen_qr=screen_qr,
        in_groups=in_groups,
        incident=lambda: g.get("incident", "-"),
        trial_shown=shown_trial,
    )


def menu(user: User | None, peran: frozenset[Peran]) -> Sequence[tuple[str, str]]:
    """The pages in somebody's menu: address and word."""
    if user is None:
        return ("/lacak", "Lacak"), ("/akun/masuk", "Masuk")
    return _menu_petugas(peran) if user.petugas else [("/permohonan", "Permohonan saya")]


@cache
def _menu_petugas(peran: frozenset[Peran]) -> list[tuple[str, str]]:
    menu = [("/petugas/antrean", "Antrean"), ("/petugas/cari", "Cari")] if peran & set(desks()) else []
    if peran & counter_desks():
        menu.append(("/petugas/loket", "Loket"))
    if peran & set(leaders()):
        menu.append(("/pimpinan", "Pimpinan"))
    menu += [(f"/{p}", p.name) for p in (Peran.ADMIN, Peran.OPERATOR) if p in peran]
    return [*menu, ("/pdp", "Catatan akses")] if Peran.PDP in peran else menu


@cache
def address_pattern(endpoint: str) -> str:
    """The addresses of a view, "/petugas/tugas/%s/ambil", for ids and numbers: ``url_for`` is dear in a long list."""
    rule = next(current_app.url_map.iter_rules(endpoint))
    return re.sub("<[^>]+>", "%s", rule.rule)


def choice_items(choices: Mapping[str, str]) -> list[dict[str, str]]:
    """The choices of a field as govuk's macros take them."""
    return [{"value": value, "text": label} for value, label in choices.items()]


def qr(address: str) -> str:
    """The QR code of an address as the source of an image."""
    return _image(qr_png(address))


def screen_qr(text: str) -> str:
    """The same of what is only ever scanned from a screen."""
    return _image(screen_png(text))


def _image(png: bytes) -> str:
    return f"data:image/png;base64,{b64encode(png).decode()}"


def client_address() -> str:
    """The address a request came from, as our own proxy (if there is one) tells it."""
    return request.remote_addr or "-"


def file_size(size: int) -> str:
    """1536 -> "2 KB", 3565158 -> "3,4 MB"."""
    if size < 1024 * 1024:
        return f"{max(1, round(size / 1024))} KB"
    return f"{size / 1024 / 1024:.1f} MB".replace(".", ",")


def _as_date(hari: date | str) -> date:
    """A date, also from the ISO text that forms keep."""
    if isinstance(hari, str):
        return date.fromisoformat(hari)
    return date_at(hari) if isinstance(hari, datetime) else hari
