"""How much is emitted, and which subnet gets how much of it.

    E(I) = 1 TAO, halved whenever half of what is left has been issued:
           k = largest k with (S − I) · 2^k ≤ S,   E = floor(10⁹ / 2^k),   S = 21·10¹⁵ rao

The same function of a subnet's own alpha gives its alpha emission. The shares of the subnets follow
one of the rules that the network has had; each kernel below is one of them:

    root network     s ∝ rank / (1 + exp(−ρ (trust − κ)))        root's votes, by stake   (A)
    price            s = m / Σm                                   m: moving price          (B)
    flow             s = z^p / Σz^p,  z: net inflow of TAO above a floor                    (C, D)
    price and burn   u = m/Σm · (1 − burned), normalised          burned: withheld from miners (F)
    ... and root     u · root proportion                                                    (E)
    ... and gate     s ∝ w · w^h / (w^h + θ^h)                    w: the shares of F        (G)

Source: ``spec/economy.md`` 1 and 3; ``coinbase/block_emission.rs``, ``coinbase/subnet_emissions.rs``.
Shares [n] are float64.
"""

from __future__ import annotations

import numpy as np

from bittensor_lab.kernels.fixed import kernel

SUPPLY = 21_000_000_000_000_000
FULL_EMISSION = 1_000_000_000


@kernel
def block_emission(issuance):
    """Rao per block when ``issuance`` rao exist."""
    left, halvings = SUPPLY - issuance, 0
    if left <= 0:
        return 0
    while halvings < 62 and left <= (SUPPLY >> (halvings + 1)):
        halvings += 1
    return FULL_EMISSION >> halvings


@kernel
def normalise(values):
    """Divide [n] by their sum; all 0 if that is not positive."""
    total = values.sum()
    return values / total if total > 0.0 else np.zeros_like(values)


@kernel
def root_network_shares(stake, weights, rho, kappa):
    """Shares by the votes [members, subnets] of root's members, each with its ``stake`` [members].

    A subnet's rank is the stake-weighted mean of its votes, its trust the stake that votes for it at all;
    below a trust of ``kappa`` the rank counts for little, the more sharply the higher ``rho``.
    """
    members, subnets = weights.shape
    held = normalise(stake)
    rank, trust = np.zeros(subnets), np.zeros(subnets)
    for i in range(members):
        total = weights[i].sum()
        for j in range(subnets):
            if weights[i, j] > 0.0:
                rank[j] += held[i] * weights[i, j] / total
                trust[j] += held[i]
    return normalise(rank / (1.0 + np.exp(-rho * (trust - kappa))))


@kernel
def price_and_burn_shares(moving_price, miner_burned, factor):
    """Shares by price, less what is withheld from miners, times ``factor`` [n]; by price if none is left."""
    by_price = normalise(moving_price)
    kept = by_price * (1.0 - np.minimum(1.0, miner_burned)) * factor
    return normalise(kept) if kept.sum() > 0.0 else by_price


@kernel
def gate_shares(shares, bar, exponent):
    """Shares after the Hill gate, which takes from those below ``bar`` and gives to those above."""
    raised = shares**exponent
    gated = np.zeros_like(shares)
    for i in range(len(shares)):
        if raised[i] > 0.0:
            gated[i] = shares[i] * raised[i] / (raised[i] + bar**exponent)
    return normalise(gated)


@kernel
def net_flow(user, protocol):
    """Users' TAO inflow [n] less the protocol's own, the latter scaled down to the former's total."""
    wanted, given = np.maximum(user, 0.0).sum(), np.maximum(protocol, 0.0).sum()
    scale = min(1.0, wanted / given) if given > 0.0 else 0.0
    net = np.empty_like(user)
    for i in range(len(user)):
        net[i] = user[i] - (scale * protocol[i] if protocol[i] > 0.0 else protocol[i])
    return net


@kernel
def flow_shares(net, cutoff, exponent):
    """Shares by net inflow [n] above a floor: ``cutoff``, or the worst outflow if that is higher."""
    floor = 0.0
    for value in net:
        floor = min(floor, value)
    above = np.maximum(net - max(cutoff, floor), 0.0)
    return normalise(above**exponent)


@kernel
def only_enabled(shares, enabled):
    """Give the shares of subnets whose emission is disabled to the others."""
    return shares if enabled.all() else normalise(shares * enabled)
