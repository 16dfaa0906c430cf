"""The epoch once more, the obvious way: Python integers, rows as dictionaries, the chain's quickselect.

Slow and plain on purpose, and by other algorithms than the kernels': where they halve, compare in
vectors and guess quotients in floating point, this sorts out lists and divides whole numbers.
Source: ``spec/epoch.md`` 5–7 and 10.
"""

from __future__ import annotations

ONE = 2**32


def times(a: int, b: int) -> int:
    return (a * b) >> 32  # Python's shift floors, as the chain's does


def over(a: int, b: int) -> int:
    if b == 0:
        return 0
    quotient = (abs(a) << 32) // abs(b)
    return quotient if (a < 0) == (b < 0) else -quotient


def share(values: list[int]) -> list[int]:
    total = sum(values)
    return [over(v, total) for v in values] if total else list(values)


def median(scores: list[int], stakes: list[int], kappa: int) -> int:
    """The chain's quickselect (7), over voters with stake."""
    voters = [i for i, s in enumerate(stakes) if s > 0]
    stakes = dict(zip(voters, share([stakes[i] for i in voters]), strict=True))
    current, low, high = voters, 0, sum(stakes.values())
    minority = high - kappa
    while current:
        if len(current) == 1:
            return scores[current[0]]
        pivot = scores[current[len(current) // 2]]
        lower = [i for i in current if scores[i] < pivot]
        upper = [i for i in current if scores[i] > pivot]
        below, beyond = sum(stakes[i] for i in lower), sum(stakes[i] for i in upper)
        if minority < low + below and lower:
            current, high = lower, low + below
        elif high - beyond <= minority and upper:
            current, low = upper, high - beyond
        else:
            return pivot
    return 0


def exp(x: int) -> int:
    if x == 0:
        return ONE
    if x == ONE:
        return 11674931555
    y = term = abs(x)
    total = ONE + y
    for i in range(2, 32):
        term = times(term, y) // i
        total += term
    return over(ONE, total) if x < 0 else total


def column_shares(rows: list[dict[int, int]]) -> list[dict[int, int]]:
    total: dict[int, int] = {}
    for row in rows:
        for j, v in row.items():
            total[j] = total.get(j, 0) + v
    return [{j: over(v, total[j]) if total[j] else v for j, v in row.items()} for row in rows]


def mixed(new: list[dict[int, int]], old: list[dict[int, int]], alpha: int) -> list[dict[int, int]]:
    moved = []
    for a, b in zip(new, old, strict=True):
        row = {j: times(a.get(j, 0), alpha) + times(b.get(j, 0), ONE - alpha) for j in sorted({*a, *b})}
        moved.append({j: v for j, v in row.items() if v > 0})
    return moved


def seen(row: dict[int, int]) -> dict[int, int]:
    """The pairs that one forward walk finds: those larger than all before (6.3)."""
    found, highest = {}, -1
    for j, v in row.items():
        if j > highest:
            found[j], highest = v, j
    return found


def liquid(new, old, consensus, low, high, steepness):
    moved = []
    for a, b in zip(new, old, strict=True):
        row, shown, shown_old = {}, seen(a), seen(b)
        for j, weight in a.items():
            w, v = shown.get(j, 0), shown_old.get(j, 0)
            distance = min(max(w - consensus[j] if w >= v else v - w, 0), ONE)
            z = min(max(times(over(steepness << 32, -100 << 32), distance - ONE // 2), -20 * ONE), 20 * ONE)
            alpha = min(max(low + times(over(ONE, ONE + exp(z)), high - low), low), high)
            value = min(ONE, times(alpha, weight) + times(ONE - alpha, b.get(j, 0)))
            if value > 0:
                row[j] = value
        moved.append(row)
    return moved


def epoch(x) -> dict[str, list]:
    """All that ``EpochTerms`` holds, as lists, of ``EpochInputs``."""
    h, n, owner, everyone = x.hyperparameters, x.n, x.owner_uid, range(x.n)
    fraction = {
        k: getattr(h, k) * ONE // 65535 for k in ("kappa", "bonds_penalty", "alpha_low", "alpha_high")
    }
    stake, updated = x.stake.tolist(), x.last_update.tolist()
    born, permit = x.block_at_registration.tolist(), x.validator_permit.tolist()
    if owner is not None:
        permit[owner] = True
    active = [updated[i] + x.activity_cutoff >= x.block for i in everyone]
    beyond = [0] * len(stake) if x.stake_fraction is None else x.stake_fraction.tolist()
    whole = [(s << 32) + f for s, f in zip(stake, beyond, strict=True)]  # 2⁻³² rao
    stakes = share([s if s >> 32 >= x.stake_threshold or i == owner else 0 for i, s in enumerate(whole)])
    ranked = sorted(everyone, key=lambda i: (stakes[i], i))
    places = set(ranked[n - min(n, h.max_allowed_validators) :])
    new_permit = [(i in places and stakes[i] != 0) or i == owner for i in everyone]
    voting = share([s if active[i] and permit[i] else 0 for i, s in enumerate(stakes)])

    commit = x.commit_block.tolist() if h.commit_reveal and x.commit_block is not None else [2**63] * n
    weights = []
    for i, row in enumerate(x.weights.to_lists()):
        kept = {
            j: v for j, v in row
            if permit[i] and j < n and (j != i or i == owner)
            and updated[i] > born[j] and commit[i] >= born[j]
        }  # fmt: skip
        total = sum(kept.values())
        weights.append({j: over(v, total) for j, v in kept.items()})

    consensus = [median([row.get(j, 0) for row in weights], voting, fraction["kappa"]) for j in everyone]
    clipped = [
        {j: min(v, consensus[j]) for j, v in row.items() if v <= consensus[j] or consensus[j]}
        for row in weights
    ]
    trust = [sum(row.values()) for row in clipped]
    rank = [sum(times(voting[i], clipped[i].get(j, 0)) for i in everyone) for j in everyone]
    incentive = share(rank)

    penalty = fraction["bonds_penalty"]
    earning = weights if penalty == 0 else clipped
    if 0 < penalty < ONE:
        earning = [
            {j: v for j in sorted(row) if (v := row[j] + times(penalty, clipped[i].get(j, 0) - row[j])) > 0}
            for i, row in enumerate(weights)
        ]
    last = x.last_step_block + 1 if x.last_step_block else max(0, x.block - h.tempo)
    old = [{j: v for j, v in row if j < n and last > born[j]} for row in x.bonds.to_lists()]
    alpha = ONE - h.bonds_moving_average * ONE // 10**6
    if not h.yuma3:
        bought = [{j: times(v, voting[i]) for j, v in row.items()} for i, row in enumerate(earning)]
        held = [{j: v << 32 for j, v in row.items()} for row in old]
        bonds = column_shares(mixed(column_shares(bought), column_shares(held), alpha))
        earned = [sum(times(v, incentive[j]) for j, v in row.items()) for row in bonds]
        top = [max((row.get(j, 0) for row in bonds), default=0) for j in everyone]
        bonds = [{j: over(v, top[j]) for j, v in row.items()} for row in bonds]
    else:
        held = [{j: over(v, 65535) for j, v in row.items()} for row in old]
        if h.liquid_alpha and any(consensus):
            low, high = fraction["alpha_low"], fraction["alpha_high"]
            bonds = liquid(earning, held, consensus, low, high, h.alpha_sigmoid_steepness)
        else:
            bonds = mixed(earning, held, alpha)
        shares = column_shares(bonds)
        earned = [
            times(voting[i], sum(times(v, incentive[j]) for j, v in row.items()))
            for i, row in enumerate(shares)
        ]
    dividends = share(earned)

    both = [a + b for a, b in zip(incentive, dividends, strict=True)]
    total = sum(both)
    fallback = stakes if sum(voting) == 0 else voting
    paid = {
        "server_emission": [over(v, total) for v in incentive],
        "validator_emission": [over(v, total) for v in dividends] if total else fallback,
        "emission": share(both) if total else fallback,
    }
    stored = {"stake_weight": stakes, "consensus": consensus, "incentive": incentive, "dividends": dividends,
              "validator_trust": trust}  # fmt: skip
    return {
        **{name: [min(65535, times(v, 65535)) for v in values] for name, values in stored.items()},
        **{name: [(v * x.rao_emission) >> 32 for v in values] for name, values in paid.items()},
        "active": active,
        "validator_permit": new_permit,
        "bonds": [
            [[j, times(v, 65535)] for j, v in row.items()] if new_permit[i] else []
            for i, row in enumerate(bonds)
        ],
    }
