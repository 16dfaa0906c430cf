"""Lesson 02: work and its score, the lab without a browser, and what people ask about scoring."""

from __future__ import annotations

import numpy as np
import pytest
from lesson import run, source

from bittensor_lab import labs
from bittensor_lab.errors import InputError
from bittensor_lab.tasks import images, text
from bittensor_lab.views import scoring as views

pytestmark = pytest.mark.usefixtures("home")
SOURCE = source("02")


@pytest.fixture
def lab():
    made = labs.work_and_scoring()
    yield made
    made.close()


@pytest.mark.parametrize("task", views.TASKS)
def test_the_scoring_surface_decides_who_is_paid(task):
    """By the sound rule skill ranks miners; by the tempting one the spoofer comes first."""
    sound, tempting = (views.scoring(task, rule, challenges=views.MOST) for rule in views.RULES)
    assert views.agreement(sound) >= 0.9
    assert tempting.sixth["rank"] == 1 and tempting.sixth.pay > sound.sixth.pay
    assert sound.miners.other.tolist() == tempting.miners.score.tolist(), "the same answers"
    assert tempting.miners.pay.sum() == pytest.approx(1)


@pytest.mark.parametrize("task", views.TASKS)
def test_no_rule_tells_a_copy_from_its_original(task):
    view = views.scoring(task, "sound", "copies")
    best = view.miners.score[len(views.SKILLS) - 1]
    assert view.sixth.score == pytest.approx(best, rel=0.02)


def test_a_lazy_miner_is_found_out_by_the_sound_rule():
    for task in views.TASKS:
        assert views.scoring(task, "sound", "is lazy", views.MOST).sixth["rank"] >= 5


@pytest.mark.parametrize("count", [4, views.MOST])
def test_tomorrow_as_today_is_not_a_bad_forecast(count):
    """The sound rule pays a spoofer what its answer is worth: better than three of five honest ones."""
    miners = views.scoring("forecasting", "sound", challenges=count).miners
    assert (miners.score[:5] < miners.score[5]).sum() == 3


def test_one_challenge_is_luck_four_rank_by_skill():
    one, four = (views.scoring("speech", "sound", challenges=count) for count in (1, 4))
    assert views.agreement(one) < 0.95 < views.agreement(four)
    assert "are nearly ranked" in views.summary(one) and "are ranked by skill" in views.summary(four)


def test_smoothness_ranks_the_honest_nearly_backwards():
    view = views.scoring("images", "tempting")
    assert view.miners.score[:5].argmax() == 0 and views.agreement(view) < -0.8
    few = max(2, round(2 * (images.LEARNED / 2) ** views.SKILLS[0]))
    assert few == 4 and images._learned(few)[1].shape[0] == few
    shown = views.answers("images", "spoofs", 0)[1]
    far = [float(((answer - images._learned(few)[0]) ** 2).mean()) for answer in (shown[0], shown[4])]
    assert 2 * far[0] < far[1], "hardly more than their mean"


def test_who_scores_alike_is_not_said_to_be_ranked():
    view = views.scoring("speech", "tempting")
    assert np.ptp(view.miners.score[:5]) < 0.005 and "all score alike" in views.summary(view)


@pytest.mark.parametrize("task", views.TASKS)
def test_a_tempting_rule_asks_for_nothing_that_the_miner_does_not_have(task):
    """A spoofer who sees the challenge, and never the truth, gets the best score there is, each time."""
    own = views.TASKS[task]
    for number in range(views.MOST):
        challenge, given = views.answers(task, "spoofs", number)
        assert own.tempting(challenge.shown, given[-1], challenge.truth) > 0.99


def test_the_sound_rule_of_text_does_not_read_the_words():
    challenge, given = views.answers("text", "spoofs", 0)
    mute = [reply._replace(words="") for reply in given]
    scores = [text.sound(challenge.shown, reply, challenge.truth) for reply in given]
    assert scores == [text.sound(challenge.shown, reply, challenge.truth) for reply in mute]
    assert len(challenge.shown.contexts) == 150


def test_what_is_unknown_is_refused():
    for wrong in (("chess",), ("text", "fair"), ("text", "sound", "prays")):
        with pytest.raises(InputError):
            views.scoring(*wrong)


def test_the_sentences_say_what_the_data_say(lab):
    assert lab.drawing.title == "The tempting rule ranks the spoofer first"
    assert "are not ranked by skill" in lab.drawing.summary
    lab.controls["rule"].value = "sound"
    assert lab.drawing.title == "The sound rule ranks the spoofer last"
    assert "are ranked by skill" in lab.drawing.summary
    assert lab.bet.truth == pytest.approx(100 * views.scoring("text", "tempting").sixth.pay)


def test_the_answers_can_be_looked_at():
    replies = views.replies()
    assert replies.words.str.len().gt(20).all()
    spoofed, best = replies.iloc[3], replies.iloc[2]
    assert spoofed.tempting == 1.0 > best.tempting and spoofed.sound < best.sound
    pixels = views.pictures().pivot(index=["y", "x"], columns="picture", values="ink")
    wrong = {
        name: float(((pixels[name] - pixels.clean) ** 2).mean()) for name in ("shown", "M5", "M6 spoofs")
    }
    assert wrong["M5"] < min(wrong["shown"], wrong["M6 spoofs"])
    assert np.ptp(pixels["M6 spoofs"]) == 0


MENDED = """def mended(prompt, reply):
    words = prompt.split()
    if any(" ".join(words[i : i + 3]) in reply for i in range(len(words) - 2)):
        return 0
    return len(set(words) & set(reply.split())) / len(set(words))"""


def test_the_lesson_knows_right_from_wrong(tmp_path, monkeypatch):
    right = {"answer-1": MENDED, "answer-2": 'spoof = "mat old the on sat cat"'}
    texts, _ = run(SOURCE, tmp_path, monkeypatch, right)
    assert texts["check-1"].startswith("mended: right") and texts["check-2"].startswith("spoof: right")
    unmended = MENDED.replace("return 0", "pass")
    for answer, spoof in (
        (unmended, "the cat sat on the old mat"),
        (MENDED.replace("+ 3", "+ 4"), "cat mat"),
    ):
        wrong = {"answer-1": answer, "answer-2": f'spoof = "{spoof}"'}
        texts, _ = run(SOURCE, tmp_path, monkeypatch, wrong)
        assert "not right yet" in texts["check-1"] and "not right yet" in texts["check-2"]
