"""Who may stay on a full subnet: what a place costs, whose uid a newcomer gets, and when.

    price each block          burn · 2^(−1 / half-life)
    price each registration   burn · 1.26
    who goes                  the least (emission, registration block, uid) of those past their immunity;
                              if too few are past it, the least of the immune ones

The engine plays twelve tempos of one subnet: validators give weights by the miners' skill once a tempo, and
somebody registers every so many blocks. The first newcomer is *you*. What is shown is what its states hold.

Source: ``spec/epoch.md`` 2.2 to 2.4.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import pandas as pd

from bittensor_lab.block import apply, run
from bittensor_lab.errors import ChainError
from bittensor_lab.events import NeuronRegistered
from bittensor_lab.extrinsics import BurnedRegister, CommitTimelockedWeights, SetWeights
from bittensor_lab.neurons import immortal_uids, neuron_to_prune, prunable, temporally_immune
from bittensor_lab.params import U64F64
from bittensor_lab.presets import demo_network
from bittensor_lab.state import State, Subnet
from bittensor_lab.units import NO_BREAK_SPACE, RAO_PER_TAO, tao

NETUID, VALIDATORS, MINERS = 1, 3, 12
TEMPO, STEP, COURSE, WARM = 60, 10, 720, 4
"""blocks: of a tempo, between two states that are kept, of the whole course; epochs before it begins"""
SAYS, FIRST = 20, 30
"""blocks of a tempo at which validators give weights, and of the course at which you register"""
SHORT = 1_100
"""for the silent validator: weights count for 1.1 tempos only, where main net has 13.9"""
GAP, GROUPS = 0.8, ("in line", "immune", "owner")
"""of the picture: between two groups of uids, in bars; what the groups are called"""
YOU, PURSE, PRICE = "you", tao(100_000), tao(0.5)


@dataclass(frozen=True)
class Rules:
    """What the lab can change."""

    every: int = 90
    """blocks between two registrations"""
    immunity: int = 240
    """blocks"""
    half_life: int = 240
    """of the price, blocks"""
    rise: float = 1.26
    """of the price with each registration"""
    period: int = 0
    """reveal period, epochs; 0: weights are open"""
    skill: float = 0.5
    """yours; the miners who are there have 0.2 to 1"""
    seed: int = 0


@dataclass(frozen=True, eq=False)
class Course:
    """What happened: a state every ``STEP`` blocks, and every registration."""

    rules: Rules
    states: tuple[State, ...]
    registrations: pd.DataFrame
    """block, newcomer, cost (TAO), uid, replaced (hotkey), its age (blocks), paid (α that it ever got)"""


@dataclass(frozen=True, eq=False)
class PruningView:
    """The subnet in one block of the course."""

    course: Course
    block: int
    """of the course"""
    uids: pd.DataFrame
    """uid, hotkey, role, emission (α), age and immune (blocks), stand: never, immune, free or next"""
    goes: int | None
    """the uid that the next newcomer gets"""
    wait: int | None
    """blocks until it comes; None: after the course"""
    price: float
    """TAO for a place now"""


@lru_cache(maxsize=64)
def course(rules: Rules = Rules()) -> Course:
    """Play the course of some rules."""
    skills = _skills(rules)
    state = _opened(_warmed(rules.seed), rules)
    states, rows, paid = [state], list[tuple[object, ...]](), dict[str, float]()
    for block in range(STEP, COURSE + 1, STEP):
        state = run(state, STEP)
        if block % TEMPO == SAYS:
            state = _judged(state, skills)
        if block % TEMPO == 0:
            _note_pay(state, paid)
        if block >= FIRST and (block - FIRST) % rules.every == 0:
            state, row = _registered(state, len(rows), block, paid)
            rows += row
        states.append(state)
    columns = ["block", "newcomer", "cost", "uid", "replaced", "age", "paid"]
    return Course(rules, tuple(states), pd.DataFrame(rows, columns=columns))


def _network(rules: Rules) -> State:
    """A subnet without a free place, and a purse for whoever registers."""
    start = demo_network(1, VALIDATORS, MINERS, seed=rules.seed)
    changes = {"tempo": TEMPO, "max_allowed_uids": start.subnet(NETUID).n}
    start = start.with_hyperparameters(NETUID, **changes)
    free, clocks = start.free.set("newcomers", PURSE), start.clocks.at(NETUID, burn=PRICE)
    return replace(start, free=free, clocks=clocks, total_issuance=start.total_issuance + PURSE)


def _opened(state: State, rules: Rules) -> State:
    """The learner's rules, from here on."""
    return state.with_hyperparameters(
        NETUID, immunity_period=rules.immunity, burn_half_life=rules.half_life,
        burn_increase_mult=round(rules.rise * U64F64), commit_reveal=rules.period > 0,
        reveal_period_epochs=max(1, rules.period),
    )  # fmt: skip


