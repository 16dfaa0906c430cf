"""Vector kind of the pay-out: who has what on a subnet after its pots were distributed.

Each case becomes a real state (keys, stakes on the subnet and on root, childkey relations, takes), and
the engine's own ``distribute`` runs on it.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bittensor_lab.childkeys import with_children
from bittensor_lab.distribution import Earned, Pots, distribute
from bittensor_lab.errors import ChainError
from bittensor_lab.events import EmissionDistributed
from bittensor_lab.neurons import append_neuron
from bittensor_lab.presets import empty_network, mainnet
from bittensor_lab.stake import stake_of, stake_on, with_stake
from bittensor_lab.state import ROOT_NETUID, State
from bittensor_lab.subnets import found
from bittensor_lab.units import U16_MAX, U64_MAX
from bittensor_lab.verify.fields import Field
from bittensor_lab.verify.report import Comparison, Report, Tolerance

NETUID, LOCK = 1, 10**9
LARGEST = (1 << 61) - 1


def replay_distribution(case: Field, report: Report, tolerance: Tolerance) -> None:
    """Replay one case of kind ``distribution``."""
    case = case.named()
    inputs, expected = case["inputs"], case["expected"]
    state = _state(inputs)
    names = ("server", "validator", "root", "owner")
    pots = Pots(*(inputs["pending"][name].integer(0, LARGEST) for name in names))
    after, (event,) = distribute(state, NETUID, pots, _earned(inputs, state))
    assert isinstance(event, EmissionDistributed)
    comparison = Comparison(report, tolerance, case.where)

    def compare(name: str, got: list[int], theirs: list[int]) -> None:
        comparison.amounts(name, np.array(got, np.int64), np.array(theirs, np.int64))

    alpha = _amounts(expected["hotkey_alpha"])
    compare("hotkey_alpha", [stake_on(after, NETUID, hotkey) for hotkey in alpha], list(alpha.values()))
    for hotkey in expected["stake"].names():
        held = _amounts(expected["stake"][hotkey])
        compare("stake", [stake_of(after, NETUID, hotkey, c) for c in held], list(held.values()))
    rates = _amounts(expected["root_claimable_q32"])
    compare("root_claimable", [_rate(after, hotkey) for hotkey in rates], list(rates.values()))
    burned = int(after.pools.miner_burned[NETUID])
    compare("miner_burned", [burned], [expected["miner_burned_q32"].integer(0, LARGEST)])
    compare("recycled", [event.recycled], [expected["recycled"].integer(0, LARGEST)])


def _state(inputs: Field) -> State:
    """A network with one subnet, on which all hotkeys of the case hold a uid."""
    hotkeys = inputs["hotkeys"]
    owner, coldkey = inputs["owner_hotkey"].text(), inputs["owner_coldkey"].text()
    state = empty_network(mainnet())
    network = replace(
        state.network,
        tao_weight=inputs["tao_weight_u64"].integer(0, U64_MAX),
        ck_burn=inputs["ck_burn_u64"].integer(0, U64_MAX),
    )
    owners = {key: hotkeys[key]["owner"].text() for key in hotkeys.names()}
    takes = {key: hotkeys[key]["take"].integer(0, U16_MAX) for key in owners}
    state = replace(state, network=network, owner=state.owner.update(owners), takes=state.takes.update(takes))
    state = found(state, NETUID, coldkey, owner, LOCK)
    choice = inputs["recycle_or_burn"].text()
    if choice not in ("recycle", "burn"):
        raise inputs["recycle_or_burn"].wrong('must be "recycle" or "burn"')
    state = state.with_hyperparameters(NETUID, recycle_or_burn=choice == "recycle")
    return _with_keys(state, inputs, list(owners))


def _with_keys(state: State, inputs: Field, names: list[str]) -> State:
    hotkeys, subnet = inputs["hotkeys"], state.subnet(NETUID)
    for key in names:
        about = hotkeys[key]
        for netuid, ledger in ((NETUID, about["alpha"]), (ROOT_NETUID, about["root"])):
            state = _staked(state, netuid, key, ledger)
        if key not in subnet.uids:
            subnet = append_neuron(subnet, key, state.block)
        pairs = tuple(_pair(each) for each in about["children"].items())
        subnet = with_children(subnet, key, pairs)
        take = about["childkey_take"].integer(0, U16_MAX)
        subnet = replace(subnet, childkey_takes=subnet.childkey_takes.set(key, take))
    auto = {coldkey: inputs["auto_stake"][coldkey].text() for coldkey in inputs["auto_stake"].names()}
    return state.with_subnet(replace(subnet, auto_stake=subnet.auto_stake.update(auto)))


def _staked(state: State, netuid: int, hotkey: str, ledger: Field) -> State:
    for coldkey, amount in _amounts(ledger).items():
        try:
            state = with_stake(state, netuid, hotkey, coldkey, amount)
        except ChainError as error:
            raise ledger.wrong(f"cannot be staked: {error}") from None
    return state


def _pair(field: Field) -> tuple[int, str]:
    """(proportion, child); a recorded part of 2⁶⁴ or −1 is a whole or nothing, rounded in float."""
    parts = list(field.items())
    if len(parts) != 2:
        raise field.wrong("must be [proportion, hotkey]")
    return min(max(parts[0].integer(-1, U64_MAX + 1), 0), U64_MAX), parts[1].text()


def _earned(inputs: Field, state: State) -> list[Earned]:
    earned = []
    for each in inputs["epoch"].items():
        parts = list(each.items())
        if len(parts) != 3 or parts[0].text() not in state.owner:
            raise each.wrong("must be [a hotkey of the case, incentive, dividends]")
        earned.append(Earned(parts[0].text(), *(part.integer(0, LARGEST) for part in parts[1:])))
    return earned


def _amounts(field: Field) -> dict[str, int]:
    return {key: field[key].integer(0, LARGEST) for key in field.names()}


def _rate(state: State, hotkey: str) -> int:
    claims = state.root_claims.get(hotkey)
    return claims.rates.get(NETUID, 0) if claims else 0
