"""Registration: checks, the price, who is replaced and what is cleared (spec/epoch.md 2, 5.6.2, 5.9)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from networks import (
    NETUID,
    NOW,
    OWNER,
    TAO,
    TEMPO,
    V1,
    V2,
    V3,
    N,
    all_done,
    changed,
    clocked,
    done,
    edited,
    holding,
    incentive,
    later,
    mech,
    moved_clocks,
    one,
    refused,
    row,
    run_to,
    small,
    step,
    two_mechanisms,
    updates,
)

from bittensor_lab import block, errors
from bittensor_lab.events import NeuronRegistered, UidsTrimmed
from bittensor_lab.extrinsics import (
    BurnedRegister,
    CommitTimelockedWeights,
    RegisterLimit,
    SetWeights,
    TrimToMaxAllowedUids,
)
from bittensor_lab.rows import rows_from_lists
from bittensor_lab.state import ROOT

NEW = BurnedRegister("alice", "new", NETUID)
TERMS = {"emission", "consensus", "dividends", "stake_weight", "validator_trust", "validator_permit"}
HELD = 1_000 * TAO


def full(emission=(9,) * N, registered=(0,) * N, **rules):
    """No place left; immunity 100 blocks, so that whoever registered by 900 is past it."""
    rules = {"max_allowed_uids": N, "immunity_period": 100, "min_non_immune_uids": 0} | rules
    return edited(small(**rules), emission=emission, block_at_registration=registered)


def received(before, after):
    """What the subnet's account got; less the fee it bought alpha, and that alpha is recycled."""
    a, b = before.pools, after.pools
    paid = int(b.account[NETUID] - a.account[NETUID])
    assert int(b.tao_in[NETUID] - a.tao_in[NETUID]) == paid - (paid * ((33 << 64) // 65535) >> 64)
    assert b.alpha_in[NETUID] < a.alpha_in[NETUID]
    assert b.alpha_out[NETUID] == a.alpha_out[NETUID]
    assert int(b.user_flow[NETUID] - a.user_flow[NETUID]) == paid
    return paid


@pytest.mark.parametrize("extrinsic", [NEW, RegisterLimit("alice", "new", NETUID, TAO)])
def test_a_newcomer_is_appended_and_pays(extrinsic):
    state = two_mechanisms(small())
    after, events = done(state, extrinsic)
    assert events == (NeuronRegistered(NETUID, N, "new", TAO),)
    assert changed(state, after) == {"free", "owner", "subnets", "clocks", "pools"}
    assert moved_clocks(state, after) == {"burn"}
    assert changed(state.pools, after.pools) == {"account", "tao_in", "alpha_in", "alpha_out", "user_flow"}
    assert received(state, after) == TAO
    assert (after.free["alice"], after.owner["new"]) == (HELD - TAO, "alice")
    assert after.free.delete("alice") == state.free.delete("alice")
    assert int(after.clocks.burn[NETUID]) == 1_260_000_000

    old, subnet = one(state), one(after)
    columns = {"hotkeys", "block_at_registration", "active", "mechanisms", "rao_recycled_for_registration"}
    assert changed(old, subnet) == columns | TERMS
    assert subnet.hotkeys == (*old.hotkeys, "new")
    assert subnet.block_at_registration.tolist() == [0] * N + [NOW]
    assert subnet.active.tolist() == [True] * (N + 1)
    assert all(getattr(subnet, name).tolist() == [*getattr(old, name).tolist(), 0] for name in TERMS)
    assert subnet.rao_recycled_for_registration == TAO
    assert updates(after) == [900] * N + [NOW]
    assert updates(after, 1) == [0] * N + [NOW]
    for mechanism in subnet.mechanisms:
        assert mechanism.incentive.tolist() == [0] * (N + 1)
        assert (len(mechanism.weights), len(mechanism.bonds)) == (N + 1, N + 1)


def test_a_hotkey_of_the_coldkey_registers_on_another_subnet_too():
    state = small(2)
    after = all_done(state, NEW, replace(NEW, netuid=2))
    assert after.subnet(2).uids["new"] == after.subnet(1).uids["new"] == N
    assert after.subnet(2).rao_recycled_for_registration == TAO
    assert after.clocks.burn.tolist()[1:] == [1_260_000_000] * 2


@pytest.mark.parametrize(
    ("held", "paid"), [(TAO, TAO - 500), (TAO + 499, TAO - 1), (TAO + 500, TAO), (TAO + 501, TAO)]
)
def test_the_existential_deposit_stays_behind(held, paid):
    """It stays on the paying coldkey: the transfer is silently reduced; the books say the whole price."""
    state = holding(small(), "alice", held)
    after, events = done(state, NEW)
    assert after.free["alice"] == held - paid
    assert received(state, after) == paid
    assert events[0].cost == one(after).rao_recycled_for_registration == TAO


NO_PLACE = {"max_allowed_uids": N, "min_non_immune_uids": N}  # all past immunity, but too few
POOR, THEIRS = BurnedRegister("nobody", "new", NETUID), BurnedRegister("alice", "alien", NETUID)
FILLED = small(immunity_period=100, **NO_PLACE)
FOREIGN = replace(FILLED, owner=FILLED.owner.set("alien", "bob"))
CLOSED = FOREIGN.with_hyperparameters(NETUID, registration_allowed=False)


@pytest.mark.parametrize(
    ("state", "extrinsic", "error"),
    [
        (CLOSED, BurnedRegister("nobody", V1, 0), errors.RegistrationNotPermittedOnRootSubnet),
        (CLOSED, BurnedRegister("nobody", V1, 2), errors.SubnetNotExists),
        (CLOSED, BurnedRegister("nobody", V1, 4095), errors.SubnetNotExists),
        (CLOSED, BurnedRegister("nobody", V1, 1), errors.SubNetRegistrationDisabled),
        (FOREIGN, BurnedRegister("nobody", V1, 1), errors.HotKeyAlreadyRegisteredInSubNet),
        (FOREIGN, BurnedRegister("nobody", "alien", 1), errors.NotEnoughBalanceToStake),
        (holding(FOREIGN, "alice", TAO - 1), THEIRS, errors.NotEnoughBalanceToStake),
        (holding(FOREIGN, "alice", TAO), THEIRS, errors.NonAssociatedColdKey),
        (FOREIGN, NEW, errors.NoNeuronIdAvailable),
        (
            small(max_allowed_uids=0, immunity_period=0, min_non_immune_uids=0),
            NEW,
            errors.NoNeuronIdAvailable,
        ),
        (CLOSED, RegisterLimit("nobody", V1, 0, 0), errors.RegistrationNotPermittedOnRootSubnet),
        (CLOSED, RegisterLimit("nobody", V1, 2, 0), errors.SubnetNotExists),
        (CLOSED, RegisterLimit("nobody", V1, 1, TAO - 1), errors.RegistrationPriceLimitExceeded),
        (CLOSED, RegisterLimit("nobody", V1, 1, TAO), errors.SubNetRegistrationDisabled),
        (FOREIGN, RegisterLimit("nobody", V1, 1, TAO), errors.HotKeyAlreadyRegisteredInSubNet),
        (FOREIGN, RegisterLimit("nobody", "alien", 1, TAO), errors.NotEnoughBalanceToStake),
        (FOREIGN, RegisterLimit("alice", "alien", 1, TAO), errors.NonAssociatedColdKey),
        (FOREIGN, RegisterLimit("alice", "new", 1, TAO), errors.NoNeuronIdAvailable),
    ],
)
def test_checks_in_the_order_of_the_chain(state, extrinsic, error):
    """Each case violates what comes after its error, too, where that is possible."""
    refused(state, extrinsic, error)


def test_registrations_in_one_block_compound():
    state, costs = small(), []
    for number in range(4):
        state, (event,) = done(state, replace(NEW, hotkey=f"new-{number}"))
        costs.append(event.cost)
    assert costs == [1_000_000_000, 1_260_000_000, 1_587_600_000, 2_000_376_000]
    assert one(state).rao_recycled_for_registration == sum(costs) == HELD - state.free["alice"]
    assert one(state).hotkeys[N:] == ("new-0", "new-1", "new-2", "new-3")


@pytest.mark.parametrize(
    ("burn", "rules", "expected"),
    [
        (1_000_003, {}, 1_260_003),  # floor of 1,260,003.78
        (90 * TAO, {}, 100 * TAO),
        (100 * TAO, {}, 100 * TAO),
        (TAO, {"burn_increase_mult": 1 << 63}, TAO),  # less than 1 counts as 1
        (TAO, {"burn_increase_mult": 3 << 64}, 3 * TAO),
        (TAO, {"burn_increase_mult": (1 << 128) - 1}, 100 * TAO),
        (1_000, {}, 500_000),
        (TAO, {"min_burn": 3 * TAO, "max_burn": 2 * TAO}, 2 * TAO),  # first min, then max
    ],
)
def test_the_step_of_the_price(burn, rules, expected):
    after, _ = done(clocked(small(**rules), burn=burn), NEW)
    assert int(after.clocks.burn[NETUID]) == expected


def factor(half_life):
    """The bisection of 2.2, in Python's integers."""

    def power(base, exponent):
        result = 1 << 32
        while exponent:
            if exponent & 1:
                result = result * base >> 32
            base, exponent = base * base >> 32, exponent >> 1
        return result

    low, high = 0, 1 << 32
    while low + 1 < high:
        middle = low + ((high - low) >> 1)
        low, high = (low, middle) if power(middle, half_life) > 1 << 31 else (middle, high)
    return low


@pytest.mark.parametrize("go", [block.run, step])
@pytest.mark.parametrize(
    ("half_life", "known"),
    [(1, 2147483648), (2, 3037000500), (360, 4286705684), (1000, 4291991283), (36100, 4294884830)],
)
def test_the_price_falls_block_by_block(go, half_life, known):
    state = small(tempo=0, burn_half_life=half_life)
    expected = TAO
    for _ in range(360):
        expected = max(expected * factor(half_life) >> 32, 500_000)
    assert factor(half_life) == known
    assert int(go(state, 360).clocks.burn[NETUID]) == expected
    if half_life == 360:
        assert expected == 499_999_865


@pytest.mark.parametrize("go", [block.run, step])
@pytest.mark.parametrize(
    ("start", "blocks", "burn", "rules", "expected"),
    [
        (0, 1, TAO, {}, TAO),  # block 1 does not decay
        (0, 2, TAO, {}, 998_076_443),  # floor(10⁹ · 4286705684 / 2³²)
        (0, 1, 1, {}, 500_000),  # but it clamps
        (5, 3, 10**12, {"burn_half_life": 0}, 100 * TAO),
        (5, 3, TAO, {"burn_half_life": 0}, TAO),
        (5, 3, TAO, {"min_burn": 3 * TAO, "max_burn": 2 * TAO}, 2 * TAO),  # first min, then max
    ],
)
def test_the_clamp_and_where_nothing_decays(go, start, blocks, burn, rules, expected):
    state = clocked(small(tempo=0, **rules), burn=burn, last_epoch_block=0)
    state = mech(replace(state, block=start), last_update=[0] * N)
    assert int(go(state, blocks).clocks.burn[NETUID]) == expected


def spread(base, **at):
    """N numbers, ``base`` except where said: u3=7 puts 7 at uid 3."""
    return [at.get(f"u{uid}", base) for uid in range(N)]


@pytest.mark.parametrize(
    ("emission", "registered", "rules", "pruned"),
    [
        (spread(9, u6=1, u3=2), spread(0), {}, 6),  # least emission
        (spread(9, u6=1, u3=1), spread(5, u6=4), {}, 6),  # then oldest
        (spread(9, u6=1, u3=1), spread(5), {}, 3),  # then lowest uid
        (spread(9, u0=0, u6=1), spread(0), {}, 6),  # the owner's hotkey never
        (spread(9, u6=1, u5=2), spread(0, u6=901), {}, 5),  # 6 is immune for one more block
        (spread(9, u6=1, u5=2), spread(0, u6=900), {}, 6),  # no longer
        (spread(9, u5=0, u6=3), spread(0, u6=950, u7=950), {"min_non_immune_uids": 4}, 5),  # 5 uids are free
        (spread(9, u5=0, u6=3), spread(0, u6=950, u7=950), {"min_non_immune_uids": 5}, 6),  # best immune one
        (spread(9, u5=3, u6=3), spread(950, u5=960), {}, 6),  # all immune: the best of them
        (spread(9), spread(0), {"min_non_immune_uids": 6}, 1),  # the owner's is not counted: 7 are free
        (spread(9), spread(0), {"min_non_immune_uids": 7}, None),  # nobody immune to fall back on
    ],
)
def test_who_is_replaced(emission, registered, rules, pruned):
    state = full(emission, registered, **rules)
    if pruned is None:
        refused(state, NEW, errors.NoNeuronIdAvailable)
        return
    after, events = done(state, NEW)
    assert events == (NeuronRegistered(NETUID, pruned, "new", TAO),)
    assert one(after).hotkeys == (*one(state).hotkeys[:pruned], "new", *one(state).hotkeys[pruned + 1 :])


@pytest.mark.parametrize(
    ("limit", "registered", "pruned"),
    [
        (1, spread(5), 5),  # 0, 5 and 6 are the owner's; only uid 0 is immortal
        (1, spread(5, u5=4), 5),  # the older one is first, but the owner's hotkey pushes it out
        (2, spread(5, u5=4), 6),
        (2, spread(5, u6=4), 5),  # sorted 6, 0, 5
        (2, spread(3, u0=5), 6),  # sorted 5, 6, 0: cut to 5, 6, then 0 goes to the front and 6 out
        (3, spread(5), 4),
    ],
)
def test_how_many_of_the_owners_uids_are_immortal(limit, registered, pruned):
    state = full(spread(2, u0=0, u5=0, u6=0, u4=1), registered, immune_owner_uids_limit=limit)
    hotkeys = one(state).hotkeys
    state = replace(state, owner=state.owner.set(hotkeys[5], OWNER).set(hotkeys[6], OWNER))
    _, (event,) = done(state, NEW)
    assert event.uid == pruned


def test_an_owner_hotkey_that_is_to_be_replaced_stays_and_is_paid_for():
    state = full(spread(9, u0=0), immune_owner_uids_limit=0)
    after, events = done(state, NEW)
    assert events == (NeuronRegistered(NETUID, 0, "new", TAO),)
    assert changed(one(state), one(after)) == {"rao_recycled_for_registration"}
    assert received(state, after) == TAO
    assert int(after.clocks.burn[NETUID]) == 1_260_000_000
    assert after.owner["new"] == "alice"


def test_replacement_clears_what_the_old_holder_had_and_only_that():
    terms = {name: [1] * N for name in TERMS | {"active"}}
    state = edited(two_mechanisms(full()), **terms)
    state = edited(state, emission=spread(9, u6=1), active=[False] * N)
    for number in (0, 1):
        bonds = rows_from_lists([[[u, 10 + u], [6, 7]] if u != 6 else [[0, 3], [1, 4]] for u in range(N)])
        weights = {1: {7: 5, 6: 9, 4: 3}, 2: {6: 65535}, 3: {4: 1}, 6: {0: 1, 6: 2}}
        state = mech(state, number, bonds=bonds, weights=weights, incentive=[8] * N, last_update=[901] * N)
    after, _ = done(state, NEW)
    subnet = one(after)
    for name in TERMS:
        kept = 9 if name == "emission" else 1
        assert getattr(subnet, name).tolist() == spread(kept, u6=0), name
    assert subnet.active.tolist() == spread(False, u6=True)
    assert subnet.block_at_registration.tolist() == spread(0, u6=NOW)
    for number, mechanism in enumerate(subnet.mechanisms):
        assert row(after, 1, number) == [(7, 5), (6, 0), (4, 3)]
        assert row(after, 2, number) == [(6, 0)]
        assert row(after, 6, number) == []
        assert mechanism.weights[3] is one(state).mechanisms[number].weights[3]
        assert mechanism.bonds.to_lists() == [
            [[u, 10 + u], [6, 7]] if u != 6 else [] for u in range(N)
        ]  # others' bonds in 6 stay until the epoch masks them
        assert mechanism.incentive.tolist() == spread(8, u6=0)
        assert mechanism.last_update.tolist() == spread(901, u6=NOW)
    assert after.owner["miner-1-3"] == "miner-1-3-cold"


def test_a_newcomer_waits_for_the_weights_rate_limit():
    state = run_to(all_done(small(), NEW), NOW + 99)
    alone = SetWeights("new", NETUID, [N], [1])
    refused(state, alone, errors.SettingWeightsTooFast)
    assert updates(done(step(state, 1), alone)[0])[N] == NOW + 100


def judged():
    """Full, everybody past immunity, and three validators who like miners 4 to 7 less and less."""
    state = full(immunity_period=1, tempo=100)
    return mech(state, weights={uid: {4: 100, 5: 80, 6: 60, 7: 40} for uid in (1, 2, 3)})


@pytest.mark.parametrize("wait", [0, 1])
def test_bonds_in_a_uid_reused_in_the_block_of_an_epoch_are_inherited(wait):
    """The hole of 5.9: after the epoch, but in its block; one block later the next epoch masks them."""
    state = step(run_to(judged(), NOW + 99), 1 + wait)
    old = one(state).mechanisms[0].bonds.to_dense()[1:4, 7].tolist()
    assert min(old) > 0
    state, (event,) = done(state, NEW)
    assert (event.uid, one(state).mechanisms[0].bonds.to_dense()[1:4, 7].tolist()) == (7, old)
    bonds = one(run_to(state, NOW + 200)).mechanisms[0].bonds.to_dense()[1:4, 7].tolist()
    kept = 900_000 * 2**32 // 10**6
    decayed = [((kept * ((b << 32) // 65535)) >> 32) * 65535 >> 32 for b in old]
    assert bonds == ([0] * 3 if wait else decayed)


@pytest.mark.parametrize(("wait", "paid"), [(0, False), (1, True)])
def test_weights_as_old_as_their_target_do_not_count(wait, paid):
    """5.6.2: last update ≤ registration block is masked, also in the very same block."""
    state = step(all_done(edited(judged(), emission=spread(9, u7=1)), NEW), wait)
    assert one(state).uids["new"] == 7
    state = all_done(state, *(SetWeights(v, NETUID, [6, 7], [1, 1]) for v in (V1, V2, V3)))
    half, whole = incentive(run_to(state, NOW + 100))[7], incentive(run_to(state, NOW + 100))[6]
    assert (half, whole) == ((32767, 32767) if paid else (0, 65535))


@pytest.mark.parametrize(("commits", "share"), [((0, 1, 3), 0), ((0, 3), 32767), ((0, 1), 0), ((0,), 0)])
def test_what_was_committed_before_a_uid_changed_hands_gives_the_new_holder_nothing(commits, share):
    """5.6.3, with a reveal period of two: weights of epoch 0 are revealed when uid 7 has a new holder.

    In epoch 1, three commits can follow: before (1) and after (3) the registration (2). The first masks the
    newcomer's column while it waits; without it, the second makes the old weights look new.
    """
    state = full(commit_reveal=True, reveal_period_epochs=2, tempo=TEMPO, weights_set_rate_limit=0)
    state = edited(state, block_at_registration=spread(1, u7=0))
    voters = [CommitTimelockedWeights(v, NETUID, [6, 7], [1, 1]) for v in (V1, V2, V3)]
    for part, at in enumerate((NOW, NOW + TEMPO + 1, NOW + TEMPO + 2, NOW + TEMPO + 3)):
        state = run_to(state, at)
        if part == 2:
            state, (event,) = done(state, NEW)
            assert event.uid == 7
        elif part in commits:
            state = all_done(state, *voters)
    after = run_to(state, NOW + 2 * TEMPO)
    assert row(after, 1) == [(6, 65535), (7, 65535)]
    assert incentive(after)[6:] == [share or 65535, share]


# --- trimming (2.5) ---------------------------------------------------------------------------------


def trim(places, origin=OWNER, netuid=NETUID):
    return TrimToMaxAllowedUids(origin, netuid, places)


def crowded(registered=(0,) * N, **rules):
    """Uid 0 is the owner's; immunity 100 blocks; in the order of emission 1, 7, 2, 4, 5, 6, 0, 3."""
    rules = {"min_allowed_uids": 4, "immunity_period": 100} | rules
    return edited(small(**rules), emission=[0, 9, 5, 0, 5, 5, 1, 8], block_at_registration=registered)


def test_trimming_removes_the_least_earning_and_numbers_the_rest_anew():
    state = two_mechanisms(crowded(spread(0, u3=901)))
    state = edited(state, **{name: list(range(N)) for name in TERMS - {"emission", "validator_permit"}})
    state = mech(state, weights={1: {7: 5, 6: 9, 2: 3}, 3: {4: 1}}, last_update=[900 + u for u in range(N)])
    state = mech(state, 1, bonds=rows_from_lists([[[7, u], [5, 1]] for u in range(N)]), incentive=range(N))
    after, events = done(state, trim(5))
    assert events == (UidsTrimmed(NETUID, (4, 5, 6)),)
    assert changed(state, after) == {"subnets", "rules"}
    assert after.hyperparameters(NETUID) == replace(state.hyperparameters(NETUID), max_allowed_uids=5)
    kept = [0, 1, 2, 3, 7]
    assert one(after).hotkeys == tuple(one(state).hotkeys[u] for u in kept)
    for name in (*TERMS, "active", "block_at_registration"):
        assert getattr(one(after), name).tolist() == getattr(one(state), name)[kept].tolist()
    assert [row(after, u) for u in range(5)] == [[], [(4, 5), (2, 3)], [], [], []]
    assert updates(after) == [900 + u for u in kept]
    assert incentive(after, 1) == kept
    assert one(after).mechanisms[1].bonds.to_lists() == [[[4, u]] for u in kept]
    assert dict(one(after).last_owner_change) == {"trim_to_max_allowed_uids": NOW}
    assert one(run_to(after, NOW + 360)).n == 5


@pytest.mark.parametrize("places", [8, 9, 256])
def test_where_nobody_has_to_go_only_the_places_change(places):
    state = crowded(spread(950))
    after, events = done(state, trim(places, ROOT))
    assert events == (UidsTrimmed(NETUID, ()),)
    assert after.subnets[1] is state.subnets[1]
    assert after.hyperparameters(NETUID).max_allowed_uids == places


@pytest.mark.parametrize(
    ("registered", "extrinsic", "error"),
    [
        (spread(950), trim(3, "alice", 2), errors.SubnetNotExists),
        (spread(950), trim(3, "alice"), errors.BadOrigin),
        (spread(950), trim(3), errors.InvalidValue),
        (spread(950), trim(257), errors.InvalidValue),
        (spread(950), trim(7), errors.TrimmingWouldExceedMaxImmunePercentage),
        (spread(0, u3=901, u4=901, u5=901), trim(5), errors.TrimmingWouldExceedMaxImmunePercentage),  # 4 of 5
        (spread(0, u3=901, u4=901, u5=900), trim(5), None),
        (spread(0), trim(4), None),
        (spread(0), trim(4, ROOT), None),
    ],
)
def test_checks_of_trimming_in_order(registered, extrinsic, error):
    state = crowded(registered)
    refused(state, extrinsic, error) if error else done(state, extrinsic)


def test_an_owner_trims_once_in_30_days():
    state, _ = done(crowded(tempo=0), trim(7))
    refused(later(state, 30 * 7200 - 1), trim(3), errors.TxRateLimitExceeded)
    done(later(state, 30 * 7200 - 1), trim(6, ROOT))
    done(later(state, 30 * 7200), trim(6))