def _skills(rules: Rules) -> dict[str, float]:
    """What each hotkey can do, those who come included."""
    rng = np.random.default_rng([rules.seed, 7])
    here = {f"miner-{NETUID}-{n}": s for n, s in enumerate(rng.permutation(np.linspace(0.2, 1, MINERS)), 1)}
    coming = {f"newcomer-{n}": s for n, s in enumerate(rng.uniform(0.1, 1, COURSE // STEP), 1)}
    return {**here, **coming, YOU: rules.skill}


@lru_cache(maxsize=4)
def _warmed(seed: int) -> State:
    """The subnet after some epochs, so that everybody's emission is what their skill gives."""
    rules = Rules(seed=seed)
    state, skills = _network(rules), _skills(rules)
    for _ in range(WARM):
        state = run(_judged(run(state, SAYS), skills), TEMPO - SAYS)
    return replace(state, clocks=state.clocks.at(NETUID, burn=PRICE))


def _judged(state: State, skills: dict[str, float], silent: frozenset[str] = frozenset()) -> State:
    """Every validator but the silent gives each miner a weight by its skill, sealed where it must be."""
    subnet = state.subnet(NETUID)
    sealed = state.hyperparameters(NETUID).commit_reveal
    say = CommitTimelockedWeights if sealed else SetWeights
    uids = [uid for uid, hotkey in enumerate(subnet.hotkeys) if hotkey in skills]
    values = [round(60_000 * skills[subnet.hotkeys[uid]]) for uid in uids]
    for hotkey in sorted({f"validator-{n}" for n in range(1, VALIDATORS + 1)} & set(subnet.uids) - silent):
        state, _ = apply(state, say(hotkey, NETUID, uids, values))
    return state


def _note_pay(state: State, paid: dict[str, float]) -> None:
    subnet = state.subnet(NETUID)
    for hotkey, rao in zip(subnet.hotkeys, subnet.emission.tolist(), strict=True):
        paid[hotkey] = paid.get(hotkey, 0.0) + rao / RAO_PER_TAO


def _registered(
    state: State, number: int, block: int, paid: dict[str, float]
) -> tuple[State, list[tuple[object, ...]]]:
    """Let the next newcomer register; the state after it, and a row about it if there was a place."""
    before = state.subnet(NETUID)
    newcomer = f"newcomer-{number}" if number else YOU
    try:
        after, events = apply(state, BurnedRegister("newcomers", newcomer, NETUID))
    except ChainError:
        return state, []
    (done,) = (event for event in events if isinstance(event, NeuronRegistered))
    gone, age = before.hotkeys[done.uid], state.block - int(before.block_at_registration[done.uid])
    return after, [(block, newcomer, done.cost / RAO_PER_TAO, done.uid, gone, age, paid.get(gone, 0.0))]


def pruning(block: int = 300, rules: Rules = Rules()) -> PruningView:
    """Return the subnet in a block of the course, and whose uid the next newcomer will get."""
    played = course(rules)
    state = played.states[block // STEP]
    coming = played.registrations[played.registrations.block > block]
    if len(coming):
        goes, wait = _next(coming, block)
    else:
        goes, wait = prunable(state, state.subnet(NETUID)), None
    price = int(state.clocks.burn[NETUID]) / RAO_PER_TAO
    return PruningView(played, block, _uids(state, state.subnet(NETUID), goes), goes, wait, price)


def _next(coming: pd.DataFrame, block: int) -> tuple[int | None, int | None]:
    """The uid that the first of those to come gets, and how long that takes."""
    first = coming.iloc[0]
    return int(first.uid), int(first.block) - block


def _uids(state: State, subnet: Subnet, goes: int | None) -> pd.DataFrame:
    rules = state.hyperparameters(NETUID)
    age = np.maximum(0, state.block - subnet.block_at_registration)
    immune, never = temporally_immune(subnet, rules, state.block), immortal_uids(state, subnet)
    stand = np.where(immune, "immune", "free").astype(object)
    for uid in never:
        stand[uid] = "never"
    if goes is not None:
        stand[goes] = "next"
    role = ["owner" if uid in never else "validator" if "validator" in key else "miner"
            for uid, key in enumerate(subnet.hotkeys)]  # fmt: skip
    return pd.DataFrame(
        {
            "uid": range(subnet.n),
            "hotkey": subnet.hotkeys,
            "role": role,
            "emission": subnet.emission / RAO_PER_TAO,
            "age": age,
            "immune": np.where(immune, rules.immunity_period - age, 0),
            "stand": stand,
        }
    )


def died_unpaid(played: Course) -> int:
    """Return how many newcomers lost their uid before they had got anything."""
    rows = played.registrations
    return int((rows.replaced.isin([YOU]) | rows.replaced.str.startswith("newcomer"))[rows.paid == 0].sum())


def stay(rules: Rules) -> int:
    """Return how many blocks you keep your uid, at most to the end of the course."""
    rows = course(rules).registrations
    fate = rows[rows.replaced == YOU]
    return int(fate.age.iloc[0]) if len(fate) else COURSE - FIRST


def paid_to_you(rules: Rules) -> float:
    """Return what your miner gets in all, α."""
    played = course(rules)
    fate = played.registrations[played.registrations.replaced == YOU]
    if len(fate):
        return float(fate.paid.iloc[0])
    here = [state.subnet(NETUID) for state in played.states[:: TEMPO // STEP][1:]]
    return sum(int(s.emission[s.uids[YOU]]) for s in here if YOU in s.uids) / RAO_PER_TAO


def sealed(period: int, tempos: tuple[int, ...], every: int = TEMPO) -> pd.DataFrame:
    """Return what immunities do where weights are sealed: a row for each, in tempos.

    Columns: how many came, how many of them went unpaid; and what you get in all without skill and with all
    of it, α. While the two are equal, what you get was meant for somebody else.
    """
    rows = []
    for each in tempos:
        rules = Rules(every, each * TEMPO, period=period)
        played = course(rules)
        pay = [round(paid_to_you(replace(rules, skill=skill)), 1) for skill in (0.0, 1.0)]
        rows.append((each, len(played.registrations), died_unpaid(played), *pay))
    names = ["immunity, tempos", "came", "went unpaid", "paid to you, skill 0, α", "paid to you, skill 1, α"]
    return pd.DataFrame(rows, columns=names).set_index(names[0])


def silent_validator() -> pd.DataFrame:
    """Return what becomes of a validator that stops setting weights, epoch by epoch, and who would go."""
    state = _network(Rules()).with_hyperparameters(NETUID, activity_cutoff_factor_milli=SHORT)
    skills, rows = _skills(Rules()), []
    for epoch in range(1, 2 * WARM + 1):
        silent = frozenset({"validator-1"} if epoch > WARM - 1 else ())
        state = run(_judged(run(state, SAYS), skills, silent), TEMPO - SAYS)
        subnet = state.subnet(NETUID)
        rows.append((epoch, not silent, subnet.emission[1] / RAO_PER_TAO, prunable(state, subnet)))
    columns = ["epoch", "uid 1 sets weights", "its emission, α", "uid that would go"]
    return pd.DataFrame(rows, columns=columns).set_index("epoch")


def rush(count: int = 12) -> list[float]:
    """Return what each of ``count`` registrations in one block costs, TAO, the first one 1 TAO."""
    state = _network(Rules())
    state = replace(state, clocks=state.clocks.at(NETUID, burn=RAO_PER_TAO))
    costs = []
    for number in range(count):
        state, events = apply(state, BurnedRegister("newcomers", f"rush-{number}", NETUID))
        costs += [event.cost / RAO_PER_TAO for event in events if isinstance(event, NeuronRegistered)]
    return costs


def price_after(burn: float, registrations: int, half_life: int, blocks: int) -> float:
    """Return the engine's price, TAO, after registrations in one block and a wait."""
    state = _network(Rules()).with_hyperparameters(NETUID, burn_half_life=half_life)
    state = replace(state, clocks=state.clocks.at(NETUID, burn=tao(burn)))
    for number in range(registrations):
        state, _ = apply(state, BurnedRegister("newcomers", f"rush-{number}", NETUID))
    return int(run(state, blocks).clocks.burn[NETUID]) / RAO_PER_TAO


def goes_first(emission: list[int], registered: list[int], block: int, immunity: int) -> int:
    """Return the uid that the engine would replace where nobody is the owner and few need to stay."""
    uid = neuron_to_prune(emission, registered, set(), block, immunity, 0)
    assert uid is not None
    return uid


# --- tables and sentences ----------------------------------------------------------------------------------


def tables(view: PruningView) -> dict[str, pd.DataFrame]:
    """Return the tables of the picture: uids, groups, price, came, now and ceiling."""
    done = view.course.registrations
    came = pd.DataFrame({"block": done.block, "price": done.cost, "yours": done.newcomer == YOU})
    uids, groups = _queue(view.uids.assign(named=_named(view.uids), tone=_tones(view.uids)))
    now = pd.DataFrame([{"block": view.block, "words": f"now {_tao(view.price)}"}])
    price = _price(view.course)
    most = view.course.states[0].hyperparameters(NETUID).max_burn / RAO_PER_TAO
    ceiling = pd.DataFrame({"price": [most] if price.price.max() > most / 2 else []})
    return {"uids": uids, "groups": groups, "price": price, "came": came, "now": now, "ceiling": ceiling}


def _queue(uids: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Stand the uids in the order in which they would go: in line, immune, owner; and name the groups."""
    group = np.select([uids.role == "owner", uids.immune > 0], [2, 1], 0)
    queued = uids.assign(group=group).sort_values(
        ["group", "emission", "age", "uid"], ascending=[True, True, False, True], ignore_index=True
    )
    queued["place"] = queued.index + GAP * queued.group
    first = queued.groupby("group").place.min()
    groups = pd.DataFrame({"place": first - 0.36, "words": [GROUPS[number] for number in first.index]})
    groups["align"] = np.where(groups.words == GROUPS[2], "right", "left")
    groups.loc[groups.words == GROUPS[2], "place"] += 0.72
    return queued, groups


def _price(played: Course) -> pd.DataFrame:
    """The price over the course; two rows where a registration lifts it."""
    burn = [int(state.clocks.burn[NETUID]) / RAO_PER_TAO for state in played.states]
    after = pd.DataFrame({"block": np.arange(len(burn)) * STEP, "price": burn, "order": 1})
    done = played.registrations
    before = pd.DataFrame({"block": done.block, "price": done.cost, "order": 0})
    both = pd.concat([before, after]).sort_values(["block", "order"], ignore_index=True)
    return both.assign(order=both.index)


def _named(uids: pd.DataFrame) -> list[str]:
    """Above a bar: who is you, who goes."""
    return np.where(uids.hotkey == YOU, "you", np.where(uids.stand == "next", "next", "")).tolist()


def _tones(uids: pd.DataFrame) -> list[str]:
    """What a bar's colour means: who goes, else what the uid does."""
    return np.where(uids.stand == "next", "lost", uids.role).tolist()


def limits(view: PruningView) -> dict[str, float]:
    """Return how far the scales must reach."""
    burns = [int(state.clocks.burn[NETUID]) for state in view.course.states]
    most = max(max(burns) / RAO_PER_TAO, view.course.registrations.cost.max())
    emission = max(state.subnet(NETUID).emission.max() for state in view.course.states[:: TEMPO // STEP])
    return {"price": 1.3 * float(most), "emission": 1.05 * float(emission) / RAO_PER_TAO}


def title(view: PruningView) -> str:
    """Return who goes next, and when."""
    if view.goes is None:
        return "Nobody can be replaced: there is no place for a newcomer"
    who = "You go" if view.uids.hotkey[view.goes] == YOU else f"uid {view.goes} goes"
    when = "when somebody registers" if view.wait is None else f"in {view.wait}{NO_BREAK_SPACE}blocks"
    return f"{who} next, {when}"


def subtitle(view: PruningView) -> str:
    """Return why it is that one, and what a place costs."""
    if view.goes is None:
        return f"A place costs {_tao(view.price)} now, and there is none."
    row = view.uids.loc[view.goes]
    left = int(view.uids.immune.to_numpy()[view.goes])
    why = f"still immune for {left} blocks" if left else "past its immunity"
    return (
        f"It got {row.emission:.2f}{NO_BREAK_SPACE}α in the last epoch and is {why}; "
        f"a place costs {_tao(view.price)} now."
    )


def summary(view: PruningView) -> str:
    """Return the picture in words."""
    rules, rows = view.course.rules, view.course.registrations
    immune = int((view.uids.immune > 0).sum())
    dead = died_unpaid(view.course)
    return (
        f"Block {view.block} of {COURSE}: {immune} of {len(view.uids)} uids are immune. {_fate(view)} "
        f"In the whole course {len(rows)} newcomers come, one every {rules.every} blocks, for "
        f"{_tao(rows.cost.min())} to {_tao(rows.cost.max())}; {dead or 'none'} of them "
        f"lose{'s' if dead < 2 else ''} the place before getting anything."
    )


def _fate(view: PruningView) -> str:
    """What becomes of your miner, or has become."""
    rows = view.course.registrations
    fate = rows[rows.replaced == YOU]
    if not len(fate):
        return f"Your miner, registered in block {FIRST}, is there to the end."
    block, age = int(fate.block.iloc[0]), int(fate.age.iloc[0])
    loses, got = ("lost", "had got") if block <= view.block else ("will lose", "will have got")
    return (
        f"Your miner {loses} its uid in block {block}, {age} blocks after it came, and {got} "
        f"{fate.paid.iloc[0]:.1f}{NO_BREAK_SPACE}α."
    )


def _tao(amount: float) -> str:
    return f"{amount:.3g}{NO_BREAK_SPACE}τ"
