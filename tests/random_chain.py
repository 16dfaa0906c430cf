"""Random things to ask of a chain: most of them possible, some not; and a digest to compare states by."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from hashlib import blake2b
from typing import Any

import numpy as np
from immutables import Map

from bittensor_lab import extrinsics as x
from bittensor_lab.block import Extrinsic
from bittensor_lab.market import alpha_price
from bittensor_lab.params import Hyperparameters, NetworkParameters, meanings
from bittensor_lab.presets import demo_network, mainnet
from bittensor_lab.stake import stake_of
from bittensor_lab.state import RESERVED, ROOT, State, Subnet
from bittensor_lab.units import U16_MAX, U64_MAX
from bittensor_lab.weights import Submission, commit_hash, key_hash

SALT = (7, 7)
DELAYS = ("announcement", "reannouncement")


def digest(value: Any) -> str:
    """A hash of everything that a state, or a part of one, holds."""
    hashed = blake2b(digest_size=16)
    _feed(hashed, value)
    return hashed.hexdigest()


def _feed(hashed: Any, value: Any) -> None:
    if isinstance(value, np.ndarray):
        hashed.update(f"{value.dtype}{value.shape}".encode() + value.tobytes())
    elif isinstance(value, Map):
        for key in sorted(value):
            hashed.update(repr(key).encode())
            _feed(hashed, value[key])
    elif is_dataclass(value):
        for item in fields(value):
            hashed.update(item.name.encode())
            _feed(hashed, getattr(value, item.name))
    elif isinstance(value, tuple):
        hashed.update(f"({len(value)}".encode())
        for item in value:
            _feed(hashed, item)
    else:
        hashed.update(repr(value).encode())


def random_network(rng: np.random.Generator) -> State:
    """A small network in which much can happen: short times, few places, every switch somewhere on."""
    state = demo_network(
        int(rng.integers(1, 4)),
        int(rng.integers(1, 4)),
        int(rng.integers(0, 6)),
        seed=int(rng.integers(100)),
        rulebook=mainnet() if rng.random() < 0.2 else None,
        commit_reveal=bool(rng.random() < 0.4),
    )
    for netuid in state.netuids:
        n = state.subnet(netuid).n
        state = state.with_hyperparameters(
            netuid,
            tempo=int(rng.choice([0, 1, 3, 10, 60])),
            max_allowed_uids=n + int(rng.integers(0, 3)),
            min_allowed_uids=int(rng.integers(1, n + 1)),
            immunity_period=int(rng.choice([0, 5, 5000])),
            min_non_immune_uids=int(rng.integers(0, 4)),
            weights_set_rate_limit=int(rng.choice([0, 3, 100])),
            min_allowed_weights=int(rng.integers(0, 3)),
            liquid_alpha=bool(rng.random() < 0.5),
            bonds_reset=bool(rng.random() < 0.5),
        )
    shortened = {name: int(rng.choice([0, 2, 10])) for name in _limits()}
    shortened |= {f"coldkey_swap_{name}_delay": int(rng.choice([0, 2, 10])) for name in DELAYS}
    shortened["gate_update_interval"] = int(rng.choice([1, 7, 60]))
    threshold = int(rng.choice([0, 0, 10**12]))
    network = replace(state.network, stake_threshold=threshold, **shortened, **random_economy(rng, state))
    return random_pools(rng, replace(state, network=network))


def random_economy(rng: np.random.Generator, state: State) -> dict[str, int]:
    """Rules of the economy, every choice somewhere."""
    return {
        "emission_rule": int(rng.choice([5, 5, 5, *range(7)])),
        "injection_rule": int(rng.choice([4, 4, *range(5)])),
        "pool_rule": int(rng.random() < 0.15),
        "subnet_limit": len(state.netuids) + int(rng.integers(0, 3)),
        "network_immunity_period": int(rng.choice([0, 50, 5000])),
        "root_claims_per_block": int(rng.choice([0, 1, 5, 50])),
        "takeover_age": int(rng.choice([0, 10**6])),
        "unlock_rate": int(rng.choice([20, 1000])),
        "maturity_rate": int(rng.choice([20, 1000])),
        "nominator_min_factor": int(rng.choice([0, 10**7])),
        "ck_burn": int(rng.choice([0, 2**62])),
    }


def random_pools(rng: np.random.Generator, state: State) -> State:
    """Some subnets not started, some without emission, some with next to nothing in their pool."""
    pools, gone = state.pools, 0
    for netuid in state.netuids:
        small = int(rng.choice([1, 1, 1, 10**3, 10**6]))
        tao = int(pools.tao_in[netuid]) // small
        gone += int(pools.tao_in[netuid]) - tao
        started, enabled = rng.random() < 0.85, rng.random() < 0.85
        pools = pools.at(
            netuid,
            tao_in=tao,
            account=tao,
            alpha_in=int(pools.alpha_in[netuid]) // int(rng.choice([small, 1])),
            first_emission_block=int(started),
            subtoken_enabled=started,
            emission_enabled=enabled,
            moving_price=int(pools.moving_price[netuid]) // int(rng.choice([1, 1, 100])),
            initialised=bool(rng.random() < 0.8),
        )
    root_share = np.where(pools.tao_in > 0, rng.random(len(pools.tao_in)), 0.0)
    pools = replace(pools, root_share=root_share)
    return replace(state, pools=pools, total_issuance=state.total_issuance - gone)


def _limits() -> list[str]:
    return [
        name for name in meanings(NetworkParameters) if name.endswith(("rate_limit", "cooldown", "interval"))
    ]


def random_extrinsic(rng: np.random.Generator, state: State) -> Extrinsic:
    """One extrinsic of any kind; about half of those that are drawn succeed."""
    makers = (
        *(_weights,) * 5,
        _registers,
        _registers,
        _moves,
        _children,
        _keys,
        _settings,
        _owners,
        _stakes,
        _stakes,
        _stakes,
        _stake_moves,
        _claims,
        _locks,
        _networks,
    )
    return makers[int(rng.integers(len(makers)))](rng, state)


def _pick(rng: np.random.Generator, items: Any) -> Any:
    return items[int(rng.integers(len(items)))]


def _subnet(rng: np.random.Generator, state: State) -> Subnet:
    return state.subnet(_pick(rng, state.netuids))


def _hotkey(rng: np.random.Generator, subnet: Subnet) -> str:
    return _pick(rng, subnet.hotkeys) if subnet.n and rng.random() < 0.9 else f"new-{rng.integers(20)}"


def _signed(rng: np.random.Generator, state: State, hotkey: str) -> str:
    """The hotkey's coldkey, mostly."""
    return state.owner.get(hotkey, "alice") if rng.random() < 0.9 else _pick(rng, ("alice", "bob", "nobody"))


