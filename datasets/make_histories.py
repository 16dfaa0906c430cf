"""Write price and flow histories of twelve subnets: ``python datasets/make_histories.py``.

The engine makes them: a network of twelve subnets with main net's rules, half a TAO per block and pools of
main net's larger subnets runs for 180 days, with people in it:

    miners        sell most of what they earned, now and then
    traders       value, momentum and yield traders, and an index (``agents``)
    readers       buy or sell on the day's news of a subnet, which is rarely large: Student's t, 3 degrees

A day has 7,200 blocks; the state is written down after each. Under rules that go by the price the chain lets
the flows add up untouched, so a day's flow is the difference.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from immutables import Map

from bittensor_lab.agents import Agent, index, momentum, value_investor, yield_chaser
from bittensor_lab.coinbase import emission_shares
from bittensor_lab.datasets import files, series
from bittensor_lab.datasets.tables import written
from bittensor_lab.extrinsics import AddStake, RemoveStake
from bittensor_lab.market import alpha_price
from bittensor_lab.presets import demo_network, mainnet
from bittensor_lab.simulate import DAY, simulate
from bittensor_lab.stake import stake_of
from bittensor_lab.units import tao

HERE = Path(__file__).resolve().parent
DAYS, SEED, SUBNETS, VALIDATORS, MINERS = 180, 21, 12, 3, 3
LARGER = 20
"""times the pools of the demo network, at the same prices"""
ELSEWHERE = tao(10_600_000)
"""free TAO that nobody moves, so that a block makes half a TAO"""
PURSES = {"trader": tao(3_000), "reader": tao(6_000)}
READERS, TRADERS = 24, (momentum, value_investor, yield_chaser, momentum, value_investor, index) * 2


def news(netuid, day):
    """What is said of a subnet on a day; above 0 it is good."""
    return float(np.random.default_rng([SEED, netuid, day + 1]).standard_t(3))


def reader(state, me, rng):
    """Buy the subnet with the best news of the day, sell that with the worst."""
    heard = {n: news(n, state.block // DAY) + rng.normal(0.0, 1.0) for n in state.netuids}
    best, worst = max(heard, key=heard.get), min(heard, key=heard.get)
    held = stake_of(state, worst, me.hotkey, me.coldkey)
    asked = [RemoveStake(me.coldkey, me.hotkey, worst, held // 2)] if held > 10**9 else []
    part = min(0.5, 0.04 * max(0.0, heard[best]))
    amount = int(state.free.get(me.coldkey, 0) * part)
    return [*asked, AddStake(me.coldkey, me.hotkey, best, amount)] if amount > tao(0.1) else asked


def sells(netuid):
    """A miner's act: sell a part of what was earned."""

    def act(state, me, rng):
        held = int(stake_of(state, netuid, me.hotkey, me.coldkey) * rng.uniform(0.6, 1.0))
        if held * alpha_price(state, netuid) < tao(0.1):
            return []
        return [RemoveStake(me.coldkey, me.hotkey, netuid, held)]

    return act


def start():
    """The network before the first day."""
    rules = mainnet()
    own = replace(rules.subnet, activity_cutoff_factor_milli=10**7, max_allowed_validators=VALIDATORS)
    state = demo_network(SUBNETS, VALIDATORS, MINERS, seed=SEED, rulebook=replace(rules, subnet=own))
    p = state.pools
    added = (LARGER - 1) * p.tao_in
    added[0] = 0
    pools = replace(
        p, tao_in=p.tao_in + added, account=p.account + added,
        alpha_in=p.alpha_in * LARGER,
    )  # fmt: skip
    free = {f"reader-{n}": PURSES["reader"] for n in range(READERS)}
    free |= {f"trader-{n}": PURSES["trader"] for n in range(len(TRADERS))} | {"elsewhere": ELSEWHERE}
    issuance = state.total_issuance + int(added.sum()) + sum(free.values())
    return replace(state, pools=pools, free=state.free.update(Map(free)), total_issuance=issuance)


def people(state):
    """Everybody who acts."""
    validators = [f"validator-{v + 1}" for v in range(VALIDATORS)]
    found = [
        Agent(f"{hotkey}-cold", hotkey, sells(netuid), 5 * DAY + netuid)
        for netuid in state.netuids
        for hotkey in state.subnet(netuid).hotkeys
        if hotkey.startswith(("miner", "owner"))
    ]
    found += [Agent(f"trader-{n}", validators[n % VALIDATORS], act, DAY) for n, act in enumerate(TRADERS)]
    return found + [Agent(f"reader-{n}", validators[n % VALIDATORS], reader, DAY) for n in range(READERS)]


def history(days):
    """Rows of prices and of flows, amounts in rao, for every day and subnet."""
    state = start()
    crowd, prices, flows = people(state), [], []
    for day in range(1, days + 1):
        before = state.pools
        state = simulate(state, DAY, crowd, seed=SEED).state
        shares = emission_shares(state)
        for n in state.netuids:
            p = state.pools
            prices.append(
                {
                    "day": day, "block": state.block, "netuid": n, "price": alpha_price(state, n),
                    "moving_price": int(p.moving_price[n]) / 2**32, "tao_in": int(p.tao_in[n]),
                    "alpha_in": int(p.alpha_in[n]), "alpha_out": int(p.alpha_out[n]),
                    "emission_share": float(shares[n]),
                }
            )  # fmt: skip
            moved = {name: int(getattr(p, name)[n] - getattr(before, name)[n]) for name in series.FLOWS}
            flows.append({"day": day, "block": state.block, "netuid": n, **moved})
    return {"prices": prices, "flows": flows}


ABOUT = {
    "prices": (
        "Prices of twelve subnets",
        "Price, moving price, pool and share of emission of twelve subnets on each of 180 days.",
        "TAO per alpha; TAO; alpha; part of a block's TAO",
    ),
    "flows": (
        "Flows of twelve subnets",
        "What people and the chain put into the pools of twelve subnets, net, on each of 180 days.",
        "TAO per day",
    ),
}


def main() -> None:
    """Write both histories and the manifest."""
    entries, texts = [], {}
    for name, rows in history(DAYS).items():
        title, sentence, units = ABOUT[name]
        file = f"histories/{name}.csv"
        texts[file] = written(series.COLUMNS[name], rows)
        entries.append(
            {
                "name": name,
                "title": title,
                "sentence": sentence,
                "units": units,
                "seed": SEED,
                "how": "made by the engine: main net's rules, twelve subnets, 84 people; "
                "datasets/make_histories.py. They match no real figures: people and prices are made up.",
                "files": {file: files.checksum(texts[file])},
                "matches": [],
            }
        )
    files.publish(HERE, "histories", entries, texts)


if __name__ == "__main__":
    main()
