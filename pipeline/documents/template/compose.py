"""A text of an SOP made of fields, written as in a template and held to the same rules."""

import re
from collections.abc import Mapping
from functools import lru_cache

from jinja2 import Template
from jinja2.exceptions import SecurityError, TemplateError

from pipeline.documents.errors import TemplatInvalid
from pipeline.documents.template.sandbox import TemplatEnvironment, explain

_SEPARATORS = re.compile(r"(?:\s*[,;]){2,}")


def compose(text: str, values: Mapping[str, object]) -> str:
    """The text with its fields filled in. What separated an empty field from the others goes with it.

    Raises TemplatInvalid when it is wrongly written or names what there is not.
    """
    try:
        written = _prepared(text)[0].render(values)
    except TemplateError as error:
        raise TemplatInvalid(f"“{text}”: {_explain(error)}") from error
    lines = (" ".join(line.split()) for line in written.splitlines())
    return "\n".join(_SEPARATORS.sub(lambda found: found[0][-1], line).strip(" ,;") for line in lines).strip()


def names_in(text: str) -> frozenset[str]:
    """The variables it uses. Raises TemplatInvalid."""
    try:
        return _prepared(text)[1]
    except TemplateError as error:
        raise TemplatInvalid(f"“{text}”: {_explain(error)}") from error


@lru_cache(maxsize=1024)
def _prepared(text: str) -> tuple[Template, frozenset[str]]:
    environment = TemplatEnvironment(escape=False)
    return environment.from_string(text), frozenset(environment.names)


def _explain(error: TemplateError) -> str:
    return f"{error}." if isinstance(error, SecurityError) else explain(error)
