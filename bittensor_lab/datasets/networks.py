"""Networks of the course's own: 128 subnets like main net's of 2026, and three kinds of subnet.

    network("mainnet_2026")            pools, prices and rules from its files, people from seed 0
    mainnet_network(seed, uids=64)     the same pools with other, or fewer, people
    metagraph("open")                  one subnet whose neurons and weights are files, too

Files hold what a subnet is; 32,768 neurons would be too large for one, so they are drawn when asked for: the
owner (uid 0), validators who are the same everywhere and hold root's stake, and miners. A validator gives the
owner's key the part of its weight that the subnet is known to burn, and shares the rest among the miners that
it knows by their quality,

    weight = burned · [owner] + (1 − burned) · quality · e^noise / Σ        quality = e^(spread · normal)

so that shares of emission stay what they are when epochs have run. The spread differs from subnet to subnet:
some have many good miners, in others one takes nearly everything.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bittensor_lab.datasets.assembly import Tables, assemble
from bittensor_lab.datasets.files import entries, entry, verified_texts
from bittensor_lab.datasets.schema import FILES
from bittensor_lab.datasets.tables import Table, read_table, table_of
from bittensor_lab.epoch import EpochInputs
from bittensor_lab.errors import InputError
from bittensor_lab.mechanisms import epoch_inputs
from bittensor_lab.stake_weight import stake_weights
from bittensor_lab.state import State
from bittensor_lab.units import ONE, U16_MAX

MAINNET = "mainnet_2026"
CUTOFF = 150_000
"""thousandths of a tempo, more than a week: opinions drawn once stand for a while"""
KNOWN, NOISE = 0.3, 0.1
"""part of the miners that a subnet's validators give weights to, and how far their opinions differ"""
STAKED, OF_VALIDATORS, OF_OWNER = 0.9, 0.8, 0.05
"""part of the alpha outside that somebody has staked; of that, what validators and the owner hold"""
CONCENTRATION = 1.1
"""stakes of validators fall like 1/rank to this power"""


def network_names() -> tuple[str, ...]:
    """Return the names of the networks, in the order of the manifest."""
    return tuple(each["name"] for each in entries("networks"))


def network(name: str = MAINNET) -> State:
    """Return the network of that name, with people drawn from seed 0.

    Raises
    ------
    InputError
        if there is none, or its files are missing or damaged.
    """
    return _peopled(_tables(entry("networks", name, "network")), 0, 256, 12)


def mainnet_network(seed: int = 0, uids: int = 256, validators: int = 12) -> State:
    """Return 128 subnets like main net's of 2026, each with ``uids`` neurons drawn from ``seed``.

    Parameters
    ----------
    uids
        of each subnet, the owner and the validators among them; 2 to 256.
    validators
        how many, the same on all subnets; 1 to uids − 1, at most 64.

    Raises
    ------
    InputError
        if a number is impossible, or the files are missing or damaged.
    """
    for name, value, low, high in (
        ("uids", uids, 2, 256),
        ("validators", validators, 1, min(64, uids - 1)),
        ("seed", seed, 0, 2**63 - 1),
    ):
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise InputError(f"{name} must be a whole number from {low} to {high}, not {value!r}")
    return _peopled(_tables(entry("networks", MAINNET, "network")), seed, uids, validators)


def metagraph_names() -> tuple[str, ...]:
    """Return the names of the metagraphs, in the order of the manifest."""
    return tuple(each["name"] for each in entries("metagraphs"))


def metagraph(name: str) -> State:
    """Return a network of one subnet, netuid 1, of that kind.

    Raises
    ------
    InputError
        if there is none, or its files are missing or damaged.
    """
    return assemble(_tables(entry("metagraphs", name, "metagraph")))


def metagraph_inputs(name: str) -> EpochInputs:
    """Return what an epoch of a metagraph reads, with one tempo's alpha to share out."""
    state = metagraph(name)
    subnet = state.subnet(1)
    emission = int(state.pools.pending_server[1] + state.pools.pending_validator[1])
    return epoch_inputs(state, subnet, subnet.mechanisms[0], emission, stake_weights(state, 1))


def _tables(found: Any) -> dict[str, Table]:
    texts = verified_texts(found)
    return {file: read_table(file, text.encode(), FILES[file]) for file, text in texts.items()}


