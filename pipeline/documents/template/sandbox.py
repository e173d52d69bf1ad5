"""What a template may say: print a value, repeat, choose. Nothing else, so that a docx can never be a program."""

import re

from jinja2 import StrictUndefined, nodes
from jinja2.exceptions import SecurityError, TemplateError
from jinja2.meta import find_undeclared_variables
from jinja2.sandbox import ImmutableSandboxedEnvironment

from pipeline.documents.errors import InvalidValue

_FILTERS = ("capitalize", "first", "join", "last", "length", "lower", "title", "trim", "upper")  # never `safe`
_TESTS = ("defined",)
_ALLOWED = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.If,
    nodes.For,
    nodes.Name,
    nodes.Const,
    nodes.Getattr,
    nodes.Getitem,
    nodes.Filter,
    nodes.Test,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.CondExpr,
)

#: What Jinja says (in English) -> what the office reads; the first that fits.
_SENTENCE = (
    (r"needs to be closed is '(\w+)'", "`{{% {0} … %}}` belum ditutup dengan `{{% end{0} %}}`"),
    (r"unknown tag '(\w+)'", "perintah `{0}` tidak dikenal atau tidak pada tempatnya"),
    (r"No (?:filter|test) named '(\w+)'", "`{0}` tidak dikenal; yang ada: " + ", ".join((*_FILTERS, *_TESTS))),
    (r"'(\w+)' is undefined", "variabel `{0}` tidak dikenal"),
    (r"no attribute '(\w+)'", "`.{0}` tidak ada pada nilai yang disebut di depannya"),
    (r"no element (\S+)", "butir `[{0}]` tidak ada"),
    (r"unexpected '(.)'", "ada `{0}` yang tidak pada tempatnya; biasanya sebuah `{{{{` atau `{{%` belum ditutup"),
    (r"got '(\S+)'$", "ada `{0}` yang tidak pada tempatnya di antara kurung"),
)


def explain(error: TemplateError) -> str:
    """What is wrong in how a template is written, as a sentence for the office."""
    message = str(error)
    for pattern, sentence in _SENTENCE:
        if found := re.search(pattern, message):
            return f"Penulisan templat keliru: {sentence.format(*found.groups())}."
    return "Penulisan templat keliru: ada `{{ … }}` atau `{% … %}` yang kosong, salah tulis, atau belum ditutup."


class TemplatEnvironment(ImmutableSandboxedEnvironment):
    """Jinja cut down to variables, ``for`` and ``if``. One per render; it remembers the names the template used."""

    def __init__(self) -> None:
        super().__init__(autoescape=True, undefined=StrictUndefined, finalize=_printable)
        self.globals.clear()
        self.filters = {name: self.filters[name] for name in _FILTERS}
        self.tests = {name: self.tests[name] for name in _TESTS}
        self.names: set[str] = set()
        self.loops: set[str] = set()

    # Both parse() and compile() come through here, so no template escapes the look.
    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        for node in tree.find_all(nodes.Node):
            _refuse_code(node)
        self.names |= find_undeclared_variables(tree)
        self.loops |= {str(f.iter.name) for f in tree.find_all(nodes.For) if isinstance(f.iter, nodes.Name)}
        return tree


def _refuse_code(node: nodes.Node) -> None:
    if not isinstance(node, _ALLOWED):
        raise SecurityError(f"`{type(node).__name__.lower()}` tidak diperbolehkan dalam templat")
    if isinstance(node, nodes.Getattr) and node.attr.startswith("_"):
        raise SecurityError(f"`{node.attr}` tidak diperbolehkan dalam templat")


def _printable(value: object) -> object:
    """A yes or no is for ``if``; printed it would read ``True``."""
    if value is None or isinstance(value, bool):
        raise InvalidValue(f"Templat mencetak nilai `{value}`. Nilai ya/tidak hanya untuk `if`.")
    return value
