"""Every word of every name is English, or one of the office's own nouns in the README's glossary."""

import ast
import re
from collections.abc import Iterable, Iterator
from enum import StrEnum
from functools import cache
from importlib import import_module
from inspect import getmembers, isclass
from pathlib import Path

import pytest
from jinja2 import nodes
from spellchecker import SpellChecker

from pipeline.roles import OWN_PERAN
from web import create_app

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
PYTHON = [
    ROOT / "celeryconfig.py",
    *(p for room in ("pipeline", "tasks", "web", "ops", "bench", "tests") for p in sorted((ROOT / room).rglob("*.py"))),
]
GLOSSARY_AT_MOST, TECHNICAL_AT_MOST = 60, 150
#: A folder of these is named after what an operator types: `alurizin bukti`.
COMMANDS = {p.stem for p in (ROOT / "ops" / "commands").glob("*.py")}
#: Tests are sentences; the others are named by Python, by its parsers and by servers that call them.
OVERRIDDEN = ("test_", "__", "visit_", "handle_", "pytest_")


def lines(name: str) -> set[str]:
    return set((HERE / name).read_text(encoding="utf-8").split())


#: What no dictionary of English holds: protocols, formats, libraries and their words, numbers of this country.
TECHNICAL = lines("technical_words.txt")
#: Indonesian words that a dictionary of English holds as well.
FALSE_FRIENDS = lines("indonesian_words_in_english.txt")


@cache
def glossary() -> frozenset[str]:
    """The words in the first column of the README's glossary."""
    table = (ROOT / "README.md").read_text(encoding="utf-8").split("## Glossary")[1].split("\n## ")[0]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| ")]
    return frozenset(re.findall(r"[a-z]+", " ".join(rows[1:]).lower()))


@cache
def english() -> frozenset[str]:
    return frozenset(SpellChecker().word_frequency.dictionary) - FALSE_FRIENDS


def words(name: str) -> Iterator[str]:
    """The words of a name, lower case: of ``LangkahKind``, ``langkah_kind``, ``LANGKAH_KIND`` and ``langkah-kind``."""
    parted = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name)
    parted = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", parted)
    return (w for w in re.split(r"[^a-z]+", parted.lower()) if len(w) > 1)


def foreign(names: Iterable[str]) -> dict[str, list[str]]:
    """The names with words that nobody could look up."""
    known = english() | glossary() | TECHNICAL
    return {n: bad for n in names if (bad := [w for w in words(n) if w not in known])}


def defined(tree: ast.Module) -> Iterator[str]:
    """Every name that a module gives, but for members of an enum that are the word they stand for."""
    members = {id(target) for node in ast.walk(tree) for target in (*_members(node), *_codes(node))}
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) if not name.startswith(OVERRIDDEN):
                yield name
            case ast.ClassDef(name=name) | ast.arg(arg=name):
                yield name
            case ast.Name(id=name, ctx=ast.Store()) if id(node) not in members:
                yield name
            case ast.Attribute(value=ast.Name(id="self" | "cls"), attr=name, ctx=ast.Store()):
                yield name
            case ast.Call(func=ast.Name(id="render_template"), keywords=given):
                yield from (word.arg for word in given if word.arg)
            case ast.alias(asname=str(name)) | ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)):
                yield name


def _members(node: ast.AST) -> Iterator[ast.expr]:
    """The names of an enum that say their own value, as ``TERBIT = "terbit"``."""
    if not isinstance(node, ast.ClassDef) or not any("Enum" in ast.unparse(base) for base in node.bases):
        return
    for line in node.body:
        match line:
            case ast.Assign(targets=[ast.Name(id=name) as target], value=ast.Constant(value=str(value))):
                if name.lower() == re.sub(r"\W", "_", value.lower()):
                    yield target


def _codes(node: ast.AST) -> Iterator[ast.expr]:
    """The names of roles that say their own value, as ``ARSIP = Peran("arsip")``, and where a class declares them."""
    match node:
        case ast.AnnAssign(target=ast.Name(id=name) as target) if name.isupper() and name.lower() in OWN_PERAN:
            yield target
        case ast.Assign(
            targets=[ast.Name(id=name) | ast.Attribute(attr=name) as target],
            value=ast.Call(func=ast.Name(id="Peran"), args=[ast.Constant(value=str(value))]),
        ) if name.lower() == value:
            yield target


def names_of(path: Path) -> set[str]:
    given = set(defined(ast.parse(path.read_text(encoding="utf-8")))) | {path.stem.removeprefix("test_")}
    return given - COMMANDS if path.parent.name == "commands" else given


def test_the_glossary_is_short_and_so_is_the_list_of_technical_words() -> None:
    assert 30 < len(glossary()) <= GLOSSARY_AT_MOST
    assert len(TECHNICAL) <= TECHNICAL_AT_MOST
    assert not TECHNICAL & (english() | glossary())
    assert not FALSE_FRIENDS & (TECHNICAL | glossary())