def _origin(rng: np.random.Generator, subnet: Subnet) -> str:
    return _pick(rng, (subnet.owner_coldkey, subnet.owner_coldkey, ROOT, "alice"))


def _registers(rng: np.random.Generator, state: State) -> Extrinsic:
    netuid = int(rng.integers(0, len(state.subnets) + 1)) if rng.random() < 0.1 else _pick(rng, state.netuids)
    hotkey, coldkey = f"new-{rng.integers(20)}", _pick(rng, ("alice", "bob", "carol", "nobody"))
    coldkey = state.owner.get(hotkey, coldkey) if rng.random() < 0.8 else coldkey
    if rng.random() < 0.3:
        return x.RegisterLimit(coldkey, hotkey, netuid, int(rng.choice([0, 10**7, 10**12])))
    return x.BurnedRegister(coldkey, hotkey, netuid)


def _weights(rng: np.random.Generator, state: State) -> Extrinsic:
    subnet = _subnet(rng, state)
    validators = [
        h for h, permit in zip(subnet.hotkeys, subnet.validator_permit.tolist(), strict=True) if permit
    ]
    hotkey = _pick(rng, validators) if validators and rng.random() < 0.8 else _hotkey(rng, subnet)
    size = int(rng.integers(0, subnet.n + 1)) if subnet.n else 0
    uids = tuple(rng.permutation(subnet.n)[:size].tolist())
    if rng.random() < 0.08 and uids:
        uids = _pick(rng, ((*uids[:-1], subnet.n), (*uids, uids[0]), uids * 2))
    values = tuple(rng.integers(0, U16_MAX + 1, len(uids) - (rng.random() < 0.03 and len(uids) > 0)).tolist())
    number = int(rng.integers(0, 3)) if rng.random() < 0.3 else 0
    key = int(_pick(rng, (0, 0, 5)))
    given = Submission(hotkey, subnet.netuid, number, uids, values, key)
    kind = _pick(rng, ("set", "set", "mechanism", "commit", "reveal", "timelocked"))
    if (
        state.hyperparameters(subnet.netuid).commit_reveal
        and kind in ("set", "mechanism")
        and rng.random() < 0.8
    ):
        kind = "timelocked"
    return _submission(rng, state, given, kind)


