"""Typed text without what nobody sees. Pure."""

import re
import unicodedata

#: Categories no answer needs: control, format (bidi overrides, zero width), surrogates, private use, unassigned.
#: Variation selectors (U+FE00-FE0F) are as invisible.
_DROP = {"Cc", "Cf", "Cs", "Co", "Cn"}


def clean_line(teks: str) -> str:
    """One line: NFC, no control or invisible characters, single spaces."""
    one_line = " ".join(teks.split())
    bersih = "".join(c for c in one_line if unicodedata.category(c) not in _DROP and not "\ufe00" <= c <= "\ufe0f")
    return " ".join(unicodedata.normalize("NFC", bersih).split())


def clean_paragraph(text: str) -> str:
    """The same line by line, with at most one empty line between two."""
    cleaned = "\n".join(clean_line(line) for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", cleaned).strip("\n")