# --- people ----------------------------------------------------------------------------------------


def _peopled(tables: Tables, seed: int, uids: int, validators: int) -> State:
    """The network with its people drawn: neurons, weights and root's stake."""
    subnets = tables["subnets.csv"]
    neurons, weights = list[dict[str, Any]](), list[dict[str, Any]]()
    for netuid, outside, burned in subnets.rows("netuid", "alpha_out", "miner_burned"):
        rng = np.random.default_rng([seed, netuid])
        keys = _keys(netuid, uids, validators)
        quality = np.exp(rng.uniform(0.4, 2.5) * rng.normal(0.0, 1.0, uids - 1 - validators))
        stakes = _stakes(int(outside * STAKED), validators, quality, rng)
        neurons += [
            {"netuid": netuid, "uid": uid, "hotkey": key, "coldkey": f"{key}-cold", "stake": rao}
            for uid, (key, rao) in enumerate(zip(keys, stakes.tolist(), strict=True))
        ]
        weights += _weights(netuid, burned / ONE, validators, quality, rng)
    made = {
        "neurons.csv": neurons,
        "weights.csv": weights,
        "stakes.csv": _root(tables["network.csv"].columns["root_stake"][0], validators),
    }
    rules: dict[str, Sequence[Any]] = {
        "commit_reveal": [False] * len(subnets),
        "activity_cutoff_factor_milli": [CUTOFF] * len(subnets),
    }
    ruled = Table(subnets.file, {**subnets.columns, **rules}, subnets.lines)
    people = {file: table_of(file, FILES[file], rows) for file, rows in made.items()}
    head = tables["network.csv"]
    seeded = Table(head.file, {**head.columns, "seed": [seed]}, head.lines)
    return assemble({**tables, "subnets.csv": ruled, "network.csv": seeded, **people})


def _keys(netuid: int, uids: int, validators: int) -> list[str]:
    miners = (f"miner-{netuid}-{m + 1}" for m in range(uids - 1 - validators))
    return [f"owner-{netuid}", *(f"validator-{v + 1}" for v in range(validators)), *miners]


def _falling(count: int) -> NDArray[np.float64]:
    """Parts of a whole [count] that fall with the rank."""
    parts = np.arange(1, count + 1) ** -CONCENTRATION
    return np.asarray(parts / parts.sum())


def _stakes(
    total: int, validators: int, quality: NDArray[np.float64], rng: np.random.Generator
) -> NDArray[np.int64]:
    """Alpha of each uid [uids]: the owner, validators in an order of the subnet's own, miners by quality."""
    earned = quality / max(quality.sum(), 1e-300) * (1.0 - OF_VALIDATORS - OF_OWNER)
    parts = np.concatenate([[OF_OWNER], OF_VALIDATORS * rng.permutation(_falling(validators)), earned])
    return (parts * total).astype(np.int64)


def _weights(
    netuid: int, burned: float, validators: int, quality: NDArray[np.float64], rng: np.random.Generator
) -> list[dict[str, Any]]:
    """Each validator's weights: on the owner what is burned, on the best miners by quality."""
    known = np.argsort(-quality, kind="stable")[: max(1, round(KNOWN * len(quality)))]
    found = []
    for validator in range(1, validators + 1):
        seen = quality[known] * np.exp(rng.normal(0.0, NOISE, len(known)))
        if not len(known):
            burned = 1.0
        share = np.concatenate([[burned], (1.0 - burned) * seen / max(seen.sum(), 1e-300)])
        values = np.round(share / share.max() * U16_MAX).astype(int)
        uids = np.concatenate([[0], 1 + validators + known])
        for uid, value in zip(uids.tolist(), values.tolist(), strict=True):
            if value:
                found.append(
                    {"netuid": netuid, "validator_uid": validator, "miner_uid": uid, "weight": value}
                )
    return found


def _root(total: int, validators: int) -> list[dict[str, Any]]:
    """Root's stake, all of it the validators'."""
    amounts = (_falling(validators) * total).astype(np.int64)
    amounts[0] += total - amounts.sum()
    names = [f"validator-{v + 1}" for v in range(validators)]
    return [
        {"netuid": 0, "hotkey": name, "coldkey": f"{name}-cold", "stake": int(rao)}
        for name, rao in zip(names, amounts, strict=True)
    ]
