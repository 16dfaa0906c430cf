"""Six tasks: skill ranks miners under the sound rule, the spoofer wins under the tempting one."""

from __future__ import annotations

import numpy as np
import pytest

from bittensor_lab.tasks import (
    closeness,
    compute,
    forecasting,
    images,
    mean_scores,
    pretraining,
    speech,
    text,
)

TASKS = [module.TASK for module in (forecasting, text, pretraining, compute, images, speech)]
SKILLS = np.linspace(0.05, 1.0, 7)
SEEDS = range(2)


def ranks(values):
    return np.argsort(np.argsort(values))


def spearman(a, b):
    return np.corrcoef(ranks(a), ranks(b))[0, 1]


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.name)
def test_under_the_sound_rule_skill_ranks_miners(task):
    for seed in SEEDS:
        scores, spoofed = mean_scores(task, task.sound, SKILLS, 60, seed)
        assert spearman(SKILLS, scores) >= 0.9, (seed, scores.round(3))
        assert spoofed < scores.max()


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.name)
def test_under_the_tempting_rule_the_spoofer_beats_the_best(task):
    for seed in SEEDS:
        scores, spoofed = mean_scores(task, task.tempting, SKILLS, 20, seed)
        assert spoofed > scores.max(), (seed, scores.round(3), spoofed)


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.name)
def test_scores_lie_between_0_and_1_and_come_from_the_seed(task):
    challenge, same = (task.challenge(np.random.default_rng(5)) for _ in range(2))
    for skill in (0.0, 0.5, 1.0):
        answers = [task.honest(c.shown, skill, np.random.default_rng(6)) for c in (challenge, same)]
        for rule in (task.sound, task.tempting):
            first, second = (rule(challenge.shown, answer, challenge.truth) for answer in answers)
            assert 0.0 <= first == second <= 1.0


def test_closeness():
    assert (closeness(0, 2), closeness(2, 2)) == (1.0, 0.5)
    assert closeness(1e9, 2) > 0
