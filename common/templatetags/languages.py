"""Template tag for the messages of the front end."""

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()


@register.simple_tag
def browser_catalogue() -> SafeString:
    """Return the script tag of the messages in the language of the page; empty in English, which needs none.

    It is a classic script, which has run before any module of the page looks for a message.
    """
    name = settings.PACS_CATALOGUES.get(get_language())
    return format_html('<script src="{}"></script>', static(name)) if name else SafeString()
