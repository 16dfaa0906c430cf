"""Distribution: who gets the alpha that waited in a subnet's pots for its epoch.

    owner pot       → the owner
    server pot      → miners, by incentive; what the owner's own keys earn is burned or recycled
    validator pot   → validators, by dividends of their alpha stake      ┐ their take first,
    root pot        → validators, by dividends of their root stake       ┘ the rest to who staked on them

Without any incentive the validators get the server pot too. Dividends count only as weights: first
each validator's parents get their part, then each one's dividends are split in proportion to its
alpha and its root stake. What nobody is entitled to stays outstanding and is nobody's. As dividends
are only weights, what a childkey burn takes off them is recycled and yet paid out: so the chain does it.

Source: ``spec/economy.md`` 4.4 and 4.5; ``coinbase/run_coinbase.rs``. Left out: leases, automatic locks.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from bittensor_lab.childkeys import childkey_take
from bittensor_lab.dividends import Lender, share_pots, share_with_parents
from bittensor_lab.events import EmissionDistributed, Event
from bittensor_lab.root_claims import with_root_dividends
from bittensor_lab.stake import stake_on, with_credits
from bittensor_lab.state import ROOT_NETUID, State
from bittensor_lab.units import ONE, U16_MAX

Credit = tuple[str, str | None, int]


class Pots(NamedTuple):
    """Alpha that waits for the epoch, rao."""

    server: int
    validator: int
    root: int
    owner: int

    @property
    def total(self) -> int:
        """What the epoch shares out by its terms: all but the owner's."""
        return self.server + self.validator + self.root


class Earned(NamedTuple):
    """What the epoch gives one hotkey, rao."""

    hotkey: str
    incentive: int
    dividends: int


def distribute(
    state: State, netuid: int, pots: Pots, earned: Sequence[Earned]
) -> tuple[State, tuple[Event, ...]]:
    """Pay out the pots of a subnet after its epoch."""
    subnet = state.subnet(netuid)
    with_incentive = any(each.incentive for each in earned)
    alpha_pot = pots.validator + (0 if with_incentive else pots.server)
    dividends, recycled = _after_parents(state, netuid, earned)
    shares = _shares(state, netuid, dividends, alpha_pot, pots.root)
    paid, withheld = _incentives(state, netuid, earned)
    validators = list(_with_take(state, ((h, alpha) for h, alpha, _ in shares)))
    takes, root_rest = _root_takes(state, shares)
    owner: list[Credit] = [(subnet.owner_hotkey, subnet.owner_coldkey, pots.owner)]
    state = with_credits(state, netuid, [*owner, *paid, *validators, *takes])
    state = with_root_dividends(state, netuid, root_rest)
    state, gone = _mark_burned(state, netuid, earned, withheld, recycled)
    event = EmissionDistributed(
        netuid, pots.owner, _sum(paid), withheld, _sum(validators),
        _sum(takes) + sum(rest for _, rest in root_rest), gone,
    )  # fmt: skip
    return state, (event,)


def _sum(credits: Iterable[Credit]) -> int:
    return sum(amount for _, _, amount in credits)


def _after_parents(state: State, netuid: int, earned: Sequence[Earned]) -> tuple[dict[str, int], int]:
    """Each hotkey's dividends once parents have their part, rao, and what was recycled."""
    kept: dict[str, int] = {}
    recycled = 0
    subnet, network = state.subnet(netuid), state.network
    for hotkey, _, dividends in earned:
        if not dividends:
            continue
        parents = subnet.parents.get(hotkey, ())
        if not parents:  # nothing is lent to it: all stays
            kept[hotkey] = kept.get(hotkey, 0) + dividends
            continue
        alpha, root = _stakes(state, netuid, hotkey)
        owner = state.owner.get(hotkey)
        lenders = [
            Lender(part, *_stakes(state, netuid, parent), state.owner.get(parent) == owner)
            for part, parent in parents
        ]
        children = [part for part, _ in subnet.children.get(hotkey, ())]
        take = childkey_take(state, netuid, hotkey)
        share = share_with_parents(
            dividends, alpha, root, children, lenders, take, network.ck_burn, network.tao_weight_q32
        )
        for (_, parent), amount in zip(parents, share.parents, strict=True):
            kept[parent] = kept.get(parent, 0) + amount
        kept[hotkey] = kept.get(hotkey, 0) + share.own
        recycled += share.recycled
    return kept, recycled


