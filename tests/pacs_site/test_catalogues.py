"""The catalogues of messages: complete, true to the sources, and readable without the gettext tools."""

import gettext
import json
import re
import shutil
from pathlib import Path

import pytest
from babel.messages import Catalog
from babel.messages.pofile import read_po
from django.conf import settings

from pacs_site.catalogues import compiled_catalogues, language_names
from pacs_site.messages import Message, collected_messages, is_translated

SOURCES = Path(settings.BASE_DIR) / "locale"
PLACEHOLDER = re.compile(r"%\(\w+\)[sdr]|\{\w+\}")


@pytest.fixture(scope="module")
def found() -> dict[Message, list[str]]:
    return collected_messages()


def is_front_end(place: str) -> bool:
    return place.startswith("frontend/")


def catalogue(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.stem)


@pytest.fixture(params=sorted(SOURCES.glob("*.po")), ids=lambda path: path.stem)
def translations(request: pytest.FixtureRequest) -> Catalog:
    return catalogue(request.param)


def test_a_catalogue_holds_what_the_sources_say_and_nothing_else(
    translations: Catalog, found: dict[Message, list[str]]
) -> None:
    """Else: script/manage collect_messages."""
    assert {message.id for message in translations if message.id} == set(found)


def test_the_browser_gets_each_message_that_the_front_end_asks_for(
    translations: Catalog, found: dict[Message, list[str]]
) -> None:
    for_browser = {
        message.id for message in translations if any(is_front_end(place) for place, _ in message.locations)
    }

    assert for_browser == {message for message, places in found.items() if any(map(is_front_end, places))}


def test_every_message_has_a_translation_of_each_form(translations: Catalog) -> None:
    assert [message.id for message in translations if message.id and not is_translated(message.string)] == []


def test_a_translation_asks_for_no_value_that_the_message_does_not_give(translations: Catalog) -> None:
    wrong = []
    for message in translations:
        given = set(PLACEHOLDER.findall(str(message.id)))
        forms = [message.string] if isinstance(message.string, str) else message.string
        # The form for one may say "one" in words.
        needed = given if isinstance(message.id, str) else set()
        wrong += [
            form for form in forms if message.id and not needed <= set(PLACEHOLDER.findall(form)) <= given
        ]

    assert wrong == []


def test_compiling_needs_no_tools_and_makes_what_gettext_and_the_browser_read(tmp_path: Path) -> None:
    names = compiled_catalogues(SOURCES, tmp_path)

    german = gettext.translation("django", tmp_path, ["de"])
    assert german.gettext("Worklist") == "Arbeitsliste"
    script = (tmp_path / "browser" / names["ar"]).read_text()
    body = json.loads(script.removeprefix("globalThis.readingRoomCatalogue=").removesuffix(";\n"))
    assert body["plurals"] == {"zero": 0, "one": 1, "two": 2, "few": 3, "other": 4, "many": 5}


def test_a_language_is_offered_because_its_file_is_there(tmp_path: Path) -> None:
    shutil.copytree(SOURCES, tmp_path / "locale")
    (tmp_path / "locale" / "pt-br.po").write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8"\n\nmsgid "Worklist"\nmsgstr "Lista de trabalho"\n'
    )

    names = language_names(tmp_path / "locale")
    compiled_catalogues(tmp_path / "locale", tmp_path / "compiled")

    assert names == [
        ("en", "English"),
        ("ar", "العربيّة"),
        ("de", "Deutsch"),
        ("pt-br", "Português Brasileiro"),
    ]
    portuguese = gettext.translation("django", tmp_path / "compiled", ["pt_BR"])
    assert portuguese.gettext("Worklist") == "Lista de trabalho"


def test_a_changed_catalogue_is_compiled_again(tmp_path: Path) -> None:
    shutil.copytree(SOURCES, tmp_path / "locale")
    german = tmp_path / "locale" / "de.po"
    before = compiled_catalogues(tmp_path / "locale", tmp_path / "compiled")
    german.write_text(german.read_text().replace('"Arbeitsliste"', '"Worklist-Liste"'))

    after = compiled_catalogues(tmp_path / "locale", tmp_path / "compiled")

    assert after["de"] != before["de"]
    assert after["ar"] == before["ar"]
    binary = tmp_path / "compiled" / "de" / "LC_MESSAGES" / "django.mo"
    with binary.open("rb") as file:
        assert gettext.GNUTranslations(file).gettext("Worklist") == "Worklist-Liste"
