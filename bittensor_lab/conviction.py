"""Conviction: what locking alpha earns its hotkey, and when it is enough to take a subnet over.

Locked alpha has a mass m, which may not leave, and a conviction c, which grows toward the mass with
time and goes with it. After dt blocks, with the unlock time τu and the maturity time τm:

    decaying     m' = m·e^(−dt/τu)      c' = c·e^(−dt/τm) + m·G,
                 G = τu·(e^(−dt/τu) − e^(−dt/τm)) / (τu − τm)
    perpetual    m' = m                 c' = c·e^(−dt/τm) + m·(1 − e^(−dt/τm))
    for the owner's hotkey              c' = m'

If the two times are equal, G = dt/τ · e^(−dt/τ). What has fallen below 100 rao on both sides is gone.

Source: ``spec/economy.md`` 7.10; ``staking/lock.rs``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import exp, expm1

from bittensor_lab.units import ONE

DUST = 100
LOWEST_EXPONENT = -40.0
ENOUGH = 10
"""conviction must come to a tenth of the alpha outstanding"""


@dataclass(frozen=True)
class Lock:
    """Alpha that a coldkey has locked on a subnet, as it was at ``last_block``."""

    hotkey: str
    mass: int
    """rao"""
    conviction: int
    """raw Q32 rao"""
    last_block: int
    perpetual: bool = False


def rolled(lock: Lock, block: int, unlock_rate: int, maturity_rate: int, toward_owner: bool) -> Lock:
    """Return a lock as it is at ``block``; rates are times in blocks, 0 counts as 1."""
    dt, unlock, maturity = max(0, block - lock.last_block), max(1, unlock_rate), max(1, maturity_rate)
    kept = _decay(dt, maturity)
    mass = lock.mass
    if dt and not lock.perpetual:  # a float of more than 53 bits may round up, but no mass may grow
        mass = min(mass, int(mass * _decay(dt, unlock)))
    grown = lock.mass * ((1.0 - kept) if lock.perpetual else _growth(dt, unlock, maturity))
    conviction = int(lock.conviction * kept + grown * ONE) if dt else lock.conviction
    if toward_owner:
        conviction = mass * ONE
    if mass < DUST and conviction < DUST * ONE:
        mass = conviction = 0
    return replace(lock, mass=mass, conviction=conviction, last_block=block)


def _decay(dt: int, tau: int) -> float:
    return exp(max(LOWEST_EXPONENT, -dt / tau))


def _growth(dt: int, unlock: int, maturity: int) -> float:
    """The part of a decaying mass that has become conviction: G, without loss when the times are close."""
    if unlock == maturity:
        return dt / maturity * _decay(dt, maturity)
    power = -dt * (maturity - unlock) / (unlock * maturity)
    if abs(power) < 1.0:
        return unlock * _decay(dt, maturity) * expm1(power) / (unlock - maturity)
    return unlock * (_decay(dt, unlock) - _decay(dt, maturity)) / (unlock - maturity)


def takes_over(age: int, oldest: int, convictions: Mapping[str, int], alpha_out: int) -> str | None:
    """Return the hotkey that gets a subnet, or None.

    Parameters
    ----------
    age, oldest
        of the subnet, and from which age on it can be taken over, blocks.
    convictions
        behind each hotkey, raw Q32 rao; of equal ones the first name wins.
    alpha_out
        alpha outstanding, rao.
    """
    if age < oldest or not convictions or not 0 < alpha_out * ONE <= ENOUGH * sum(convictions.values()):
        return None
    return min(convictions, key=lambda hotkey: (-convictions[hotkey], hotkey))
