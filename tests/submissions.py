"""Notebooks as learners hand them in, for the tests of grading."""

from __future__ import annotations

import json

from bittensor_lab.places import course


def notebook():
    return json.loads((course("exercises") / "set_03.ipynb").read_text(encoding="utf-8"))


def handed_in(answers, change=None):
    """A learner's notebook with ``answers``, perhaps changed by hand."""
    made = notebook()
    for cell in made["cells"]:
        if "answer" in cell["metadata"].get("tags", ()) and cell["metadata"]["q"] in answers:
            cell["source"] = answers[cell["metadata"]["q"]]
    if change:
        change(made)
    return made


def save(made, path):
    path.write_text(json.dumps(made), encoding="utf-8")
    return path
