"""What JSON columns, histories and contexts hold."""

from typing import TypeAlias

Json: TypeAlias = dict[str, object]
JsonList: TypeAlias = list[object]
