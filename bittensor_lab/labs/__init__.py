"""The labs: ``from bittensor_lab import labs``, then ``labs.weights_and_consensus()`` or
``labs.playground()``.

This is the only part of the package that draws widgets. Importing it costs nothing: a lab loads
ipywidgets and the engine when it is first asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bittensor_lab.labs.controls import BetStrip
    from bittensor_lab.labs.game import Playground
    from bittensor_lab.labs.lab import Lab

__all__ = [
    "attacks_and_defences",
    "bet_on_attacks",
    "bet_on_block_by_block",
    "bet_on_bonds_and_dividends",
    "bet_on_design_a_subnet",
    "bet_on_emission",
    "bet_on_issuance",
    "bet_on_registration_and_pruning",
    "bet_on_stake_weight_and_permits",
    "bet_on_staking_returns",
    "bet_on_subnet_life",
    "bet_on_the_pool",
    "bet_on_the_whole_network",
    "bet_on_weight_copying",
    "bet_on_weights_and_consensus",
    "bet_on_work_and_scoring",
    "block_by_block",
    "bonds_and_dividends",
    "design_a_subnet",
    "emission_to_wallet",
    "issuance_and_halvings",
    "playground",
    "registration_and_pruning",
    "stake_weight_and_permits",
    "staking_returns",
    "subnet_life",
    "the_pool",
    "the_whole_network",
    "warmup",
    "weight_copying",
    "weights_and_consensus",
    "work_and_scoring",
]


def weights_and_consensus(preset: str = "one_outlier") -> Lab:
    """Return the lab of lesson 03: weights and stake in, consensus, trust and pay out."""
    from bittensor_lab.labs import consensus as lab

    return lab.build(preset)


def bet_on_weights_and_consensus() -> BetStrip:
    """Return the bet of lesson 03, to be placed before its lab is opened."""
    from bittensor_lab.labs import consensus as lab

    return lab.bet_strip()


def bonds_and_dividends(preset: str = "new_miner") -> Lab:
    """Return the lab of lesson 04: who moves when and by which rule in, bonds and dividends out."""
    from bittensor_lab.labs import bonds as lab

    return lab.build(preset)


def bet_on_bonds_and_dividends() -> BetStrip:
    """Return the bet of lesson 04, to be placed before its lab is opened."""
    from bittensor_lab.labs import bonds as lab

    return lab.bet_strip()


def weight_copying(preset: str = "lively") -> Lab:
    """Return the lab of lesson 05: how late a copier is, and whether copying pays."""
    from bittensor_lab.labs import copying as lab

    return lab.build(preset)


def bet_on_weight_copying() -> BetStrip:
    """Return the bet of lesson 05, to be placed before its lab is opened."""
    from bittensor_lab.labs import copying as lab

    return lab.bet_strip()


def stake_weight_and_permits(preset: str = "places") -> Lab:
    """Return the lab of lesson 06: who holds what and how it counts; who has a permit, and who earns."""
    from bittensor_lab.labs import permits as lab

    return lab.build(preset)


def bet_on_stake_weight_and_permits() -> BetStrip:
    """Return the bet of lesson 06, to be placed before its lab is opened."""
    from bittensor_lab.labs import permits as lab

    return lab.bet_strip()


def issuance_and_halvings(preset: str = "halved") -> Lab:
    """Return the lab of lesson 01: how much TAO there is, what a block adds, and when that halves."""
    from bittensor_lab.labs import issuance as lab

    return lab.build(preset)


def bet_on_issuance() -> BetStrip:
    """Return the bet of lesson 01, to be placed before its lab is opened."""
    from bittensor_lab.labs import issuance as lab

    return lab.bet_strip()


def work_and_scoring(preset: str = "text") -> Lab:
    """Return the lab of lesson 02: a task, a rule and a strategy; who is ranked first."""
    from bittensor_lab.labs import scoring as lab

    return lab.build(preset)


def bet_on_work_and_scoring() -> BetStrip:
    """Return the bet of lesson 02, to be placed before its lab is opened."""
    from bittensor_lab.labs import scoring as lab

    return lab.bet_strip()


def block_by_block(preset: str = "one") -> Lab:
    """Return the lab of lesson 00: one block after the other, and who did what in it."""
    from bittensor_lab.labs import blocks as lab

    return lab.build(preset)


def bet_on_block_by_block() -> BetStrip:
    """Return the bet of lesson 00, to be placed before its lab is opened."""
    from bittensor_lab.labs import blocks as lab

    return lab.bet_strip()


def registration_and_pruning(preset: str = "steady") -> Lab:
    """Return the lab of lesson 07: newcomers on a full subnet; who goes next, and what a place costs."""
    from bittensor_lab.labs import pruning as lab

    return lab.build(preset)


def bet_on_registration_and_pruning() -> BetStrip:
    """Return the bet of lesson 07, to be placed before its lab is opened."""
    from bittensor_lab.labs import pruning as lab

    return lab.bet_strip()


def the_pool(preset: str = "middling") -> Lab:
    """Return the lab of lesson 08: a trade on a pool; what it does to the price, and what it costs."""
    from bittensor_lab.labs import pool as lab

    return lab.build(preset)


def bet_on_the_pool() -> BetStrip:
    """Return the bet of lesson 08, to be placed before its lab is opened."""
    from bittensor_lab.labs import pool as lab

    return lab.bet_strip()


def emission_to_wallet(preset: str = "gate") -> Lab:
    """Return the lab of lesson 09: a block's TAO under seven rules, and down to a wallet."""
    from bittensor_lab.labs import emission as lab

    return lab.build(preset)


