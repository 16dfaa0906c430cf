"""The ranges of hyperparameters: each by itself, and several together.

Source: ``spec/epoch.md`` 1.2; ``pallets/admin-utils/src/lib.rs``.
"""

from __future__ import annotations

from bittensor_lab.errors import (
    AlphaHighTooLow,
    AlphaLowOutOfRange,
    InvalidChildkeyTake,
    LiquidAlphaDisabled,
    MaxAllowedUidsGreaterThanDefaultMaxAllowedUids,
    MaxAllowedUIdsLessThanCurrentUIds,
    MaxAllowedUidsLessThanMinAllowedUids,
    MaxValidatorsLargerThanMaxUIds,
    MinAllowedUidsGreaterThanCurrentUids,
    MinAllowedUidsGreaterThanMaxAllowedUids,
    TooManyUIDsPerMechanism,
    ValueNotInBounds,
)
from bittensor_lab.params import meaning
from bittensor_lab.state import State
from bittensor_lab.units import RAO_PER_TAO, U16_MAX, format_tao

MAX_UIDS = 256
"""places of a subnet, and places times mechanisms"""
LOWEST_ALPHA = U16_MAX // 40
LEAST_MAX_BURN = RAO_PER_TAO // 10
MOST_MIN_BURN = RAO_PER_TAO


def check_range(name: str, value: int, by_root: bool) -> None:
    """Raise the parameter's own error if the setter does not admit the value."""
    meant = meaning(name)
    if by_root and not meant.binds_root:
        return
    low = meant.low if meant.setter_low is None else meant.setter_low
    high = meant.high if meant.setter_high is None else meant.setter_high
    below, above = meant.refusals
    if not low <= value <= high:
        raise (below if value < low else above)(f"{name} = {value}; it must lie between {low} and {high}")


def check_together(state: State, netuid: int, name: str, values: dict[str, int | bool]) -> None:
    """Raise what speaks against a change, given the subnet's other parameters and its size."""
    value = int(next(iter(values.values())))
    match name:
        case "max_allowed_uids":
            _check_places(state, netuid, value)
        case "min_allowed_uids":
            _check_fewest_places(state, netuid, value)
        case "max_allowed_validators":
            places = state.hyperparameters(netuid).max_allowed_uids
            if value > places:
                raise MaxValidatorsLargerThanMaxUIds(f"{value} permits, {places} places")
        case "min_burn" | "max_burn":
            _check_prices(state, netuid, name, value)
        case "alpha_values":
            _check_alphas(state, netuid, int(values["alpha_low"]), int(values["alpha_high"]))
        case "min_childkey_take":
            low, high = state.network.min_childkey_take, state.network.max_childkey_take
            if not low <= value <= high:
                raise InvalidChildkeyTake(f"{value} of 65535; it must lie between {low} and {high}")


def _check_places(state: State, netuid: int, value: int) -> None:
    subnet, h = state.subnet(netuid), state.hyperparameters(netuid)
    if value < h.min_allowed_uids:
        raise MaxAllowedUidsLessThanMinAllowedUids(f"{value}, at least {h.min_allowed_uids}")
    if value < subnet.n:
        raise MaxAllowedUIdsLessThanCurrentUIds(f"{value} places, {subnet.n} uids")
    if value > MAX_UIDS:
        raise MaxAllowedUidsGreaterThanDefaultMaxAllowedUids(f"{value}")
    if value * len(subnet.mechanisms) > MAX_UIDS:
        raise TooManyUIDsPerMechanism(f"{value} places times {len(subnet.mechanisms)} mechanisms")


def _check_fewest_places(state: State, netuid: int, value: int) -> None:
    places, n = state.hyperparameters(netuid).max_allowed_uids, state.subnet(netuid).n
    if value >= places:
        raise MinAllowedUidsGreaterThanMaxAllowedUids(f"{value}, less than {places}")
    if value >= n:
        raise MinAllowedUidsGreaterThanCurrentUids(f"{value}, less than {n}")


def _check_prices(state: State, netuid: int, name: str, value: int) -> None:
    h = state.hyperparameters(netuid)
    if name == "min_burn" and not value < min(MOST_MIN_BURN, h.max_burn):
        raise ValueNotInBounds(
            f"min_burn = {format_tao(value)}; it must be below {format_tao(min(MOST_MIN_BURN, h.max_burn))}"
        )
    if name == "max_burn" and not value > max(LEAST_MAX_BURN, h.min_burn):
        raise ValueNotInBounds(
            f"max_burn = {format_tao(value)}; it must be above {format_tao(max(LEAST_MAX_BURN, h.min_burn))}"
        )


def _check_alphas(state: State, netuid: int, low: int, high: int) -> None:
    if not state.hyperparameters(netuid).liquid_alpha:
        raise LiquidAlphaDisabled(f"netuid {netuid}")
    if high < LOWEST_ALPHA:
        raise AlphaHighTooLow(f"{high} of 65535, at least {LOWEST_ALPHA}")
    if not LOWEST_ALPHA <= low <= high:
        raise AlphaLowOutOfRange(f"{low} of 65535; it must lie between {LOWEST_ALPHA} and {high}")