def _submission(rng: np.random.Generator, state: State, given: Submission, kind: str) -> Extrinsic:
    hotkey, netuid, uids, values, key = (
        given.hotkey,
        given.netuid,
        given.uids,
        given.values,
        given.version_key,
    )
    match kind:
        case "set":
            return x.SetWeights(hotkey, netuid, uids, values, key)
        case "mechanism":
            return x.SetMechanismWeights(hotkey, netuid, uids, values, key, given.mechanism)
        case "timelocked":
            version = int(_pick(rng, (4, 4, 4, 4, 3)))
            return x.CommitTimelockedWeights(hotkey, netuid, uids, values, key, given.mechanism, version)
        case "commit":
            plain = Submission(hotkey, netuid, 0, _uids(state, netuid), _values(state, netuid), 9)
            return x.CommitWeights(hotkey, netuid, commit_hash(plain, SALT))
    waiting = sorted(state.subnet(netuid).mechanisms[0].commits)
    hotkey = _pick(rng, waiting) if waiting and rng.random() < 0.8 else hotkey
    salt = _pick(rng, (SALT, SALT, SALT, (1,)))
    return x.RevealWeights(hotkey, netuid, _uids(state, netuid), _values(state, netuid), salt, 9)


def _uids(state: State, netuid: int) -> tuple[int, ...]:
    """What every hash commit of this walk is about, so that a later reveal finds it."""
    return tuple(range(min(2, state.subnet(netuid).n)))


def _values(state: State, netuid: int) -> tuple[int, ...]:
    return tuple(5 + uid for uid in _uids(state, netuid))