def bet_on_emission() -> BetStrip:
    """Return the bet of lesson 09, to be placed before its lab is opened."""
    from bittensor_lab.labs import emission as lab

    return lab.bet_strip()


def subnet_life(preset: str = "subsidy") -> Lab:
    """Return the lab of lesson 11: founding, clients and newcomers in, a subnet's life and its pot out."""
    from bittensor_lab.labs import life as lab

    return lab.build(preset)


def bet_on_subnet_life() -> BetStrip:
    """Return the bet of lesson 11, to be placed before its lab is opened."""
    from bittensor_lab.labs import life as lab

    return lab.bet_strip()


def staking_returns(preset: str = "usual") -> Lab:
    """Return the lab of lesson 10: a year of staking, worth and exit, and root beside it."""
    from bittensor_lab.labs import returns as lab

    return lab.build(preset)


def bet_on_staking_returns() -> BetStrip:
    """Return the bet of lesson 10, to be placed before its lab is opened."""
    from bittensor_lab.labs import returns as lab

    return lab.bet_strip()


def attacks_and_defences(preset: str = "cabal") -> Lab:
    """Return the lab of lesson 12: an attack, its size and the defence; when it pays."""
    from bittensor_lab.labs import attacks as lab

    return lab.build(preset)


def bet_on_attacks() -> BetStrip:
    """Return the bet of lesson 12, to be placed before its lab is opened."""
    from bittensor_lab.labs import attacks as lab

    return lab.bet_strip()


def the_whole_network(preset: str = "gate") -> Lab:
    """Return the lab of lesson 13: 128 subnets for a year, by rule, root stake and revenue."""
    from bittensor_lab.labs import year as lab

    return lab.build(preset)


def bet_on_the_whole_network() -> BetStrip:
    """Return the bet of lesson 13, to be placed before its lab is opened."""
    from bittensor_lab.labs import year as lab

    return lab.bet_strip()


def design_a_subnet(preset: str = "text") -> Lab:
    """Return the lab of lesson 14: a subnet's design, and a scorecard of who can play it."""
    from bittensor_lab.labs import design as lab

    return lab.build(preset)


def bet_on_design_a_subnet() -> BetStrip:
    """Return the bet of lesson 14, to be placed before its lab is opened."""
    from bittensor_lab.labs import design as lab

    return lab.bet_strip()


def playground(seed: int = 0) -> Playground:
    """Return the playground: a wallet, six subnets, and blocks that pass."""
    from bittensor_lab.labs import game as lab

    return lab.build(seed)


def warmup() -> None:
    """Make ahead what the labs' first picture would wait for: chart library, charts, compiled steps."""
    from bittensor_lab.labs import (
        attacks,
        blocks,
        bonds,
        consensus,
        copying,
        design,
        emission,
        game,
        issuance,
        life,
        permits,
        pool,
        pruning,
        returns,
        scoring,
        year,
    )

    for lab in (
        blocks, issuance, scoring, consensus, bonds, copying, permits, pruning, pool, emission, returns, life,
        attacks, year, design, game,
    ):  # fmt: skip
        lab.warmup()
