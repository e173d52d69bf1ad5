"""What a template may say: print a value, repeat, choose. Nothing else, so that a docx can never be a program."""

import re
from collections.abc import Iterator

from jinja2 import StrictUndefined, nodes
from jinja2.exceptions import SecurityError, TemplateError
from jinja2.meta import find_undeclared_variables
from jinja2.sandbox import ImmutableSandboxedEnvironment

from pipeline.documents.errors import InvalidValue
from pipeline.documents.template.filters import FILTERS

#: Jinja's own; never `safe`.
_FILTERS = ("capitalize", "first", "join", "last", "length", "lower", "title", "trim", "upper")
#: What leaves the letters as they are, but for large and small.
_GENTLE = {"capitalize", "huruf_besar", "join", "lower", "title", "trim", "upper"}
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
    (
        r"No (?:filter|test) named '(\w+)'",
        "`{0}` tidak dikenal; yang ada: " + ", ".join((*FILTERS, *_FILTERS, *_TESTS)),
    ),
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

    def __init__(self, *, escape: bool = True) -> None:
        super().__init__(autoescape=escape, undefined=StrictUndefined, finalize=_printable)
        self.globals.clear()
        self.filters = {**{name: self.filters[name] for name in _FILTERS}, **FILTERS}
        self.tests = {name: self.tests[name] for name in _TESTS}
        self.names: set[str] = set()
        self.loops: set[str] = set()
        self.whole: set[str] = set()  # printed as they are, or gone through one by one

    # Both parse() and compile() come through here, so no template escapes the look.
    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        for node in tree.find_all(nodes.Node):
            _refuse_code(node)
        self.names |= find_undeclared_variables(tree)
        self.loops |= {str(f.iter.name) for f in tree.find_all(nodes.For) if isinstance(f.iter, nodes.Name)}
        self.whole |= self.loops | {name for output in tree.find_all(nodes.Output) for name in _printed_whole(output)}
        return tree


def _printed_whole(output: nodes.Output) -> Iterator[str]:
    """The variables that stand here by themselves, be it in capitals; not what is only looked at, or put otherwise."""
    for node in output.nodes:
        while isinstance(node, nodes.Filter) and node.name in _GENTLE and node.node is not None:
            node = node.node
        if isinstance(node, nodes.Name):
            yield node.name


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
