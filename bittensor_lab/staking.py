"""Staking: TAO becomes stake on a hotkey, and stake becomes TAO again.

    stake    coldkey's TAO → pool → alpha, as shares on a hotkey
    unstake  shares → alpha → pool → TAO to the coldkey
    move     shares on one hotkey, subnet or coldkey → shares on another, through both pools if need be

What can go wrong is checked here in the chain's order and simulated before anything moves; the
extrinsics say only what is asked, and the quotes (``quotes.py``) what it would give.

Source: ``spec/economy.md`` 7; ``staking/add_stake.rs``, ``remove_stake.rs``, ``stake_utils.rs``.
"""

from __future__ import annotations

from collections.abc import Mapping

from bittensor_lab.accounts import free_tao, give_to, holding, pay, spend
from bittensor_lab.errors import (
    AmountTooLow,
    ChainError,
    HotKeyAccountNotExists,
    InsufficientLiquidity,
    NotEnoughBalanceToStake,
    NotEnoughStakeToWithdraw,
    SlippageTooHigh,
    StakeUnavailable,
    SubtokenDisabled,
)
from bittensor_lab.locks import available, with_lock_given
from bittensor_lab.market import MOST_INPUT, Trade, alpha_price, bought, buy, fee_factor, sell, trade
from bittensor_lab.stake import stake_of, with_stake, with_stakes
from bittensor_lab.state import AUTHOR, ROOT_NETUID, State
from bittensor_lab.units import format_tao


def require_trading(state: State, netuid: int) -> None:
    """Raise SubnetNotExists or SubtokenDisabled unless the subnet's alpha can be traded."""
    if netuid != ROOT_NETUID:
        state.subnet(netuid)
        if not state.pools.subtoken_enabled[netuid]:
            raise SubtokenDisabled(f"netuid {netuid}")


def require_hotkey(state: State, hotkey: str) -> None:
    """Raise HotKeyAccountNotExists unless somebody owns the hotkey."""
    if hotkey not in state.owner:
        raise HotKeyAccountNotExists(f"hotkey {hotkey}")


def checked_stake(
    state: State, coldkey: str, hotkey: str, netuid: int, tao: int, limit: int | None = None
) -> Trade:
    """Return what staking ``tao`` rao would give, if nothing speaks against it (7.1)."""
    dynamic = netuid != ROOT_NETUID and netuid < len(state.subnets) and state.subnets[netuid] is not None
    if dynamic and tao > MOST_INPUT * int(state.pools.tao_in[netuid]):
        raise InsufficientLiquidity(
            f"{format_tao(tao)}; the pool of netuid {netuid} holds "
            f"{format_tao(int(state.pools.tao_in[netuid]))}"
        )
    require_trading(state, netuid)
    least = state.network.min_stake
    with_fee = least + (_fee(state, netuid, least) if netuid != ROOT_NETUID else 0)
    if tao < with_fee:
        raise AmountTooLow(f"{format_tao(tao, digits=9)}, at least {format_tao(with_fee, digits=9)}")
    if free_tao(state, coldkey) < tao:
        raise NotEnoughBalanceToStake(f"{holding(state, coldkey)}, asked {format_tao(tao, digits=9)}")
    require_hotkey(state, hotkey)
    expected = trade(state, netuid, True, tao, limit)
    if expected.paid < least:
        raise AmountTooLow(
            f"{format_tao(expected.paid, digits=9)} would be staked, at least {format_tao(least, digits=9)}"
        )
    if not expected.out:
        raise InsufficientLiquidity(f"{format_tao(tao, digits=9)} would buy no alpha on netuid {netuid}")
    return expected


def _fee(state: State, netuid: int, amount: int) -> int:
    if state.network.pool_rule:
        return state.network.flat_fee
    return amount * int(fee_factor(state.hyperparameters(netuid).fee_rate)) >> 64


