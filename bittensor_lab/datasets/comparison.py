"""Figures: a network in some fifty numbers, so that two networks can be compared.

    figures(network("mainnet_2026"))["moving_price_sum"]

The made network is held against main net by these (``matches`` in the manifest), and so can a snapshot of
one's own be. Amounts are TAO and alpha; a "top" is the part of the whole that the largest few have.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bittensor_lab.coinbase import emission_shares, injections, root_is_paid, root_proportion
from bittensor_lab.kernels.emission import block_emission
from bittensor_lab.regimes import with_regime
from bittensor_lab.state import ROOT_NETUID, State
from bittensor_lab.units import ONE, RAO_PER_TAO

TOPS = (1, 5, 10, 20)
QUANTILES = (10, 25, 50, 75, 90)
"""per cent"""


def figures(state: State) -> dict[str, float]:
    """Return the figures of a network by name."""
    p, netuids = state.pools, np.array(state.netuids, np.int64)
    burned = p.miner_burned[netuids] / ONE
    columns = {name: getattr(p, name)[netuids] / RAO_PER_TAO for name in ("tao_in", "alpha_in", "alpha_out")}
    columns["moving_price"] = p.moving_price[netuids] / ONE
    sums = {f"{name}_sum": float(column.sum()) for name, column in columns.items()}
    found = {
        "subnets": float(len(netuids)),
        "root_stake": int(p.tao_in[ROOT_NETUID]) / RAO_PER_TAO,
        "total_issuance": state.total_issuance / RAO_PER_TAO,
        "block_emission": int(block_emission(state.total_issuance)) / RAO_PER_TAO,
        "root_is_paid": float(root_is_paid(state)),
        "root_proportion_median": float(np.median([root_proportion(state, n) for n in netuids.tolist()])),
        "burn_none": float((burned <= 0.0).mean()),
        "burn_all": float((burned > 0.999).mean()),
        "burn_mean": float(burned.mean()),
        "emission_enabled": float(p.emission_enabled[netuids].mean()),
        **sums,
    }
    for name in ("moving_price", "tao_in"):
        found |= _tops(name, columns[name])
    for name, column in columns.items():
        found |= {f"{name}_q{q}": float(np.quantile(column, q / 100)) for q in QUANTILES}
    return found | _shares(state)


def _shares(state: State) -> dict[str, float]:
    """How the block's TAO is shared out under main net's rule since 27 July 2026."""
    gated = with_regime(state, "G")
    terms = np.array(list(injections(gated).values()) or [(0, 0, 0)], np.float64) / RAO_PER_TAO
    shares = emission_shares(gated)
    return {
        **_tops("share", shares),
        "share_above_millionth": float((shares > 1e-6).sum()),
        "injected_tao": float(terms[:, 0].sum()),
        "excess_tao": float(terms[:, 2].sum()),
    }


def _tops(name: str, values: NDArray[np.float64]) -> dict[str, float]:
    """The parts that the largest have of the sum of values [any]."""
    falling = np.sort(values)[::-1]
    whole = max(float(values.sum()), 1e-300)
    return {f"{name}_top{count}": float(falling[:count].sum()) / whole for count in TOPS}
