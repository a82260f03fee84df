"""Turns ``locale/<language>.po`` into what gettext and the browser read.

The text files are the only source: nothing compiled is kept in the repository, and no machine needs the gettext tools.
A language is offered because its file is there.
"""

import gettext
import hashlib
import json
import os
from collections.abc import Sequence
from pathlib import Path

from babel import Locale
from babel.messages import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf.locale import LANG_INFO
from django.utils.translation import to_locale

# Messages with a place below this folder go to the browser.
_FRONT_END = "frontend/"
# What is compiled differs with how it is compiled.
_THIS = Path(__file__).read_bytes()
# Numbers that between them use every plural form of any language (Unicode CLDR, language plural rules).
_SAMPLES = [*range(201), 1_000_000]


def language_names(sources: Path) -> list[tuple[str, str]]:
    """Return code and own name of English and of every language that has a catalogue."""
    codes = ["en", *sorted(source.stem for source in sources.glob("*.po"))]
    return [(code, str(LANG_INFO[code]["name_local"])) for code in codes]


def compiled_catalogues(sources: Path, target: Path) -> dict[str, str]:
    """Compile the catalogues that have changed; return the name of each language's script for the browser.

    Parameters
    ----------
    sources
        Folder of ``<language>.po``.
    target
        Folder that gets ``<locale>/LC_MESSAGES/django.mo`` and ``browser/catalogues/<language>.<digest>.js``.

    Notes
    -----
    Several processes may start at once: each file is put in place whole, and the script, which is written last, says
    by its name that all is there.
    """
    scripts = {}
    (target / "browser").mkdir(parents=True, exist_ok=True)
    for source in sorted(sources.glob("*.po")):
        text = source.read_bytes()
        name = f"{source.stem}.{hashlib.sha256(text + _THIS).hexdigest()[:12]}.js"
        script = target / "browser" / "catalogues" / name
        if not script.exists():
            _compile(source, target, script)
        scripts[source.stem] = f"catalogues/{name}"
    return scripts


def _compile(source: Path, target: Path, script: Path) -> None:
    with source.open("rb") as file:
        catalog = read_po(file, locale=to_locale(source.stem))
    binary = target / to_locale(source.stem) / "LC_MESSAGES" / "django.mo"
    for folder in (binary.parent, script.parent):
        folder.mkdir(parents=True, exist_ok=True)
    for old in script.parent.glob(f"{source.stem}.*.js"):
        old.unlink(missing_ok=True)
    new = binary.with_suffix(f".{os.getpid()}")
    with new.open("wb") as file:
        write_mo(file, catalog)
    new.replace(binary)
    new = script.with_suffix(f".{os.getpid()}")
    new.write_text(_script(catalog), encoding="utf-8")
    new.replace(script)


def _script(catalog: Catalog) -> str:
    """Return the messages of the browser as a script that runs before the modules of a page."""
    messages = {
        message.id[0] if isinstance(message.id, tuple) else message.id: message.string
        for message in catalog
        if message.string and not message.fuzzy and _is_for_browser(message.locations)
    }
    body = {"plurals": _plural_indices(catalog), "messages": messages}
    return f"globalThis.readingRoomCatalogue={json.dumps(body, ensure_ascii=False)};\n"


def _is_for_browser(locations: Sequence[tuple[str, int | None]]) -> bool:
    return any(path.startswith(_FRONT_END) for path, _ in locations)


def _plural_indices(catalog: Catalog) -> dict[str, int]:
    """Return the index of the form for each category that Intl.PluralRules may name."""
    locale = catalog.locale
    assert isinstance(locale, Locale)
    index_of = gettext.c2py(catalog.plural_expr)
    return {locale.plural_form(number): index_of(number) for number in _SAMPLES}
