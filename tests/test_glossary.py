"""The glossary: complete, in step with the metadata, and what lessons link to is there."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

from bittensor_lab import glossary, lessons
from bittensor_lab.params import Hyperparameters, NetworkParameters

PAGE = Path(__file__).resolve().parents[1] / "notebooks" / "glossary.md"
TEXT = PAGE.read_text(encoding="utf-8")
HEADINGS = re.findall(r"^### (.+)$", TEXT, re.M)


def test_the_page_is_what_the_metadata_make():
    assert glossary.page() == TEXT, "run `python -m bittensor_lab.glossary > notebooks/glossary.md`"


def test_every_parameter_and_every_word_has_its_place():
    names = {item.name for kind in (Hyperparameters, NetworkParameters) for item in fields(kind)}
    words = [word.name for word in glossary.WORDS]
    assert set(HEADINGS) == names | set(words)
    assert words == sorted(words, key=str.lower) and len(set(words)) == len(words)


def test_a_word_is_one_sentence_and_belongs_to_lessons():
    for word in glossary.WORDS:
        assert word.sentence.endswith(".") and len(word.sentence) <= 120, word.name
        assert word.lessons and all(0 <= number <= 14 for number in word.lessons)


def test_what_lessons_link_to_is_there():
    anchors = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in HEADINGS}
    for source in lessons.sources():
        for anchor in re.findall(r"glossary\.md#([\w-]+)", source.read_text(encoding="utf-8")):
            assert anchor.lower() in anchors, (source.name, anchor)
