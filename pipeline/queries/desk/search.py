"""What a search finds: files by a part of their number, or by words of the institution's name however it is written.

Three letters are what the index of trigrams is made of (migration 0002). A rare word is looked up there; a common one
is soon met among the newest files. PostgreSQL chooses by how often it has seen the word, so it has to read the word:
patterns stand in the statement itself, and hold letters and digits alone.
"""

import re

from sqlalchemy import ColumnElement, SQLColumnExpression, String, and_, bindparam, false, or_

from pipeline.models import Permohonan
from pipeline.rules.form.spelling import fold

_Column = SQLColumnExpression[str] | SQLColumnExpression[str | None]
LENGTH_AT_MOST, WORDS_AT_MOST = 100, 8
_SHORT = 3  # a word with fewer letters is looked for where words begin
_NUMBER = re.compile(r"[a-z0-9][a-z0-9./-]*", re.IGNORECASE)


def found_by(text: str) -> ColumnElement[bool]:
    """``Permohonan`` that was sent and has this in its number, or all these words in its institution's name."""
    text = text[:LENGTH_AT_MOST].strip()
    words = re.findall(r"[^\W_]+", fold(text))[:WORDS_AT_MOST]
    named = [and_(*(_has(Permohonan.search_name, " ", word) for word in words))] if words else []
    numbered = [_has(Permohonan.nomor, "-", text)] if _NUMBER.fullmatch(text) else []
    return and_(Permohonan.nomor.is_not(None), or_(false(), *named, *numbered))


def _has(column: _Column, between: str, word: str) -> ColumnElement[bool]:
    """Has the word anywhere; a short one at the beginning, or after what stands between words."""
    if len(word) < _SHORT:
        return or_(_like(column, f"{word}%"), _like(column, f"%{between}{word}%"))
    return _like(column, f"%{word}%")


def _like(column: _Column, pattern: str) -> ColumnElement[bool]:
    """A folded name has small letters alone, and LIKE is three times as quick as ILIKE."""
    written = _pattern(pattern)
    return column.like(written) if column is Permohonan.search_name else column.ilike(written)


def _pattern(text: str) -> ColumnElement[str]:
    return bindparam(None, text, String, literal_execute=True)
