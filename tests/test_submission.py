"""Reading what was handed in: answers are found whatever happened to the file, and no file is a crash."""

from __future__ import annotations

import copy
import json
import os

import pytest
from submissions import handed_in, notebook, save

from bittensor_lab.errors import InputError
from bittensor_lab.exercises.command import grade_command
from bittensor_lab.exercises.grading import grade
from bittensor_lab.exercises.source import read_set
from bittensor_lab.exercises.submission import read_submission

SET = read_set("set_03")


def answers_in(made, tmp_path, name="set_03.ipynb"):
    return read_submission(save(made, tmp_path / name))[1]


def test_cleared_outputs_reordered_cells_and_renumbered_ids(tmp_path):
    def change(made):
        made["cells"].reverse()
        for number, cell in enumerate(made["cells"]):
            cell["id"] = str(number)
            cell.pop("outputs", None)
            cell.pop("execution_count", None)

    assert answers_in(handed_in(SET.references, change), tmp_path).answers == SET.references


def test_lost_metadata_falls_back_to_ids_and_then_to_names(tmp_path):
    def strip(made):
        made["metadata"] = {}
        for cell in made["cells"]:
            cell["metadata"] = {}

    assert answers_in(handed_in(SET.references, strip), tmp_path).answers == SET.references

    def strip_ids(made):
        strip(made)
        for cell in made["cells"]:
            del cell["id"]

    found = answers_in(handed_in(SET.references, strip_ids), tmp_path)
    assert found.answers == SET.references
    assert "lost its mark" in found.notes["clip"][0]


def test_duplicated_and_deleted_cells(tmp_path):
    def change(made):
        answers = [c for c in made["cells"] if "answer" in c["metadata"].get("tags", ())]
        stub = copy.deepcopy(answers[0])
        stub["source"] = SET.questions[0].stub
        second = copy.deepcopy(answers[1])
        second["source"] += "\n# better\n"
        made["cells"].remove(answers[2])
        made["cells"] += [stub, second]

    found = answers_in(handed_in(SET.references, change), tmp_path)
    assert found.answers["median"] == SET.references["median"], "a copy of the stub answers nothing"
    assert found.answers["clip"].endswith("# better\n")
    assert found.notes["clip"] == ["2 cells answer this; the last of them was graded."]
    assert found.answers["incentive"] == ""
    assert found.notes["incentive"] == ["The answer's cell is missing."]


def test_answer_in_a_cell_of_its_own(tmp_path):
    def change(made):
        made["cells"].append(
            {"cell_type": "code", "metadata": {}, "source": ["%%time\n", SET.references["clip"]]}
        )

    found = answers_in(handed_in({}, change), tmp_path)
    assert found.answers["clip"].strip() == SET.references["clip"]


def test_windows_line_ends_byte_order_mark_and_magics(tmp_path):
    answers = {
        name: f"%matplotlib inline\r\n!ls\r\n{code}".replace("\n", "\r\n")
        for name, code in SET.references.items()
    }
    text = json.dumps(handed_in(answers), indent=1).replace("\n", "\r\n")
    (tmp_path / "set_03.ipynb").write_bytes(b"\xef\xbb\xbf" + text.encode())
    found = read_submission(tmp_path / "set_03.ipynb")[1].answers
    assert {name: code.strip() for name, code in found.items()} == SET.references


def test_an_old_notebook_version(tmp_path):
    cells = [
        {"cell_type": "code", "input": code, "outputs": [], "metadata": {}}
        for code in SET.references.values()
    ]
    old = {"nbformat": 3, "metadata": {"name": ""}, "worksheets": [{"cells": cells}]}
    assert answers_in(old, tmp_path).answers == SET.references


def test_a_large_notebook_full_of_output(tmp_path):
    def change(made):
        made["cells"][2]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "x" * (50 << 20)}]

    assert answers_in(handed_in(SET.references, change), tmp_path).answers == SET.references


@pytest.mark.parametrize(
    ("content", "message"),
    {
        b"": "is empty",
        b"  \n": "is empty",
        b"hello": "not JSON",
        b"\xff\xfe\x00\x01": "not text",
        b"[" * 100_000: "not JSON",
        b"[1, 2]": "has no cells",
        b'{"cells": 3}': "has no cells",
        b'{"cells": []}': "not a notebook of an exercise set",
        b'{"cells": [0, {"cell_type": "code", "metadata": 5, "source": {"a": 1}}], "metadata": []}': "of an",
    }.items(),
)
def test_what_is_no_submission_gets_one_line_and_exit_2(content, message, tmp_path, capsys):
    path = tmp_path / "work.ipynb"
    path.write_bytes(content)
    assert grade_command([path]) == 2
    said = capsys.readouterr().err
    assert message in said.replace("\n", " ")
    assert "Traceback" not in said


def test_no_file_a_folder_and_no_such_source(tmp_path, capsys):
    assert grade_command([tmp_path / "none.ipynb"]) == 2
    assert grade_command([tmp_path]) == 2
    assert grade_command([save(notebook(), tmp_path / "set_03.ipynb")], source=tmp_path / "nowhere") == 2
    with pytest.raises(InputError):
        grade(tmp_path / "none.ipynb")
    assert "Traceback" not in capsys.readouterr().err


def test_a_pipe_is_refused_and_not_waited_for(tmp_path):
    pipe = tmp_path / "pipe.ipynb"
    os.mkfifo(pipe)
    with pytest.raises(InputError, match="not a regular file"):
        read_submission(pipe)
