"""Write the network like main net's of 2026 and its manifest: ``python datasets/make_mainnet.py``.

No row is anybody's. What is known of main net is a few quantiles of each column: 128 subnets are drawn from
those, one in each 128th of the distribution, straight in the logarithm between two quantiles. Prices and
sizes are drawn apart, alpha in the pool and alpha outside together, as they are on main net; the TAO in a
pool follows from its price. The seed is, of 0 to 599, the one whose farthest figure is nearest to
main net's.

What a subnet burns and whether it may get TAO are drawn from main net's frequencies at the end of July.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from bittensor_lab.datasets import files, schema
from bittensor_lab.datasets.assembly import assemble
from bittensor_lab.datasets.comparison import figures
from bittensor_lab.datasets.tables import read_table, written

HERE = Path(__file__).resolve().parent
NAME, SEED, SUBNETS = "mainnet_2026", 331, 128
BLOCK = 8_000_000
DTAO = 4_920_000
"""about the block at which subnets got their alpha"""
ISSUANCE, ROOT_STAKE = 10_920_000.0, 5_025_700.0
"""TAO"""

AT = (0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0)
"""the quantiles that are known of each column on 11 April 2026"""
PRICE = (0.00233, 0.00374, 0.00418, 0.00561, 0.01017, 0.01873, 0.0828)
ALPHA_IN = (2_670, 129_400, 772_200, 1_570_000, 2_053_000, 2_439_000, 2_936_000)
ALPHA_OUT = (51_970, 597_600, 1_442_000, 2_325_000, 2_800_000, 3_069_000, 3_731_000)
BURN = (0.0005, 0.0005, 0.0005, 0.0005, 0.0440, 0.209, 1.63)
LIKE = 0.96
"""how closely alpha in the pool and alpha outside go together"""
IMMUNITY = ((5_000, 0.60), (7_200, 0.12), (10_800, 0.10), (21_600, 0.08), (14_400, 0.06), (50_400, 0.04))
NO_BURN, ALL_BURN = 0.444, 0.230
"""parts of the subnets that burn nothing and everything, at block 8,740,402"""
ENABLED, ENABLED_OF_BURNERS = 0.77, 0.21
"""parts of those that may get TAO, without and among those that burn everything"""

APRIL = "main net, 11 April 2026 (127 subnets with a price; sudoHayato/bittensor-research @d2068f4)"
JULY = "main net, block 8740402, 31 July 2026 (126 subnets; JSONbored/metagraphed @30a4d61b0)"
MATCHES = {
    APRIL: {
        "subnets": (127, 0.01), "moving_price_sum": (1.3072, 0.05), "moving_price_top1": (0.0633, 0.1),
        "moving_price_top5": (0.2380, 0.1), "moving_price_top10": (0.3568, 0.1),
        "moving_price_top20": (0.4924, 0.1), "moving_price_q50": (0.00561, 0.1),
        "tao_in_sum": (2_004_600, 0.05), "tao_in_top1": (0.1058, 0.1), "tao_in_top10": (0.4567, 0.1),
        "tao_in_q25": (3_752, 0.1), "tao_in_q50": (7_910, 0.1), "tao_in_q75": (14_350, 0.1),
        "tao_in_q90": (36_380, 0.1), "alpha_in_q50": (1_570_000, 0.1), "alpha_out_q50": (2_325_000, 0.1),
        "root_stake": (5_025_714, 0.01),
    },
    JULY: {
        "block_emission": (0.5, 0.0), "burn_none": (0.444, 0.1), "burn_all": (0.230, 0.1),
        "burn_mean": (0.413, 0.1), "emission_enabled": (0.643, 0.1), "share_top1": (0.1346, 0.1),
        "share_top5": (0.5211, 0.1), "share_top10": (0.7501, 0.1), "share_top20": (0.9040, 0.1),
        "injected_tao": (0.1614, 0.1),
    },
}  # fmt: skip
"""real figures by where and when, each with how far, of it, ours may be off"""


def quantiles(at, known):
    """The values at parts ``at`` of a distribution of which a few quantiles are known."""
    return np.exp(np.interp(at, AT, np.log(known)))


def strata(rng):
    """A point in each 128th of 0 to 1."""
    return (np.arange(SUBNETS) + rng.random(SUBNETS)) / SUBNETS


def ranks(values):
    """The place of each value among all, from 0."""
    return np.argsort(np.argsort(values, kind="stable"), kind="stable")


def pools(rng):
    """Prices and pools: spot prices lie around the moving ones, with fat tails."""
    moving = quantiles(rng.permutation(strata(rng)), PRICE)
    size = rng.normal(size=SUBNETS)
    other = LIKE * size + np.sqrt(1 - LIKE**2) * rng.normal(size=SUBNETS)
    alpha_in = quantiles(strata(rng), ALPHA_IN)[ranks(size)]
    alpha_out = quantiles(strata(rng), ALPHA_OUT)[ranks(other)]
    spot = moving * np.exp(0.01 * np.clip(rng.standard_t(3, SUBNETS), -6, 6))
    return moving, spot * alpha_in, alpha_in, alpha_out


def burned(rng):
    """The part that each subnet burns, and whether it may get TAO."""
    kind = rng.permutation(strata(rng))
    some = rng.beta(1.2, 0.7, SUBNETS)
    part = np.where(kind < NO_BURN, 0.0, np.where(kind > 1 - ALL_BURN, 1.0, some))
    drawn = rng.random(SUBNETS)
    return part, drawn < np.where(part == 1.0, ENABLED_OF_BURNERS, ENABLED)


def subnets(rng):
    """A row per subnet, TAO and alpha in rao."""
    moving, tao_in, alpha_in, alpha_out = pools(rng)
    part, enabled = burned(rng)
    age = np.minimum((alpha_in + alpha_out) / 1.57, BLOCK - DTAO).astype(int)
    immunity = rng.choice([x for x, _ in IMMUNITY], SUBNETS, p=[x for _, x in IMMUNITY])
    flow = rng.normal(0.0, 0.003, SUBNETS) * tao_in / 7_200
    price = quantiles(strata(rng)[rng.permutation(SUBNETS)], BURN)
    rao = {name: (10**4 * np.round(column * 10**5)).astype(np.int64) for name, column in (
        ("tao_in", tao_in), ("alpha_in", alpha_in), ("alpha_out", alpha_out), ("burn", price))}  # fmt: skip
    return [
        {
            "netuid": i + 1,
            **{name: int(column[i]) for name, column in rao.items()},
            "moving_price": round(round(moving[i], 8) * 2**32),
            "miner_burned": round(round(part[i], 4) * 2**32),
            "registered_at": int(BLOCK - age[i]),
            "first_emission_block": int(BLOCK - age[i]),
            "emission_enabled": bool(enabled[i]),
            "user_flow_ema": float(round(flow[i] * 1e9)),
            "protocol_flow_ema": float(round(0.5e9 * moving[i] / moving.sum())),
            "tempo": 360,
            "immunity_period": int(immunity[i]),
        }
        for i in range(SUBNETS)
    ]


def matches(state):
    """The manifest's list of real figures, and ours beside them."""
    ours = figures(state)
    return [
        {"figure": name, "real": real, "ours": float(f"{ours[name]:.4g}"), "tolerance": off, "source": source}
        for source, listed in MATCHES.items()
        for name, (real, off) in listed.items()
    ]


