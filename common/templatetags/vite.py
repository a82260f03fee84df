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


@register.simple_tag
def vite_entry(name: str) -> SafeString:
    """Return the script and stylesheet tags of the entry point ``frontend/src/entrypoints/<name>.ts``."""
    key = f"src/entrypoints/{name}.ts"
    links = format_html_join(
        "\n",
        '<link rel="stylesheet" href="{}">',
        ((static(f"build/{sheet}"),) for sheet in _stylesheets(key, set())),
    )
    return format_html(
        '{}\n<script type="module" src="{}"></script>', links, static(f"build/{_manifest()[key]['file']}")
    )
