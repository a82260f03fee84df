"""Finds every message of the sources: in Python, in templates and in the TypeScript of the front end."""

import ast
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from django.conf import settings
from django.template import Template
from django.template.base import Node
from django.templatetags.i18n import BlockTranslateNode, TranslateNode

from pacs_site.layers import LAYER_OF

ROOT = Path(settings.BASE_DIR)
Message = str | tuple[str, str]

# Where the text of a message stands among the arguments of a call.
_MARKS = {
    "_": [0],
    "gettext": [0],
    "gettext_lazy": [0],
    "gettext_noop": [0],
    # Problem details are translated as they are sent.
    "problem": [1, 2],
}
_COUNTED = ("ngettext", "ngettext_lazy")
# Their words reach a reader, through `problem`; those of errors in a request are for its programmer.
_SAID_TO_READERS = re.compile(
    r"(Refused|Storage|StorageFull|UnreadableSource|UnsafeArchive|RenderingUnavailable|VolumeChanged"
    r"|VolumeStoreFull|NotAVolume|NotDICOM|UnreadableHeader|FrameDecode|PixelFlood|InvalidLookupTable"
    r"|InvalidSegmentation|InvalidStructureSet|NoSUV|UnsupportedPixelFormat|ReasonMissing|Order|AlreadyMatched)Error"
)
_TEXT = r'("(?:[^"\\\n]|\\.)*")'
_CALL = re.compile(rf"(?<![\w.$])(tn?)\(\s*(?:{_TEXT}(?:\s*,\s*{_TEXT})?)?")


class UnreadableMessageError(Exception):
    """A message is put together where it is asked for, so that nobody can translate it; says where."""


def collected_messages() -> dict[Message, list[str]]:
    """Return every message of the sources with the files that hold it."""
    found: dict[Message, list[str]] = {}
    for path in _sources():
        read = {".py": _in_python, ".html": _in_template, ".txt": _in_template, ".ts": _in_typescript}[
            path.suffix
        ]
        for message in read(path):
            places = found.setdefault(message, [])
            if (name := str(path.relative_to(ROOT))) not in places:
                places.append(name)
    return _with_counted_ones_once(found)


def _sources() -> Iterator[Path]:
    for package in sorted(LAYER_OF):
        yield from _below(package, "*.py")
    for pattern in ("*.html", "*.txt"):
        yield from _below("templates", pattern)
    yield from (path for path in _below("frontend/src", "*.ts") if not path.name.endswith(".test.ts"))


def _below(folder: str, pattern: str) -> list[Path]:
    """Return the files that may speak to a reader; commands speak to the administrator at the console."""
    found = sorted((ROOT / folder).rglob(pattern))
    return [path for path in found if not {"migrations", "commands"} & set(path.parts)]


def _in_python(path: Path) -> Iterator[Message]:
    for call in ast.walk(ast.parse(path.read_text())):
        if not isinstance(call, ast.Call):
            continue
        name = getattr(call.func, "attr", getattr(call.func, "id", ""))
        places = [0] if _SAID_TO_READERS.fullmatch(name) else _MARKS.get(name, [])
        texts = [_literal(argument) for argument in call.args]
        if name in _COUNTED and texts[0] and texts[1]:
            yield (texts[0], texts[1])
        for place in places:
            if place < len(texts) and (text := texts[place]):
                yield text


def _literal(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _in_template(path: Path) -> Iterator[Message]:
    for node in Template(path.read_text()).nodelist.get_nodes_by_type(Node):
        if isinstance(node, TranslateNode):
            yield str(node.filter_expression.var.literal)
        elif isinstance(node, BlockTranslateNode):
            one = node.render_token_list(node.singular)[0]
            yield (one, node.render_token_list(node.plural)[0]) if node.plural else one


def _in_typescript(path: Path) -> Iterator[Message]:
    if path == ROOT / "frontend" / "src" / "core" / "i18n.ts":
        return
    text = path.read_text()
    for call in _CALL.finditer(text):
        name, one, other = call.groups()
        if one is None or (name == "tn" and other is None):
            line = text.count("\n", 0, call.start()) + 1
            raise UnreadableMessageError(
                f"{path.relative_to(ROOT)}:{line}: {name}() takes its text as a literal"
            )
        yield (ast.literal_eval(one), ast.literal_eval(other)) if name == "tn" else ast.literal_eval(one)


def _with_counted_ones_once(found: dict[Message, list[str]]) -> dict[Message, list[str]]:
    """Drop what is asked for without a number too: gettext keeps one entry for both, with all forms."""
    counted = {message[0] for message in found if isinstance(message, tuple)}
    return {message: places for message, places in found.items() if message not in counted}


def is_translated(text: str | Sequence[str] | None) -> bool:
    """Return whether every form of a message has its text."""
    return bool(text) and all(text or ())
