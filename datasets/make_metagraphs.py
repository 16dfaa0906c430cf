"""Write three kinds of subnet and their manifest: ``python datasets/make_metagraphs.py``.

Each is a snapshot of one subnet with 256 uids: the owner is uid 0, validators come next, the largest first,
then miners. Stake falls off with the rank; a validator weighs the miners that it has tested by their quality,
seen with an error. What makes each kind special is what there is to see:

    open            many good miners; validators of different diligence, the large ones know all, others few
    winner          one miner is far better than all others, and everybody knows
    self_serving    validators give nine tenths of their weight to the owner's own uid
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from bittensor_lab.datasets import files, schema
from bittensor_lab.datasets.tables import written

HERE = Path(__file__).resolve().parent
UIDS, BLOCK, TEMPO = 256, 8_000_000, 360
ALPHA = 10**9
STAKED = 2_000_000 * ALPHA
"""rao of alpha, about what there is of an old subnet; a hundredth of it is the miners'"""
FALL = 1.25
"""stakes of validators fall like 1/rank to this power"""
REAL = "main net, subnet 15, block 4769998, January 2025 (bactensor/yuma-simulation @2b976fd)"


def parts(validators):
    """What each validator has of their stake."""
    falling = np.arange(1, validators + 1) ** -FALL
    return falling / falling.sum()


def seen(quality, rng, tested):
    """One validator's weights on all miners: the quality of those tested, with an error, of 65535."""
    found = quality * np.exp(rng.normal(0.0, 0.15, len(quality))) * tested
    return np.round(found / found.max() * 65_535).astype(int)


def open_kind(rng):
    """Four of the five largest validators know nearly all miners, the others about one in five."""
    validators = 20
    quality = np.exp(rng.normal(0.0, 0.8, UIDS - 1 - validators))
    rows = []
    for v in range(validators):
        diligence = 0.97 if v in (0, 1, 2, 4) else rng.uniform(0.1, 0.3)
        rows.append(seen(quality, rng, rng.random(len(quality)) < diligence))
    return rows, np.zeros(validators, int)


def winner_kind(rng):
    """Miner 1 is worth a hundred of the next best."""
    validators = 12
    quality = np.exp(rng.normal(0.0, 0.5, UIDS - 1 - validators))
    best = np.argsort(-quality)[:40]
    tested = np.isin(np.arange(len(quality)), best)
    quality[0], tested[0] = 100 * quality.max(), True
    return [seen(quality, rng, tested) for _ in range(validators)], np.zeros(validators, int)


def self_serving_kind(rng):
    """The owner's uid gets nine tenths."""
    validators = 10
    quality = np.exp(rng.normal(0.0, 0.6, UIDS - 1 - validators))
    tested = np.arange(len(quality)) < 40
    rows = [seen(quality, rng, tested) for _ in range(validators)]
    rows = [np.floor(row / row.sum() * 0.1 / 0.9 * 65_535).astype(int) for row in rows]
    return rows, np.full(validators, 65_535)


KINDS = (
    ("open", "Open competition", "Many miners of like quality, and validators who have tested few or all.",
     11, open_kind),
    ("winner", "Winner takes all", "One miner is far better than the others, and every validator knows.",
     12, winner_kind),
    ("self_serving", "Self-serving owner", "Validators give nine tenths of their weight to the owner's uid.",
     13, self_serving_kind),
)  # fmt: skip


def neurons(validators, rng):
    """A row per uid; the owner has a hundredth of the stake, miners together another."""
    small = np.round(rng.pareto(1.5, UIDS - 1 - validators), 2)
    stakes = [STAKED // 100, *(int(x) for x in parts(validators) * (STAKED * 0.98))]
    stakes += [int(x) for x in small / small.sum() * (STAKED // 100)]
    roles = ["owner", *(f"validator-{v + 1}" for v in range(validators))]
    roles += [f"miner-{m + 1}" for m in range(UIDS - 1 - validators)]
    registered = np.sort(rng.integers(BLOCK - 2_000_000, BLOCK - 5_000, UIDS))
    return [
        {
            "netuid": 1, "uid": uid, "hotkey": role, "coldkey": f"{role}-cold",
            "stake": stake // ALPHA * ALPHA, "validator_permit": 1 <= uid <= validators,
            "block_at_registration": int(block), "last_update": BLOCK - int(rng.integers(1, TEMPO)),
        }
        for uid, (role, stake, block) in enumerate(zip(roles, stakes, registered, strict=True))
    ]  # fmt: skip


def weights(rows, to_owner):
    """A row per weight."""
    found = []
    for validator, (row, own) in enumerate(zip(rows, to_owner, strict=True), start=1):
        pairs = [(0, int(own)), *enumerate(row.tolist(), start=1 + len(rows))]
        found += [
            {"netuid": 1, "validator_uid": validator, "miner_uid": uid, "weight": value}
            for uid, value in pairs
            if value
        ]
    return found


def snapshot(make, seed):
    """The texts of a kind's files, and how many weights there are."""
    rng = np.random.default_rng([15, seed])
    rows, to_owner = make(rng)
    pot = 147_600 * ALPHA // 1_000
    listed = {
        "subnets.csv": [
            {
                "netuid": 1, "tao_in": 15_000 * ALPHA, "alpha_in": 1_500_000 * ALPHA,
                "alpha_out": 2_300_000 * ALPHA, "moving_price": 2**32 // 100, "pending_server": pot,
                "pending_validator": pot, "owner_hotkey": "owner", "tempo": TEMPO,
                "last_step_block": BLOCK - TEMPO, "commit_reveal": False,
            }
        ],
        "network.csv": [{"block": BLOCK, "total_issuance": 10_920_000 * ALPHA}],
        "neurons.csv": neurons(len(rows), rng),
        "weights.csv": weights(rows, to_owner),
    }  # fmt: skip
    columns = {file: [c for c in schema.FILES[file] if c.name in part[0]] for file, part in listed.items()}
    return {file: written(columns[file], part) for file, part in listed.items()}, listed


def matches(listed):
    """Subnet 15's figures beside ours."""
    stake = np.array([row["stake"] for row in listed["neurons.csv"] if row["validator_permit"]])
    stake = np.sort(stake / sum(row["stake"] for row in listed["neurons.csv"]))[::-1]
    ours = {
        "validators who set weights": (20, len(stake), 0.0),
        "weights": (1_687, len(listed["weights.csv"]), 0.1),
        "largest part of the stake": (0.348, stake[0], 0.1),
        "part of the five largest": (0.754, stake[:5].sum(), 0.1),
    }
    return [
        {"figure": name, "real": real, "ours": float(f"{own:.4g}"), "tolerance": off, "source": REAL}
        for name, (real, own, off) in ours.items()
    ]


def main() -> None:
    """Write every kind and the manifest."""
    entries, texts = [], {}
    for name, title, sentence, seed, make in KINDS:
        made, listed = snapshot(make, seed)
        texts |= {f"metagraphs/{name}/{file}": text for file, text in made.items()}
        entries.append(
            {
                "name": name,
                "title": title,
                "sentence": sentence,
                "units": "stake in alpha, weights of 65535, times in blocks",
                "seed": seed,
                "how": "drawn as datasets/make_metagraphs.py says",
                "files": {f"metagraphs/{name}/{file}": files.checksum(text) for file, text in made.items()},
                "matches": matches(listed) if name == "open" else [],
            }
        )
    files.publish(HERE, "metagraphs", entries, texts)


if __name__ == "__main__":
    main()