def _moves(rng: np.random.Generator, state: State) -> Extrinsic:
    keys = sorted({*state.free} - {*RESERVED}) or ["alice"]
    coldkey, other = _pick(rng, keys), _pick(rng, [*keys, f"fresh-{rng.integers(9)}"])
    held = state.free.get(coldkey, 0)
    amount = int(_pick(rng, (0, 1, 499, 500, held // 3, max(0, held - 100), held, held + 1)))
    return x.Transfer(coldkey, other, amount)


def _children(rng: np.random.Generator, state: State) -> Extrinsic:
    subnet = _subnet(rng, state)
    hotkey = _hotkey(rng, subnet)
    if rng.random() < 0.3:
        take = int(rng.choice([0, 100, 11_796, 11_797]))
        return x.SetChildkeyTake(_signed(rng, state, hotkey), hotkey, subnet.netuid, take)
    count = int(rng.integers(0, 4)) if rng.random() < 0.9 else 7
    parts = [int(p) for p in rng.integers(0, 2**62, count)]
    if rng.random() < 0.1 and count:
        parts[0] = U64_MAX
    children = [(p, _hotkey(rng, subnet)) for p in parts]
    netuid = subnet.netuid if rng.random() < 0.95 else 0
    return x.SetChildren(_signed(rng, state, hotkey), hotkey, netuid, children)


def _keys(rng: np.random.Generator, state: State) -> Extrinsic:
    subnet = _subnet(rng, state)
    hotkey = _hotkey(rng, subnet)
    coldkey = _signed(rng, state, hotkey)
    match int(rng.integers(7)):
        case 0:
            return x.IncreaseTake(coldkey, hotkey, int(rng.choice([5, 9_000, 11_796, 11_797])))
        case 1:
            return x.DecreaseTake(coldkey, hotkey, int(rng.choice([0, 5, 9_000, 11_796])))
        case 2:
            return x.SetCommitment(hotkey, subnet.netuid, "model-7")
        case 3 | 4:
            return _coldkey_swap(rng, state, coldkey)
    new = hotkey if rng.random() < 0.1 else f"swapped-{rng.integers(30)}"
    return x.SwapHotkey(coldkey, hotkey, new, _pick(rng, (None, subnet.netuid)))


def _coldkey_swap(rng: np.random.Generator, state: State, coldkey: str) -> Extrinsic:
    """An announcement, or the swap of one that waits."""
    waiting = sorted(state.announced_swaps)
    names = [f"cold-{number}" for number in range(40)]
    if not waiting or rng.random() < 0.4:
        return x.AnnounceColdkeySwap(coldkey, key_hash(_pick(rng, names)))
    old = _pick(rng, waiting)
    known = {key_hash(name): name for name in names}[state.announced_swaps[old].new_coldkey_hash]
    return x.SwapColdkeyAnnounced(old, known if rng.random() < 0.9 else _pick(rng, names))


def _settings(rng: np.random.Generator, state: State) -> Extrinsic:
    subnet = _subnet(rng, state)
    if rng.random() < 0.15:
        name = _pick(rng, ("stake_threshold", "tao_weight", "max_epochs_per_block", "admin_freeze_window"))
        value = int(
            _pick(rng, {"stake_threshold": (0, 10**12), "max_epochs_per_block": (1, 2)}.get(name, (0, 5)))
        )
        return x.SetNetworkParameter(_pick(rng, (ROOT, ROOT, "alice")), name, value)
    name = _pick(rng, [*meanings(Hyperparameters), "alpha_values", "max_allowed_uids", "tempo"])
    if name in ("alpha_values", "alpha_low", "alpha_high"):
        pair = _pick(rng, ((1638, 60_000), (2000, 1999), (0, 60_000), (1638, 1637)))
        return x.SetHyperparameter(_origin(rng, subnet), subnet.netuid, "alpha_values", pair)
    meant = meanings(Hyperparameters)[name]
    low, high = meant.low, min(meant.high, 2**62)
    near = (meant.setter_low or low, meant.setter_high or high, low, high)
    small = {"tempo": (0, 1, 5, 60), "max_allowed_uids": (subnet.n, subnet.n + 2, 256, 257, 1)}
    small |= {
        "immunity_period": (0, 5, 300),
        "weights_set_rate_limit": (0, 3),
        "reveal_period_epochs": (0, 1, 2, 101),
    }
    small |= {
        "weights_version_key": (0, 5),
        "min_allowed_weights": (0, 2),
        "burn_increase_mult": (2**64, 2**66, 0),
    }
    value = int(_pick(rng, small.get(name, near)))
    return x.SetHyperparameter(_origin(rng, subnet), subnet.netuid, name, value)


def _owners(rng: np.random.Generator, state: State) -> Extrinsic:
    subnet = _subnet(rng, state)
    origin, netuid = _origin(rng, subnet), subnet.netuid
    match int(rng.integers(5)):
        case 0:
            return x.SetTempo(origin, netuid, int(rng.choice([5, 10, 60, 360, 60_000])))
        case 1:
            return x.TriggerEpoch(origin, netuid)
        case 2:
            return x.SetMechanismCount(origin, netuid, int(rng.integers(0, 4)))
        case 3:
            split = _pick(rng, (None, (U16_MAX,), (30_000, 35_535), (1, 2), ()))
            return x.SetMechanismEmissionSplit(origin, netuid, split)
    return x.TrimToMaxAllowedUids(origin, netuid, max(0, subnet.n - int(rng.integers(-1, 3))))


def _someone(rng: np.random.Generator, state: State) -> str:
    return _pick(rng, ("alice", "bob", "carol", *sorted(state.staking_hotkeys)))


def _staked(rng: np.random.Generator, state: State) -> tuple[str, str, int]:
    """A position that exists, mostly: coldkey, hotkey, netuid."""
    coldkey = _someone(rng, state)
    netuid = _netuid(rng, state)
    hotkeys = [h for h in state.staking_hotkeys.get(coldkey, ()) if stake_of(state, netuid, h, coldkey)]
    return coldkey, _pick(rng, hotkeys) if hotkeys else _hotkey(rng, _subnet(rng, state)), netuid


def _netuid(rng: np.random.Generator, state: State) -> int:
    return _pick(rng, [0, *state.netuids, *state.netuids, *state.netuids])


def _tao(rng: np.random.Generator, held: int) -> int:
    choices = (1, 1_999_999, 2_100_000, 10**9, held // 1000, held // 10, held // 2, held, held + 1, U64_MAX)
    return int(_pick(rng, choices))


def _price(rng: np.random.Generator, state: State, netuid: int) -> int:
    """A price limit around the present price, in rao per alpha."""
    times = _pick(rng, (0.0, 0.5, 0.99, 1.0, 1.01, 2.0, 1e6))
    return min(U64_MAX, int(alpha_price(state, netuid) * 1e9 * times))


def _stakes(rng: np.random.Generator, state: State) -> Extrinsic:
    if rng.random() < 0.5:
        coldkey, netuid = _someone(rng, state), _netuid(rng, state)
        hotkey = _hotkey(rng, _subnet(rng, state))
        amount = _tao(rng, state.free.get(coldkey, 0))
        match int(rng.integers(5)):
            case 0:
                limit = _price(rng, state, netuid)
                return x.AddStakeLimit(coldkey, hotkey, netuid, amount, limit, bool(rng.random() < 0.5))
            case 1:
                return x.AddStakeBurn(coldkey, hotkey, netuid, amount, _pick(rng, (None, 10**10)))
        return x.AddStake(coldkey, hotkey, netuid, amount)
    coldkey, hotkey, netuid = _staked(rng, state)
    held = stake_of(state, netuid, hotkey, coldkey)
    amount = _tao(rng, held)
    match int(rng.integers(8)):
        case 0:
            limit = _price(rng, state, netuid)
            return x.RemoveStakeLimit(coldkey, hotkey, netuid, amount, limit, bool(rng.random() < 0.5))
        case 1:
            return x.RemoveStakeFullLimit(coldkey, hotkey, netuid, _pick(rng, (None, 1000, 10**9)))
        case 2:
            return x.UnstakeAll(coldkey, hotkey)
        case 3:
            return x.UnstakeAllAlpha(coldkey, hotkey)
        case 4:
            return x.RecycleAlpha(coldkey, hotkey, netuid, amount)
        case 5:
            return x.BurnAlpha(coldkey, hotkey, netuid, amount)
    return x.RemoveStake(coldkey, hotkey, netuid, amount)


def _stake_moves(rng: np.random.Generator, state: State) -> Extrinsic:
    coldkey, hotkey, netuid = _staked(rng, state)
    other = _netuid(rng, state)
    amount = _tao(rng, stake_of(state, netuid, hotkey, coldkey))
    match int(rng.integers(4)):
        case 0:
            return x.SwapStake(coldkey, hotkey, netuid, other, amount)
        case 1:
            limit = int(_pick(rng, (0, 10**6, 10**9, 10**12)))
            return x.SwapStakeLimit(coldkey, hotkey, netuid, other, amount, limit, bool(rng.random() < 0.5))
        case 2:
            return x.TransferStake(coldkey, _someone(rng, state), hotkey, netuid, other, amount)
    return x.MoveStake(coldkey, hotkey, _hotkey(rng, _subnet(rng, state)), netuid, other, amount)


def _claims(rng: np.random.Generator, state: State) -> Extrinsic:
    coldkey = _someone(rng, state)
    netuids = [_pick(rng, state.netuids) for _ in range(int(rng.integers(1, 6)))]
    match int(rng.integers(3)):
        case 0:
            return x.SetRootClaimType(coldkey, bool(rng.random() < 0.6), _pick(rng, (None, None, netuids)))
        case 1:
            subnet = _subnet(rng, state)
            return x.SetColdkeyAutoStakeHotkey(coldkey, subnet.netuid, _hotkey(rng, subnet))
    return x.ClaimRoot(coldkey, netuids if rng.random() < 0.95 else netuids * 6)


def _locks(rng: np.random.Generator, state: State) -> Extrinsic:
    coldkey, hotkey, netuid = _staked(rng, state)
    netuid = netuid or _pick(rng, state.netuids)
    other = _hotkey(rng, state.subnet(netuid)) if rng.random() < 0.3 else hotkey
    locks = sorted(state.subnet(netuid).locks)
    if locks and rng.random() < 0.8:  # a lock that is there is moved, or made one for ever
        coldkey, other = _pick(rng, locks), _hotkey(rng, state.subnet(netuid))
    elif rng.random() < 0.6:
        return x.LockStake(coldkey, other, netuid, _tao(rng, stake_of(state, netuid, hotkey, coldkey)))
    match int(rng.integers(4)):
        case 0:
            return x.MoveLock(coldkey, other, netuid)
        case 1:
            return x.SetPerpetualLock(coldkey, netuid, bool(rng.random() < 0.5))
    return x.LockStake(coldkey, other, netuid, _tao(rng, stake_of(state, netuid, hotkey, coldkey)))


def _networks(rng: np.random.Generator, state: State) -> Extrinsic:
    subnet = _subnet(rng, state)
    match int(rng.integers(6)):
        case 0 | 1:
            coldkey = _pick(rng, ("alice", "bob", "carol"))
            return x.RegisterNetwork(coldkey, f"founder-{rng.integers(9)}")
        case 2 | 3:
            return x.StartCall(_origin(rng, subnet).replace(ROOT, "bob"), subnet.netuid)
        case 4:
            origin = _pick(rng, (ROOT, ROOT, "alice"))
            return x.SetSubnetEmissionEnabled(origin, subnet.netuid, bool(rng.random() < 0.8))
    origin = ROOT if len(state.netuids) > 1 and rng.random() < 0.3 else "alice"
    return x.DissolveNetwork(origin, subnet.netuid)