def _stakes(state: State, netuid: int, hotkey: str) -> tuple[int, int]:
    return stake_on(state, netuid, hotkey), stake_on(state, ROOT_NETUID, hotkey)


def _shares(
    state: State, netuid: int, dividends: dict[str, int], alpha_pot: int, root_pot: int
) -> list[tuple[str, int, int]]:
    """What each hotkey gets of the two pots: (hotkey, alpha, root alpha), raw Q32 rao."""
    stakes = [_stakes(state, netuid, hotkey) for hotkey in dividends]
    parts = share_pots(
        list(dividends.values()), [alpha for alpha, _ in stakes], [root for _, root in stakes],
        alpha_pot, root_pot, state.network.tao_weight_q32,
    )  # fmt: skip
    return [(hotkey, *part) for hotkey, part in zip(dividends, parts, strict=True)]


def _incentives(state: State, netuid: int, earned: Sequence[Earned]) -> tuple[list[Credit], int]:
    """Credits for miners, and what is withheld because the owner's own keys earned it, rao."""
    subnet, credits, withheld = state.subnet(netuid), list[Credit](), 0
    for hotkey, incentive, _ in earned:
        owner = state.owner[hotkey]
        if owner == subnet.owner_coldkey or hotkey == subnet.owner_hotkey:
            withheld += incentive
        elif incentive:
            credits.append((subnet.auto_stake.get(owner, hotkey), owner, incentive))
    return credits, withheld


def _take(state: State, hotkey: str, raw: int) -> tuple[int, int]:
    """(take, rest) of a raw Q32 amount, whole rao each; both are cut off."""
    rate = (state.takes.get(hotkey, state.network.max_delegate_take) << 32) // U16_MAX
    taken = raw * rate >> 32
    return taken // ONE, (raw - taken) // ONE


def _with_take(state: State, amounts: Iterable[tuple[str, int]]) -> Iterable[Credit]:
    """Credits of dividends: the take first, then everyone's, on which the take earns already."""
    for hotkey, raw in amounts:
        take, rest = _take(state, hotkey, raw)
        yield hotkey, state.owner[hotkey], take
        yield hotkey, None, rest


def _root_takes(
    state: State, shares: list[tuple[str, int, int]]
) -> tuple[list[Credit], list[tuple[str, int]]]:
    """Credits of the takes of root dividends, and what is left for root's stakers, rao."""
    takes, rests = list[Credit](), list[tuple[str, int]]()
    for hotkey, _, raw in shares:
        take, rest = _take(state, hotkey, raw)
        takes.append((hotkey, state.owner[hotkey], take))
        rests.append((hotkey, rest))
    return takes, rests


def _mark_burned(
    state: State, netuid: int, earned: Sequence[Earned], withheld: int, recycled: int
) -> tuple[State, int]:
    """Note which part of the incentive was withheld, and recycle what is to be; returns that, rao."""
    total = sum(each.incentive for each in earned)
    gone = recycled + (withheld if state.hyperparameters(netuid).recycle_or_burn else 0)
    pools = state.pools.at(
        netuid,
        miner_burned=(withheld << 32) // total if total else 0,
        alpha_out=int(state.pools.alpha_out[netuid]) - gone,
        childkey_burned=int(state.pools.childkey_burned[netuid]) + recycled,
    )
    return state.but(pools=pools), gone
