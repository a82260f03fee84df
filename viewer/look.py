"""The look of every page, dark or light, dense or comfortable: as the user keeps it, before login as the browser does.

The session holds a copy from login on, so that no page costs a query for it.
"""

from typing import Any

from django.http import HttpRequest

from viewer.preferences import DENSITIES, THEMES, Preferences

_KEY = "look"


def remember_look(request: HttpRequest, preferences: Preferences) -> None:
    """Let the pages of this session look as the user wants."""
    request.session[_KEY] = {"theme": preferences.theme, "density": preferences.density}


def look(request: HttpRequest) -> dict[str, Any]:
    """Return "theme" and "density" for the templates; the cookie counts where the user keeps none."""
    session = getattr(request, "session", None)
    kept = session.get(_KEY, {}) if session is not None else {}
    return {
        "theme": _one_of(THEMES, kept.get("theme"), request.COOKIES.get("theme")),
        "density": _one_of(DENSITIES, kept.get("density"), request.COOKIES.get("density")),
    }


def _one_of(words: tuple[str, ...], *wishes: str | None) -> str:
    return next((wish for wish in wishes if wish in words), words[0])
