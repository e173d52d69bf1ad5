"""The one CSRF guard, over every POST of the application."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import request
from flask_wtf.csrf import CSRFError, CSRFProtect, validate_csrf
from wtforms import ValidationError

P = ParamSpec("P")
R = TypeVar("R")

csrf = CSRFProtect()


def without_referer(view: Callable[P, R]) -> Callable[P, R]:
    """For the form of a page that gives away no Referer: its token is asked for, the Referer is not."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            validate_csrf(request.form.get("csrf_token"))
        except ValidationError as error:
            raise CSRFError from error
        return view(*args, **kwargs)

    csrf.exempt(guarded)
    return guarded
