"""NIK in an application's form: each sealed, bound to the application and the field it stands in.

In the row a sealed one is an object, which nothing that is typed can be. What an older version kept as it was typed is
read as it is. A number that a holder is known by is kept as a keyed index of it.
"""

import base64
import re
from collections.abc import Iterable, Mapping
from typing import Final
from uuid import UUID

import structlog

from pipeline.cipher import SealBroken
from pipeline.json import Json
from pipeline.sealing.keys import keys_of

_NIK: Final = re.compile(r"[0-9]{16}")
_SEALED: Final = "$segel"
_INDEXED: Final = "#"

log = structlog.get_logger()


def seal_nik(permohonan_id: UUID, content: Mapping[str, object]) -> Json:
    """The form as it is kept."""
    return {code: _sealed(permohonan_id, code, answer) for code, answer in content.items()}


def open_nik(permohonan_id: UUID, content: Mapping[str, object]) -> Json:
    """The form as it was typed. What does not open stays as it is, and no reader takes that for an answer."""
    return {code: _opened(permohonan_id, code, answer) for code, answer in content.items()}


def index_nik(marks: Iterable[str]) -> list[str]:
    """The marks of a holder as they are kept and compared: of a NIK its index."""
    return sorted(map(_indexed, marks))


def _sealed(permohonan_id: UUID, code: str, answer: object) -> object:
    if not isinstance(answer, str) or not _NIK.fullmatch(answer):
        return answer
    (key,) = keys_of(None)
    return {_SEALED: base64.b64encode(key.seal(answer.encode(), _about(permohonan_id, code))).decode()}


def _opened(permohonan_id: UUID, code: str, answer: object) -> object:
    if not isinstance(answer, dict) or set(answer) != {_SEALED}:
        return answer
    (key,) = keys_of(None)
    try:
        return key.unseal(base64.b64decode(str(answer[_SEALED])), _about(permohonan_id, code)).decode()
    except (SealBroken, ValueError):
        log.error("isian tersegel tidak terbuka", permohonan_id=str(permohonan_id), isian=code)
        return answer


def _indexed(mark: str) -> str:
    kind, _, said = mark.partition(":")
    number, *beside = said.split("/")
    if not _NIK.fullmatch(number):
        return mark
    (key,) = keys_of(None)
    return f"{kind}:{'/'.join((_INDEXED + key.name(f'tanda {number}'), *beside))}"


def _about(permohonan_id: UUID, code: str) -> str:
    return f"isian {permohonan_id} {code}"
