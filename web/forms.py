"""Reading a form: values as they were typed, and sentences for what is wrong. Which fields there are, the SOP says."""

from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Protocol
from urllib.parse import quote
from uuid import UUID

from flask import make_response, request
from werkzeug.wrappers import Response

from pipeline.errors import AlurIzinError, InputInvalid
from web.status import status_of

PAGE_NUMBER_AT_MOST = 9999
SECRET = ("sandi", "passphrase", "ulangi")
#: Where the sentence of a refusal stands that names no field: above the form.
WHOLE = ""


@dataclass(frozen=True, slots=True)
class Form:
    """What a template needs to draw a form again: the values by field name, and the sentences by field name."""

    values: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)  # of fields whose sentences may be alike

    def text(self, code: str) -> str:
        """The value of a field as text; empty when it is not there."""
        value = self.values.get(code, "")
        return value if isinstance(value, str) else ", ".join(value)

    def chosen(self, code: str) -> tuple[str, ...]:
        """The chosen values of a field."""
        value = self.values.get(code, ())
        return (value,) if isinstance(value, str) else tuple(value)

    def summary(self) -> list[dict[str, str]]:
        """The lines of the error summary, each a link to its field, but for a sentence about the whole form.

        A sentence that stands twice says of which field.
        """
        twice = {sentence for sentence, n in Counter(self.errors.values()).items() if n > 1}
        return [
            {"text": f"{self.labels[code]}: {sentence}" if sentence in twice and code in self.labels else sentence}
            | ({} if code == WHOLE else {"href": f"#{quote(code)}"})
            for code, sentence in self.errors.items()
        ]


class FormPage(Protocol):
    """Draws the page of a form."""

    def __call__(self, *, form: Form) -> str: ...


def redraw(page: FormPage, typed: Form, refusal: AlurIzinError, errors: Mapping[str, str] | None = None) -> Response:
    """A refused form once more: what was typed, the sentences where they belong, the status of the refusal.

    ``errors``: the sentences by field, where the page has other fields than the refusal.
    """
    form = replace(typed, errors=sentences_of(refusal) if errors is None else errors)
    return make_response(page(form=form), status_of(refusal))


def sentences_of(refusal: AlurIzinError) -> Mapping[str, str]:
    """What is wrong by field, or one sentence about the whole form when the refusal names none."""
    named = refusal.errors if isinstance(refusal, InputInvalid) else {}
    return named or {WHOLE: str(refusal)}


def refuse_if(errors: Mapping[str, str]) -> None:
    """Raise InputInvalid when something was wrong."""
    if errors:
        raise InputInvalid(errors)


def page_number() -> int:
    """The page of a list asked for; the first when it is no number."""
    text = request.args.get("halaman", "")
    return max(1, min(int(text), PAGE_NUMBER_AT_MOST)) if text.isascii() and text.isdigit() and len(text) < 6 else 1


def posted(code: str) -> str:
    """One posted value, without spaces around it; the first when it was posted twice."""
    return checked_text(request.form.get(code, "")).strip()


def posted_raw(code: str) -> str:
    """One posted value exactly as typed: passwords."""
    return request.form.get(code, "")


def posted_uuid(code: str) -> UUID | None:
    """An id that the form itself carried; None when it is none."""
    return next(iter(read_ids([posted(code)])), None)


def read_ids(texts: Iterable[str]) -> list[UUID]:
    """The ids among what a form carried."""
    ids = list[UUID]()
    for text in texts:
        with suppress(ValueError):
            ids.append(UUID(text))
    return ids


def posted_version() -> int:
    """The ``versi`` a form was drawn from; -1, which nothing has, when it is none."""
    version = request.form.get("versi", "")
    return int(version) if version.isascii() and version.isdigit() and len(version) < 9 else -1


def posted_all(code: str) -> tuple[str, ...]:
    """All posted values of a multiple choice."""
    return tuple(checked_text(n).strip() for n in request.form.getlist(code) if n.strip())


def posted_fields(*code: str) -> dict[str, str | tuple[str, ...]]:
    """The posted values of these fields, to show again."""
    return {k: posted(k) for k in code}


def typed_words() -> str:
    """What a person wrote into the form of this request, to be copied from a page that refuses it. Never a password."""
    words = (v.strip() for k, v in request.form.items(multi=True) if not k.startswith(SECRET))
    return "\n\n".join(w for w in words if len(w.split()) > 1)  # codes, ids and choices have no spaces


def checked_text(value: str) -> str:
    """Refuse what no database and no letter can hold.

    Raises InputInvalid for a NUL or half a surrogate pair.
    """
    if "\0" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
        raise InputInvalid({}, "Ada isian dengan tanda yang tidak dapat dibaca. Ketik ulang isian itu.")
    return value
