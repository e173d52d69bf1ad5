"""tests/web/test_attacks.py once more: what the real server does differently from the test client shows here."""

import pytest
from flask import Flask
from sqlalchemy import Engine

from tests.web import test_attacks as web
from tests.web.conftest import OrangUji, Peramban
from tests.web.meja import Kantor
from tests.web.test_attacks import *  # noqa: F403


class TestBentukAneh(web.TestBentukAneh):
    """The same, with two of the values: those a header or the database might choke on."""

    @pytest.mark.parametrize("nilai", ["\0", "\r\nX-Jahat: 1"], ids=["nul", "a header"])
    def test_no_value_in_any_field_of_any_form_is_an_error_of_ours(
        self, app: Flask, db: Engine, kantor: Kantor, semua: dict[str, Peramban], pemohon: OrangUji, nilai: str
    ) -> None:
        super().test_no_value_in_any_field_of_any_form_is_an_error_of_ours(app, db, kantor, semua, pemohon, nilai)
