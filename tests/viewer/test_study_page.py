"""The browser hears at once what the viewer will need, and not from one script after the other."""

import re

import pytest
from django.test import Client

from accounts.models import Facility
from tests.factories import study

pytestmark = pytest.mark.django_db


def links(page: str, kind: str) -> set[str]:
    """Return the addresses of a page's links of a kind."""
    tags = re.findall(r"<link[^>]+>", page)
    return {tag.split('href="')[1].split('"')[0] for tag in tags if f'rel="{kind}"' in tag}


def test_the_page_of_a_study_asks_for_its_manifest_and_all_scripts_in_its_head(
    reader: Client, north: Facility
) -> None:
    one = study(1, facility=north)

    page = reader.get(f"/viewer/studies/{one.study_instance_uid}/").content.decode()

    assert links(page, "preload") == {f"/viewer/studies/{one.study_instance_uid}/manifest.json"}
    assert page.index('rel="preload"') < page.index("assets/viewer-")
    assert all(address.endswith(".js") for address in links(page, "modulepreload"))
    assert links(page, "modulepreload")


def test_the_list_has_the_viewer_fetched_before_a_study_is_opened(reader: Client, north: Facility) -> None:
    one = study(1, facility=north)
    page = reader.get(f"/viewer/studies/{one.study_instance_uid}/").content.decode()
    needed = links(page, "modulepreload") | links(page, "stylesheet")

    ahead = links(reader.get("/worklist/").content.decode(), "prefetch")

    assert {address for address in needed if "viewer" in address} <= ahead
    assert any("viewer-" in address and address.endswith(".js") for address in ahead)