def main() -> None:
    """Write the network's files and its entry of the manifest."""
    rows = {
        "subnets.csv": subnets(np.random.default_rng([2026, SEED])),
        "network.csv": [
            {"block": BLOCK, "total_issuance": int(ISSUANCE * 1e9), "root_stake": int(ROOT_STAKE * 1e9)}
        ],
    }
    texts = {
        file: written([c for c in schema.FILES[file] if c.name in rows[file][0]], rows[file]) for file in rows
    }
    tables = {file: read_table(file, text.encode(), schema.FILES[file]) for file, text in texts.items()}
    entry = {
        "name": NAME,
        "title": "Main net, 2026",
        "sentence": "128 subnets whose prices, pools and shares of emission are spread as on main net.",
        "units": "TAO and alpha; moving_price TAO per alpha; flows rao per block; times in blocks",
        "seed": SEED,
        "how": "drawn from quantiles of main net's columns, one subnet in each 128th, by "
        "datasets/make_mainnet.py. Neurons, weights and who stakes are drawn when the network is loaded. "
        "Block, ages, flows and the issuance are our choice: the issuance so that a block makes 0.5 TAO.",
        "files": {f"{NAME}/{file}": files.checksum(text) for file, text in texts.items()},
        "matches": matches(assemble(tables)),
    }
    files.publish(HERE, "networks", [entry], {f"{NAME}/{file}": text for file, text in texts.items()})


if __name__ == "__main__":
    main()
