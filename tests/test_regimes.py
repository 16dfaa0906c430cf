"""The seven rules: their dates, their shares of one network, and what each brings with it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from bittensor_lab import block, regimes
from bittensor_lab.coinbase import emission_shares
from bittensor_lab.errors import InputError
from bittensor_lab.invariants import violations
from bittensor_lab.presets import demo_network, mainnet
from bittensor_lab.regimes import REGIMES, regime, share_table, with_history, with_regime
from bittensor_lab.views.economy import markdown_table, regime_shares

LETTERS = "ABCDEFG"
NETWORK = with_history(demo_network(24, 2, 3), 1)
DOCS = Path(__file__).resolve().parents[1] / "docs"


def test_they_follow_each_other_without_a_gap():
    assert "".join(each.letter for each in REGIMES) == LETTERS
    assert [each.until for each in REGIMES[:-1]] == [each.since for each in REGIMES[1:]]
    dates = [date.fromisoformat(each.since) for each in REGIMES[1:]]
    assert dates == sorted(dates)
    assert (REGIMES[0].since, REGIMES[-1].until) == ("", "")
    assert all(each.sentence.endswith(".") and each.formula for each in REGIMES)


def test_the_default_is_f():
    network, chosen = mainnet().network, regime("F")
    assert (network.emission_rule, network.injection_rule) == (chosen.emission_rule, chosen.injection_rule)


@pytest.mark.parametrize("letter", LETTERS)
def test_a_network_runs_under_each(letter):
    state = block.run(with_regime(NETWORK, letter), 90)
    assert violations(state) == []
    assert emission_shares(state).sum() == pytest.approx(1)
    assert state.total_issuance > NETWORK.total_issuance


def test_each_rule_says_what_it_says():
    table = share_table(NETWORK)
    netuids, p = NETWORK.netuids, NETWORK.pools
    price = p.moving_price[netuids] / p.moving_price[netuids].sum()
    kept = price * (1 - p.miner_burned[netuids] / 2**32)
    flow = np.maximum(p.user_flow_ema[netuids], 0)
    rows = {letter: np.array(list(shares.values())) for letter, shares in table.items()}
    assert rows["A"] == pytest.approx(p.root_share[netuids] / p.root_share[netuids].sum())
    assert rows["B"] == pytest.approx(price)
    lowest = min(0.0, float(p.user_flow_ema[netuids].min()))
    assert lowest < 0
    assert rows["C"] == pytest.approx(flow / flow.sum())
    assert rows["F"] == pytest.approx(kept / kept.sum())
    share, bar = rows["F"], np.quantile(rows["F"], 0.75)
    gated = share * share**3 / (share**3 + bar**3)
    assert rows["G"] == pytest.approx(gated / gated.sum(), rel=1e-6)
    assert all(abs(row.sum() - 1) < 1e-9 for row in rows.values())


def test_an_unknown_rule_is_said_to_be_unknown():
    with pytest.raises(InputError, match="no emission rule 'H'"):
        regime("H")


def test_the_page_in_the_docs_is_what_the_command_prints():
    assert (DOCS / "background" / "regimes.md").read_text(encoding="utf-8") == markdown_table()
    table = regime_shares(NETWORK)
    assert list(table.columns) == list(LETTERS) and list(table.index) == NETWORK.netuids


def test_history_comes_from_a_seed():
    again = regimes.with_history(demo_network(24, 2, 3), 1)
    assert again.pools.user_flow_ema.tolist() == NETWORK.pools.user_flow_ema.tolist()
    assert regimes.with_history(demo_network(24, 2, 3), 2).pools.root_share[1] != NETWORK.pools.root_share[1]
    assert violations(NETWORK) == []
