"""Lesson 13: where the rules take a network in a year, at two scales, and what is said of it."""

from __future__ import annotations

import numpy as np
import pytest
from lesson import run, source

from bittensor_lab import datasets, labs
from bittensor_lab.coinbase import emission_shares, injections
from bittensor_lab.labs import year as lab_module
from bittensor_lab.play import year as views
from bittensor_lab.regimes import with_regime
from bittensor_lab.units import ONE

pytestmark = pytest.mark.usefixtures("home")
SOURCE = source("13")


@pytest.fixture
def lab():
    made = labs.the_whole_network()
    yield made
    made.close()


def halves(regime: str, **plan: float) -> tuple[int, int]:
    frame = views.whole(views.Plan(regime, **plan)).frame
    return int(frame.half.iloc[0]), int(frame.half.iloc[-1])


@pytest.mark.parametrize("regime", ["B", "F", "G"])
def test_at_the_beginning_it_is_the_network_of_2026(regime):
    real = emission_shares(with_regime(datasets.network("mainnet_2026"), regime))[1:]
    assert views.year(views.Plan(regime))[0] == pytest.approx(real, abs=1e-4)


@pytest.mark.parametrize("regime", ["F", "G"])
def test_another_scale_is_the_same_year(regime):
    half_size = views.year(views.Plan(regime), 7_200)
    assert np.abs(views.year(views.Plan(regime)) - half_size).max() < 0.003


def test_price_rules_make_the_large_larger_and_others_do_not():
    assert halves("B")[0] == halves("B")[1] == 20
    assert halves("C")[0] == halves("C")[1]
    assert halves("F") == (9, 5) and halves("G") == (5, 2)
    largest = views.whole(views.Plan("F")).frame.largest
    assert largest.iloc[-1] == pytest.approx(2 * largest.iloc[0], rel=0.05)


def test_what_is_large_for_its_pool_is_lifted_and_not_the_largest():
    table = views.leaders().set_index("subnet")
    assert table.index[[0, 4]].tolist() == ["SN 39", "SN 120"]
    assert table["after a year"].idxmax() == "SN 120" and table["at first"].is_monotonic_decreasing
    loses, gains = table.loc["SN 39"], table.loc["SN 120"]
    assert 0.5 < loses["after a year"] / loses["at first"] < 0.6
    assert (
        gains["after a year"] > table["at first"].max()
        and gains["TAO in the pool"] < 0.06 * loses["TAO in the pool"]
    )
    for letter in "FG":
        first, last = views.year(views.Plan(letter))[[0, -1]]
        own = first / views.at_scale(views.SCALE).pools.tao_in[1:]
        some = np.flatnonzero(first > 0.01)
        grown = np.argsort(last[some] / first[some])
        assert np.corrcoef(np.argsort(grown), np.argsort(np.argsort(own[some])))[0, 1] > 0.5


@pytest.mark.parametrize(
    ("root", "buying", "part", "after"), [(0.0, 75, 1.0, 4), (5.0, 35, 0.69, 2), (10.0, 30, 0.55, 4)]
)
def test_root_rations_what_need_not_buy(root, buying, part, after):
    state = with_regime(views.at_scale(views.SCALE, root), "G")
    shares, terms = emission_shares(state), injections(state)
    some = [terms[netuid] for netuid in terms if shares[netuid] > 0]
    assert len(some) == 78 and sum(excess > 0 for _, _, excess in some) == buying
    bought, paired = (sum(each[n] for each in some) for n in (2, 0))
    assert bought / (bought + paired) == pytest.approx(part, abs=0.005)
    assert halves("G", root=root)[1] == after


def test_fifty_subnets_get_nothing():
    pools = datasets.network("mainnet_2026").pools
    off, withheld = ~pools.emission_enabled[1:].astype(bool), pools.miner_burned[1:] >= ONE - 1
    assert (off.sum(), (withheld & ~off).sum()) == (44, 6)
    for letter in "EFG":
        assert (views.year(views.Plan(letter)) > 0).sum(axis=1).tolist() == [78] * (views.WEEKS + 1)


def test_every_week_the_whole_block_is_shared():
    for regime in "BCDEFG":
        assert views.year(views.Plan(regime)).sum(axis=1) == pytest.approx(np.ones(views.WEEKS + 1), abs=1e-6)


def test_a_little_revenue_spreads_and_much_makes_new_giants():
    assert halves("G", revenue=500.0)[1] > halves("G")[1] < halves("G", revenue=2_000.0)[1]
    assert halves("G", revenue=1_000.0)[1] == 5
    giant = views.year(views.Plan(revenue=2_000.0))[-1]
    served = views._by_price(with_regime(views.at_scale(views.SCALE), "G"))[list(views.SERVED)]
    assert round(100 * giant.max()) == 30 and giant.argmax() + 1 in served
    ten = [np.sort(views.year(views.Plan(revenue=r))[-1])[::-1][:10].sum() for r in (500.0, 5_000.0)]
    assert ten[1] > ten[0]


def test_half_and_effective_number():
    assert views.half(np.full(10, 0.1)) == 5 and views.half(np.array([0.6, 0.4])) == 1
    assert views.half(np.array([0.5, 0.3, 0.2])) == 1 and views.half(np.array([0.4, 0.3, 0.3])) == 2
    assert views.effective(np.full(10, 0.1)) == pytest.approx(10)


def test_what_the_lesson_says_of_main_net_like_figures():
    ten = np.sort(views.year(views.Plan())[0])[::-1][:10].sum()
    assert round(100 * ten) == 70


def test_the_sentences_say_what_the_data_say(lab):
    assert lab.drawing.title == "2 subnets take half, 5 did a year ago"
    lab.controls["regime"].value = "B"
    assert lab.drawing.title == "20 subnets take half, after a year as before"
    assert "dashed: rule F" in lab.drawing.subtitle
    lab.controls["regime"].value = "F"
    assert "dashed: rule G" in lab.drawing.subtitle and "78 get anything" in lab.drawing.subtitle
    assert lab_module.bet_strip().truth == 2


def test_the_lesson_knows_right_from_wrong(tmp_path, monkeypatch):
    right = {
        "answer-1": "import numpy as np\ndef take_half(shares):\n"
        "    return (np.cumsum(np.sort(shares)[::-1]) < 0.5).sum() + 1",
        "answer-2": "def effective_number(shares):\n    return 1 / (shares**2).sum()",
    }
    texts, _ = run(SOURCE, tmp_path, monkeypatch, right)
    assert texts["check-1"].startswith("take_half: right")
    assert texts["check-2"].startswith("effective_number: right")
    for first, second in (
        ("(np.cumsum(np.sort(shares)) < 0.5).sum() + 1", "(shares**2).sum()"),
        ("(shares > 0.5 / len(shares)).sum()", "(shares > 0).sum()"),
    ):
        wrong = {
            "answer-1": f"import numpy as np\ndef take_half(shares):\n    return {first}",
            "answer-2": f"def effective_number(shares):\n    return {second}",
        }
        texts, _ = run(SOURCE, tmp_path, monkeypatch, wrong)
        assert "not right yet" in texts["check-1"] and "not right yet" in texts["check-2"]