def stake(
    state: State, coldkey: str, hotkey: str, netuid: int, tao: int, limit: int | None = None
) -> tuple[State, Trade]:
    """Stake ``tao`` rao of a coldkey's, less what it must keep to exist. Raises as ``checked_stake``."""
    checked_stake(state, coldkey, hotkey, netuid, tao, limit)
    state, paid = spend(state, coldkey, tao)
    state, done = buy(state, netuid, paid, limit)
    return with_stake(state, netuid, hotkey, coldkey, done.out), done


def stake_each(state: State, coldkey: str, hotkey: str, amounts: Mapping[int, int]) -> State:
    """Return the state after staking on several subnets at once: ``amounts`` of TAO, rao, by netuid.

    As one ``stake`` after the other, to the last rao, but columns and ledgers are copied once: no trade
    touches the pool of another subnet. Raises as ``checked_stake``; then nothing is staked.
    """
    whole = sum(amounts.values()) + state.network.existential_deposit
    if not amounts or ROOT_NETUID in amounts or free_tao(state, coldkey) < whole:
        for netuid, tao in amounts.items():  # there are claims to settle, or not all can be paid
            state, _ = stake(state, coldkey, hotkey, netuid, tao)
        return state
    trades = {n: (tao, checked_stake(state, coldkey, hotkey, n, tao)) for n, tao in amounts.items()}
    state, _ = spend(bought(state, trades), coldkey, sum(amounts.values()))
    fees = sum(done.fee for _, done in trades.values())
    staked = {netuid: done.out for netuid, (_, done) in trades.items()}
    return with_stakes(give_to(state, AUTHOR, fees) if fees else state, hotkey, coldkey, staked)


def within_limit(most: int, amount: int, allow_partial: bool, what: str) -> int:
    """Return the amount that a limit allows; raises SlippageTooHigh unless a part is enough."""
    if amount > most and not allow_partial:
        raise SlippageTooHigh(f"{what}; at most {format_tao(most, digits=9)} stays within the limit")
    return min(amount, most)


def owned(state: State, coldkey: str, hotkey: str, netuid: int) -> int:
    """Return a coldkey's stake on a hotkey, rao.

    Raises
    ------
    SubnetNotExists, SubtokenDisabled, HotKeyAccountNotExists, NotEnoughStakeToWithdraw
        if it has none, or cannot get at it.
    """
    require_trading(state, netuid)
    require_hotkey(state, hotkey)
    held = stake_of(state, netuid, hotkey, coldkey)
    if not held:
        raise NotEnoughStakeToWithdraw(f"{coldkey} has no stake on {hotkey} on netuid {netuid}")
    return held


def checked_unstake(
    state: State, coldkey: str, hotkey: str, netuid: int, alpha: int, limit: int | None = None
) -> Trade:
    """Return what unstaking ``alpha`` rao would give, if nothing speaks against it (7.3)."""
    held = owned(state, coldkey, hotkey, netuid)
    alpha = min(alpha, held)
    expected = trade(state, netuid, False, alpha, limit)
    least = state.network.min_stake
    if alpha < held and expected.out < least:
        raise AmountTooLow(
            f"{format_tao(expected.out, digits=9)} would come out, at least {format_tao(least, digits=9)}"
        )
    require_unlocked(state, coldkey, netuid, alpha)
    return expected


def require_unlocked(state: State, coldkey: str, netuid: int, alpha: int) -> None:
    """Raise StakeUnavailable if more than what a coldkey has not locked would leave a subnet."""
    if netuid != ROOT_NETUID and alpha > (most := available(state, netuid, coldkey)):
        raise StakeUnavailable(f"{coldkey} may take {format_tao(most, 'α', 9)} from netuid {netuid}")


def unstake(
    state: State, coldkey: str, hotkey: str, netuid: int, alpha: int, limit: int | None = None
) -> tuple[State, Trade]:
    """Unstake ``alpha`` rao, at most what there is, and pay the coldkey. Raises as ``checked_unstake``."""
    checked_unstake(state, coldkey, hotkey, netuid, alpha, limit)
    state, done = _to_tao(state, coldkey, hotkey, netuid, alpha, limit)
    state = pay(state, coldkey, done.out)
    return clear_small_nomination(state, coldkey, hotkey, netuid), done


