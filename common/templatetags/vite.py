"""Template tag for the built front end."""

import json
from functools import cache
from pathlib import Path
from typing import NotRequired, TypedDict

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()


class Chunk(TypedDict):
    """One entry of Vite's manifest."""

    file: str
    css: NotRequired[list[str]]
    imports: NotRequired[list[str]]


@cache
def _manifest() -> dict[str, Chunk]:
    path = Path(settings.BASE_DIR) / "static" / "build" / "manifest.json"
    manifest: dict[str, Chunk] = json.loads(path.read_text())
    return manifest


def _stylesheets(key: str, seen: set[str]) -> list[str]:
    if key in seen:
        return []
    seen.add(key)
    chunk = _manifest()[key]
    found = [sheet for imported in chunk.get("imports", []) for sheet in _stylesheets(imported, seen)]
    return found + [sheet for sheet in chunk.get("css", []) if sheet not in found]


def _imported(key: str) -> list[str]:
    """Return the files of all chunks that an entry point imports, directly or by others."""
    keys, waiting = (
        dict.fromkeys(_manifest()[key].get("imports", [])),
        list(_manifest()[key].get("imports", [])),
    )
    while waiting:
        for further in _manifest()[waiting.pop()].get("imports", []):
            if further not in keys:
                keys[further] = None
                waiting.append(further)
    return [_manifest()[one]["file"] for one in keys]


@register.simple_tag
def vite_prefetch(name: str) -> SafeString:
    """Return tags that have the browser fetch, once it has nothing else to do, what the next page's entry point needs."""
    key = f"src/entrypoints/{name}.ts"
    files = [_manifest()[key]["file"], *_imported(key), *_stylesheets(key, set())]
    return format_html_join(
        "\n", '<link rel="prefetch" href="{}">', ((static(f"build/{file}"),) for file in files)
    )


@register.simple_tag
def vite_entry(name: str) -> SafeString:
    """Return the script and stylesheet tags of the entry point ``frontend/src/entrypoints/<name>.ts``.

    What it imports is fetched together with it and not after it, which saves a round trip.
    """
    key = f"src/entrypoints/{name}.ts"
    imports = format_html_join(
        "\n",
        '<link rel="modulepreload" href="{}">',
        ((static(f"build/{file}"),) for file in _imported(key)),
    )
    links = format_html_join(
        "\n",
        '<link rel="stylesheet" href="{}">',
        ((static(f"build/{sheet}"),) for sheet in _stylesheets(key, set())),
    )
    return format_html(
        '{}\n<script type="module" src="{}"></script>\n{}',
        links,
        static(f"build/{_manifest()[key]['file']}"),
        imports,
    )
