"""Every file is displayed within 20 s and 512 MB, or refused in a sentence that a reader understands."""

import re
from pathlib import Path

import pytest

from tests.conformance.samples import bundled_files, collected_files
from tests.conformance.survey import DEFECT, REFUSED, survey

A_SENTENCE = re.compile(r"[A-Z0-9].*[.]", re.DOTALL)
INTERNALS = re.compile(r"[a-z]_[a-z]|\(\d+, \d+|Error|NoneType|0x")


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("paths", [bundled_files(), collected_files()], ids=["bundled files", "sample sets"])
def test_every_file_is_displayed_or_refused_in_words(paths: list[Path]) -> None:
    outcomes = [survey(path) for path in paths]

    assert [(one.path.name, one.text) for one in outcomes if one.kind == DEFECT] == []
    reasons = {one.text for one in outcomes if one.kind == REFUSED}
    assert [text for text in reasons if not A_SENTENCE.fullmatch(text) or INTERNALS.search(text)] == []