def unstake_whole(state: State, coldkey: str, hotkey: str, netuid: int) -> tuple[State, Trade]:
    """Unstake all of a position; the TAO is the caller's to stake. Raises as ``checked_unstake``."""
    held = stake_of(state, netuid, hotkey, coldkey)
    checked_unstake(state, coldkey, hotkey, netuid, held)
    return _to_tao(state, coldkey, hotkey, netuid, held, None)


def stake_on_root(state: State, coldkey: str, hotkey: str, tao: int) -> State:
    """Stake ``tao`` rao, which the caller took from somewhere, on root."""
    state, _ = buy(state, ROOT_NETUID, tao)
    return with_stake(state, ROOT_NETUID, hotkey, coldkey, tao)


def _to_tao(
    state: State,
    coldkey: str,
    hotkey: str,
    netuid: int,
    alpha: int,
    limit: int | None,
    *,
    with_fee: bool = True,
) -> tuple[State, Trade]:
    """Sell a part of a position; alpha that the limit leaves unsold stays staked."""
    alpha = min(alpha, stake_of(state, netuid, hotkey, coldkey))
    state, done = sell(state, netuid, alpha, limit, with_fee=with_fee)
    return with_stake(state, netuid, hotkey, coldkey, -(done.paid + done.fee)), done


def clear_small_nomination(state: State, coldkey: str, hotkey: str, netuid: int) -> State:
    """Pay out what is left of a nominator's position if it is too small to keep (7.6)."""
    held = stake_of(state, netuid, hotkey, coldkey)
    least = state.network.min_stake * state.network.nominator_min_factor // 1_000_000
    price = alpha_price(state, netuid)
    if not held or state.owner.get(hotkey) == coldkey or not price or held >= int(least / price):
        return state
    try:
        paid, done = _to_tao(state, coldkey, hotkey, netuid, held, None)
        return pay(paid, coldkey, done.out)
    except ChainError:  # what cannot be sold is destroyed: outstanding still, but nobody's
        gone = with_stake(state, netuid, hotkey, coldkey, -held)
        return gone if netuid != ROOT_NETUID else state


def move(
    state: State,
    origin: tuple[str, str, int],
    target: tuple[str, str, int],
    alpha: int,
    limit: int | None = None,
) -> tuple[State, int, int]:
    """Move stake between (coldkey, hotkey, netuid); returns alpha that left and that arrived, rao (7.5).

    On one subnet shares move one to one, and what is locked of them stays so with another coldkey. Between
    two, alpha is sold and bought, and one fee is paid: on the origin, or on the target if the origin is root.
    """
    coldkey, hotkey, netuid = origin
    to_coldkey, to_hotkey, to_netuid = target
    if netuid == to_netuid:
        state = with_lock_given(state, netuid, coldkey, to_coldkey, alpha)
        state = with_stake(state, netuid, hotkey, coldkey, -alpha)
        state = with_stake(state, netuid, to_hotkey, to_coldkey, alpha)
        return clear_small_nomination(state, coldkey, hotkey, netuid), alpha, alpha
    from_root = netuid == ROOT_NETUID
    state, sold = _to_tao(state, coldkey, hotkey, netuid, alpha, limit, with_fee=not from_root)
    left = sold.paid + sold.fee
    if sold.out < state.network.min_stake:  # too little to stake: it stays as free TAO
        state, got = pay(state, to_coldkey, sold.out), 0
    else:
        state, bought = buy(state, to_netuid, sold.out, with_fee=from_root)
        state, got = with_stake(state, to_netuid, to_hotkey, to_coldkey, bought.out), bought.out
    return clear_small_nomination(state, coldkey, hotkey, netuid), left, got