@pytest.mark.parametrize("room", ["celeryconfig.py", "pipeline", "tasks", "web", "ops", "bench", "tests"])
def test_a_name_is_english_or_in_the_glossary(room: str) -> None:
    found = {
        str(path.relative_to(ROOT)): bad
        for path in PYTHON
        if path.relative_to(ROOT).parts[0] == room and (bad := foreign(names_of(path)))
    }
    assert found == {}


def test_what_is_caught_is_called_error() -> None:
    """One word for one thing: nine names for it were in use once."""
    found = {
        (str(path.relative_to(ROOT)), node.name)
        for path in PYTHON
        if path.relative_to(ROOT).parts[0] in {"celeryconfig.py", "pipeline", "tasks", "web", "ops"}
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ExceptHandler) and node.name not in {None, "error"}
    }
    assert found == set()


def test_folders_and_templates_are_named_in_the_same_words() -> None:
    rooms = (ROOT / room for room in ("pipeline", "tasks", "web", "ops", "bench", "tests"))
    folders = {p.name for room in rooms for p in room.rglob("*") if p.is_dir() and p.name != "__pycache__"}
    permits = {p.name for p in (ROOT / "ops" / "contoh" / "izin").iterdir()}  # a folder is called as its permit is
    pages = {p.stem for p in (ROOT / "web" / "templates").rglob("*.html")}
    assert foreign((folders - permits) | pages) == {}


def test_the_names_in_a_template_are_english_or_in_the_glossary() -> None:
    env = create_app().jinja_env
    found = {}
    for path in (ROOT / "web" / "templates").rglob("*.html"):
        given = set()
        for node in env.parse(path.read_text(encoding="utf-8")).find_all(nodes.Node):
            match node:
                case nodes.Macro() | nodes.Block():
                    given.add(node.name)
                case nodes.Name(ctx="store" | "param"):
                    given.add(node.name)
                case nodes.NSRef():
                    given.add(node.attr)
                case nodes.FromImport():
                    given |= {pair[1] for pair in node.names if not isinstance(pair, str)}
        if bad := foreign(given):
            found[path.name] = bad
    assert found == {}


def test_the_names_of_scripts_and_styles_are_english_or_in_the_glossary() -> None:
    static = ROOT / "web" / "static"
    stored = {str(word) for word in _stored_words()}
    scripts = {p.name: script_names(p.read_text(encoding="utf-8")) | {p.stem} for p in (static / "js").glob("*.js")}
    styles = {p.name: style_names(p.read_text(encoding="utf-8")) | {p.stem} for p in (static / "css").glob("*.css")}
    found = {file: foreign(n for n in names if n.rpartition("--")[2] not in stored) for file, names in scripts.items()}
    found |= {file: foreign(n for n in names if n.rpartition("--")[2] not in stored) for file, names in styles.items()}
    assert {file: bad for file, bad in found.items() if bad} == {}


def script_names(text: str) -> set[str]:
    """What a script declares: constants, functions and their arguments."""
    code = re.sub(r"//[^\n]*|/\*.*?\*/|'[^'\n]*'|\"[^\"\n]*\"", "", text, flags=re.S)
    found = set(re.findall(r"\b(?:const|let|function|class)\s+(\w+)", code)) | set(re.findall(r"(\w+) =>", code))
    for group in re.findall(r"\(([^()]*)\) =>|function \w* ?\(([^()]*)\)|const [\[{]([^\]}=]*)[\]}]", code):
        found |= set(re.findall(r"\w+", " ".join(group)))
    return found


def style_names(text: str) -> set[str]:
    """The classes and custom properties of a style sheet that are ours."""
    code = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    return {n for n in re.findall(r"\.([a-z][\w-]*)|--([a-z][\w-]*)\s*:", code) for n in n if n and "govuk-" not in n}


def _stored_words() -> Iterator[str]:
    for module in ("pipeline.rules.verification.facts", "pipeline.sop.words", "pipeline.rules.transitions"):
        for _, kind in getmembers(import_module(module), isclass):
            if issubclass(kind, StrEnum):
                yield from kind


@pytest.mark.parametrize(
    ("code", "word"),
    [
        ("def hitung_ulang() -> None: ...", "hitung"),
        ("class Kasus: ...", "kasus"),
        ("def f(alasan: str) -> str: ...", "alasan"),
        ("for nama in (): ...", "nama"),
        ("SURAT = 1", "surat"),
        ("class A(StrEnum):\n    tunggu: int", "tunggu"),
        ("self.jam = 1", "jam"),
        ("try: ...\nexcept ValueError as galat: ...", "galat"),
        ("import json as berita", "berita"),
        ("(hari, lain) = 1, 2", "lain"),
    ],
)
def test_a_word_of_this_country_is_found_wherever_a_name_is_given(code: str, word: str) -> None:
    assert word in {bad for found in foreign(defined(ast.parse(code))).values() for bad in found}


def test_what_the_office_says_and_what_is_stored_are_no_names() -> None:
    assert foreign(["permohonan", "tenggat_number", "KeputusanKind"]) == {}
    assert foreign(defined(ast.parse('class A(StrEnum):\n    TERBIT = "terbit"'))) == {}
