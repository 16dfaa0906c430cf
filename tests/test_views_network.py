"""The tables of a state: hand-checked small networks, and a diff that misses nothing and invents nothing."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pandas as pd
import pytest
from immutables import Map

from bittensor_lab.block import apply, run
from bittensor_lab.conviction import Lock
from bittensor_lab.errors import MechanismDoesNotExist, NotEnoughBalanceToStake, SubnetNotExists
from bittensor_lab.events import (
    EpochRan,
    Event,
    ExtrinsicFailed,
    HotkeySwapped,
    HyperparameterSet,
    NeuronRegistered,
    SetChildren,
)
from bittensor_lab.extrinsics import BurnedRegister
from bittensor_lab.params import Hyperparameters, NetworkParameters, meaning, meanings
from bittensor_lab.presets import demo_network, empty_network
from bittensor_lab.rows import make_row, rows_from_lists, unpack
from bittensor_lab.share_pool import SharePool
from bittensor_lab.state import (
    AnnouncedSwap,
    ClaimType,
    Clocks,
    Commit,
    Mechanism,
    PendingChildren,
    Pools,
    RootClaims,
    State,
    Subnet,
    TimelockedCommit,
    new_mechanism,
)
from bittensor_lab.units import RAO_PER_TAO, U64_MAX
from bittensor_lab.views.network import (
    accounts,
    bonds,
    diff,
    events_table,
    glossary,
    hyperparameters,
    metagraph,
    shown,
    subnets,
    weights,
)

TABLES = (subnets, accounts)
PER_SUBNET = (metagraph, weights, bonds, hyperparameters)
SMALL = demo_network(2, 2, 3)
"""owner uid 0, validators 1 and 2, miners 3 to 5"""


def change(state: State, netuid: int = 1, **changes: object) -> State:
    """The state with fields of a subnet changed."""
    return state.with_subnet(replace(state.subnet(netuid), **changes))


def change_mechanism(state: State, number: int = 0, **changes: object) -> State:
    return state.with_subnet(state.subnet(1).with_mechanism(number, **changes))


def rows_of(table: pd.DataFrame) -> list[tuple]:
    return list(table.itertuples(index=False, name=None))


# --- one subnet ----------------------------------------------------------------------------------


def staked(ledger):
    """Share pools of one holder each."""
    return Map({key: SharePool().with_stake(f"{key}-cold", amount) for key, amount in ledger.items()})


def three_uids() -> State:
    """Owner, one validator with 10 alpha and 5 TAO on root, one miner; TAO counts as much as alpha."""
    state = demo_network(1, 1, 1)
    state = replace(
        state,
        stake=(staked({"validator-1": 5 * RAO_PER_TAO}), staked({"validator-1": 10 * RAO_PER_TAO})),
        network=replace(state.network, tao_weight=U64_MAX),
    )
    state = change(
        state,
        stake_weight=np.array([0, 65535, 0], np.uint16),
        consensus=np.array([0, 0, 13107], np.uint16),
        dividends=np.array([0, 65535, 0], np.uint16),
        validator_trust=np.array([0, 6553, 0], np.uint16),
        emission=np.array([0, 1_500_000_000, 1], np.int64),
        active=np.array([False, True, True]),
        block_at_registration=np.array([760, 761, 1000], np.int64),  # immunity lasts 240 blocks
    )
    return change_mechanism(
        state, incentive=np.array([0, 0, 65535], np.uint16), last_update=np.array([0, 990, 1000])
    )


def test_a_metagraph_has_a_row_per_uid():
    expected = pd.DataFrame(
        {
            "uid": [0, 1, 2],
            "hotkey": ["owner-1", "validator-1", "miner-1-1"],
            "coldkey": ["owner-1-cold", "validator-1-cold", "miner-1-1-cold"],
            "stake": [0.0, 15.0, 0.0],
            "stake_weight": [0.0, 1.0, 0.0],
            "validator_permit": [False, True, False],
            "active": [False, True, True],
            "validator_trust": [0.0, 6553 / 65535, 0.0],
            "consensus": [0.0, 0.0, 0.2],
            "incentive": [0.0, 0.0, 1.0],
            "dividends": [0.0, 1.0, 0.0],
            "emission": [0.0, 1.5, 1e-9],
            "last_update": [0, 990, 1000],
            "block_at_registration": [760, 761, 1000],
            "immune": [False, True, True],
        }
    )
    pd.testing.assert_frame_equal(metagraph(three_uids(), 1), expected)


def test_stake_counts_tao_by_its_weight():
    state = three_uids()
    state = replace(state, network=NetworkParameters())
    assert metagraph(state, 1).stake[1] == pytest.approx(10 + 5 * 0.18, rel=1e-9)


def test_a_mechanism_has_its_own_incentive_and_updates():
    state = three_uids()
    second = replace(
        new_mechanism(3, np.array([7, 8, 9])),
        incentive=np.array([0, 13107, 0], np.uint16),
        weights=(make_row([], []), make_row([2, 0], [0, 65535]), make_row([], [])),
        bonds=rows_from_lists([[], [[2, 13107]], []]),
    )
    state = change(state, mechanisms=(*state.subnet(1).mechanisms, second))
    first, other = metagraph(state, 1), metagraph(state, 1, 1)
    assert other.incentive.tolist() == [0, 0.2, 0]
    assert other.last_update.tolist() == [7, 8, 9]
    own = ["incentive", "last_update"]
    pd.testing.assert_frame_equal(first.drop(columns=own), other.drop(columns=own))
    assert rows_of(weights(state, 1, 1)) == [(1, 2, 0.0), (1, 0, 1.0)]  # stored order, and a stored zero
    assert rows_of(bonds(state, 1, 1)) == [(1, 2, 0.2)]
    assert subnets(state).mechanisms.tolist() == [2]
    for view in (metagraph, weights, bonds):
        with pytest.raises(MechanismDoesNotExist):
            view(state, 1, 2)


def test_weights_are_those_that_were_set():
    table = weights(SMALL, 2)
    assert list(table.columns) == ["validator", "target", "value"]
    for validator, row in enumerate(SMALL.subnet(2).mechanism(0).weights):
        mine = table[table.validator == validator]
        assert mine.target.tolist() == row.uid.tolist()
        assert mine.value.tolist() == (row.value / 65535).tolist()
    assert len(bonds(SMALL, 2)) == 0


def test_there_is_no_table_of_a_subnet_that_does_not_exist():
    for view in PER_SUBNET:
        for netuid in (0, 3, -1):
            with pytest.raises(SubnetNotExists):
                view(SMALL, netuid)


def test_tables_are_copies():
    before = metagraph(SMALL, 1)
    table = metagraph(SMALL, 1)
    for name in table.columns.difference(["hotkey", "coldkey"]):
        table.loc[0, name] = not table[name][0] if table[name].dtype == bool else table[name][0] + 1
    pd.testing.assert_frame_equal(metagraph(SMALL, 1), before)


# --- the whole network ---------------------------------------------------------------------------


def test_subnets_have_a_row_each():
    state = SMALL.with_hyperparameters(2, tempo=0, max_allowed_uids=8, commit_reveal=True)
    state = replace(state, clocks=state.clocks.at(1, burn=1_250_000_000, epoch_index=7))
    table = subnets(state)
    # netuid 1 had its epoch at block 999 and has a tempo of 60; a tempo of 0 is never
    assert rows_of(table.drop(columns="next_epoch")) == [
        (1, "owner-1", 6, 256, 60, 7, 1.25, 1, False),
        (2, "owner-2", 6, 8, 0, 0, 1.0, 1, True),
    ]
    assert table.next_epoch.tolist() == [1059, pd.NA]
    assert list(table.columns) == [
        "netuid", "owner_hotkey", "neurons", "places", "tempo", "epoch_index", "next_epoch",
        "registration_price", "mechanisms", "commit_reveal",
    ]  # fmt: skip


def test_accounts_are_whoever_holds_tao_or_owns_a_hotkey():
    state = replace(
        SMALL,
        free=Map({"zoe": 2_500_000_000, "alice": 1}),
        owner=Map({"h1": "zoe", "h2": "zoe", "h3": "bob"}),
    )
    assert rows_of(accounts(state)) == [("alice", 1e-9, 0), ("bob", 0.0, 1), ("zoe", 2.5, 2)]
    assert list(accounts(state).columns) == ["coldkey", "free", "hotkeys"]


def test_what_is_empty_has_the_columns_of_what_is_not():
    lonely = demo_network(1, 0, 0)
    for view in TABLES:
        pd.testing.assert_series_equal(view(empty_network()).dtypes, view(SMALL).dtypes)
        assert len(view(empty_network())) == 0
    for view in PER_SUBNET:
        pd.testing.assert_series_equal(view(lonely, 1).dtypes, view(SMALL, 1).dtypes)
    assert len(metagraph(lonely, 1)) == 1 and len(weights(lonely, 1)) == 0


def test_a_large_network_has_tables_too():
    state = demo_network(2, 63, 192)
    table = metagraph(state, 2)
    assert len(table) == 256 and table.validator_permit.sum() == 63
    assert len(weights(state, 1)) == 63 * 192
    assert len(accounts(state)) == 3 + 2 + 63 + 2 * 192
    after = run(state, 62)
    found = diff(state, after, limit=10**6)
    bonds_found = found.what.str.contains(" bond on ").sum()
    assert bonds_found == len(bonds(after, 1)) + len(bonds(after, 2)) > 20_000
    assert len(diff(state, after)) == 1001


# --- rules ---------------------------------------------------------------------------------------


def test_hyperparameters_are_all_rules_of_a_subnet():
    state = SMALL.with_hyperparameters(1, kappa=40000, yuma3=False)
    table = hyperparameters(state, 1)
    assert list(table.columns) == ["parameter", "value", "shown", "unit", "who", "meaning", "scope"]
    names = [f.name for f in fields(Hyperparameters)] + [f.name for f in fields(NetworkParameters)]
    assert table.parameter.tolist() == names
    assert (table.scope == "subnet").sum() == len(fields(Hyperparameters))
    by_name = table[table.scope == "subnet"].set_index("parameter")
    kappa = meaning("kappa")
    assert by_name.loc["kappa"].tolist() == [40000, "0.6104", "of 65535", "root", kappa.sentence, "subnet"]
    assert by_name.value["yuma3"] is False and by_name.shown["yuma3"] == "off"
    network = table[table.scope == "network"].set_index("parameter")
    assert network.value["tao_weight"] == state.network.tao_weight and network.shown["tao_weight"] == "0.18"
    assert network.value["min_childkey_take"] == state.network.min_childkey_take


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("tempo", 360, "360 blocks"),
        ("tempo", 1, "1 block"),
        ("max_tempo", 50_400, "50 400 blocks"),
        ("kappa", 32767, "0.5"),
        ("kappa", 65535, "1"),
        ("min_burn", 500_000, "0.0005 τ"),
        ("max_burn", 100 * RAO_PER_TAO, "100 τ"),
        ("min_burn", 1, "0.000000001 τ"),
        ("registration_allowed", True, "on"),
        ("liquid_alpha", False, "off"),
        ("burn_increase_mult", int(1.26 * 2**64), "1.26"),
        ("activity_cutoff_factor_milli", 13889, "13.889 tempos"),
        ("alpha_sigmoid_steepness", 1000, "10"),
        ("alpha_sigmoid_steepness", -150, "\u22121.5"),
        ("bonds_moving_average", 900_000, "0.9"),
        ("tao_weight", U64_MAX, "1"),
        ("weights_version_key", 1234, "1 234"),
        ("reveal_period_epochs", 1, "1 epoch"),
    ],
)
def test_values_are_shown_as_people_read_them(name, value, text):
    assert shown(meaning(name), value).replace("\u00a0", " ").replace("\u202f", " ") == text


def test_every_value_that_can_be_stored_can_be_shown():
    for kind in (Hyperparameters, NetworkParameters):
        for meant in meanings(kind).values():
            assert shown(meant, meant.low) and shown(meant, meant.high)


def test_the_glossary_explains_every_rule():
    table = glossary()
    assert list(table.columns) == [
        "parameter", "storage", "label", "unit", "low", "high", "who", "sentence", "scope"
    ]  # fmt: skip
    assert len(table) == len(fields(Hyperparameters)) + len(fields(NetworkParameters))
    row = table[table.parameter == "burn_increase_mult"].iloc[0]
    assert (row.storage, row.low, row.high, row.who) == ("BurnIncreaseMult", 0, 2**128 - 1, "owner")
    assert table.sentence.str.endswith(".").all()
    same = hyperparameters(SMALL, 1)
    assert table.parameter.tolist() == same.parameter.tolist()
    assert table.sentence.tolist() == same.meaning.tolist()


# --- diff ----------------------------------------------------------------------------------------


def one_more(array: np.ndarray, row: int) -> np.ndarray:
    changed = array.copy()
    changed[row] = not changed[row] if changed.dtype == bool else changed[row] + 1
    return changed


def of_type(kind: type, word: str) -> list[str]:
    return [item.name for item in fields(kind) if word in str(item.type)]


ARRAYS = (Clocks, "clocks"), (Pools, "pools")
COMMIT, NEXT = Commit("0xaa", 3, 990), Commit("0xbb", 4, 995)
TIMELOCKED = TimelockedCommit("validator-1", 990, (3, 4), (1, 2), 0)
CHILDREN = ((1 << 60, "kid-b"), (1 << 61, "kid-a"))


@pytest.mark.parametrize("state", [SMALL, empty_network(), demo_network(1, 0, 0)])
def test_nothing_differs_from_itself(state):
    same = diff(state, state)
    assert len(same) == 0 and list(same.columns) == ["what", "before", "after", "unit"]
    rebuilt = replace(
        state,
        subnets=tuple(subnet and replace(subnet) for subnet in state.subnets),
        free=Map(dict(state.free)),
        clocks=replace(state.clocks, burn=state.clocks.burn.copy()),
    )
    assert len(diff(state, rebuilt)) == 0
    assert len(diff(demo_network(2, 2, 3), SMALL)) == 0


@pytest.mark.parametrize(
    ("record", "name"), [(where, name) for kind, where in ARRAYS for name in of_type(kind, "NDArray")]
)
def test_diff_of_columns_by_netuid(record, name):
    columns = getattr(SMALL, record)
    now = getattr(columns, name)[2].item()
    other = (not now) if isinstance(now, bool) else now + 1
    found = diff(SMALL, replace(SMALL, **{record: columns.at(2, **{name: other})}))
    assert rows_of(found.drop(columns="unit")) == [(f"netuid 2 {name}", now, other)]
    units = {"epoch_index": "", "blocks_since_last_step": "blocks", "quote_weight": "of 1e18"}
    units |= dict.fromkeys(("initialised", "root_share", "subtoken_enabled", "emission_enabled"), "")
    units |= dict.fromkeys(("moving_price", "miner_burned"), "of 2³²")
    units |= dict.fromkeys(("user_flow_ema", "protocol_flow_ema"), "rao per block")
    assert found.unit[0] == units.get(name, "block" if "block" in name or "epoch" in name else "rao")


@pytest.mark.parametrize("name", of_type(Subnet, "NDArray"))
def test_diff_of_columns_by_uid(name):
    array = getattr(SMALL.subnet(1), name)
    after = one_more(array, 4)
    found = diff(SMALL, change(SMALL, **{name: after}))
    assert rows_of(found.drop(columns="unit")) == [(f"netuid 1 uid 4 {name}", array[4], after[4])]


@pytest.mark.parametrize("name", ["incentive", "last_update"])
def test_diff_of_a_mechanisms_columns(name):
    two = change(SMALL, mechanisms=(SMALL.subnet(1).mechanism(0), new_mechanism(6)))
    array = getattr(two.subnet(1).mechanism(1), name)
    found = diff(two, change_mechanism(two, 1, **{name: one_more(array, 2)}))
    assert rows_of(found)[0][:3] == (f"netuid 1 mechanism 1 uid 2 {name}", 0, 1) and len(found) == 1


@pytest.mark.parametrize("kind", [Hyperparameters, NetworkParameters])
def test_diff_of_every_rule(kind):
    for name, meant in meanings(kind).items():
        if kind is Hyperparameters:
            rules, head = SMALL.hyperparameters(2), "netuid 2"
        else:
            rules, head = SMALL.network, "network"
        old = getattr(rules, name)
        new = not old if isinstance(old, bool) else old + (1 if old < meant.high else -1)
        if kind is Hyperparameters:
            after = SMALL.with_hyperparameters(2, **{name: new})
        else:
            after = replace(SMALL, network=replace(rules, **{name: new}))
        assert rows_of(diff(SMALL, after)) == [(f"{head} {name}", old, new, meant.unit)]


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (replace(SMALL, block=1001), [("block", 1000, 1001, "block")]),
        (
            replace(SMALL, total_issuance=1),
            [("total_issuance", SMALL.total_issuance, 1, "rao")],
        ),
        (
            replace(SMALL, free=SMALL.free.set("alice", 5).set("dora", 7).delete("bob")),
            [
                ("free TAO of alice", 1_000 * RAO_PER_TAO, 5, "rao"),
                ("free TAO of bob", 1_000 * RAO_PER_TAO, "", "rao"),
                ("free TAO of dora", "", 7, "rao"),
            ],
        ),
        (
            replace(SMALL, owner=SMALL.owner.set("miner-1-1", "alice")),
            [("coldkey of miner-1-1", "miner-1-1-cold", "alice", "")],
        ),
        (replace(SMALL, takes=Map({"a": 0})), [("take of a", "", 0, "of 65535")]),
        (
            replace(SMALL, stake=(SMALL.stake[0], SMALL.stake[1].delete("validator-1"), SMALL.stake[2])),
            [
                ("stake of validator-1 on netuid 1", SMALL.stake[1]["validator-1"].value, "", "rao"),
                (
                    "stake of validator-1-cold on validator-1 on netuid 1",
                    SMALL.stake[1]["validator-1"].value,
                    "",
                    "rao",
                ),
            ],
        ),
        (
            replace(SMALL, stake=(SMALL.stake[0].set("{x}", SharePool(3)), *SMALL.stake[1:])),
            [("stake of {x} on netuid 0", "", 3, "rao")],
        ),
        (replace(SMALL, last_take_change=Map(a=9)), [("last_take_change of a", "", 9, "block")]),
        (replace(SMALL, last_key_swap=Map(a=9)), [("last_key_swap of a", "", 9, "block")]),
        (
            change(SMALL, owner_coldkey="x"),
            [("netuid 1 owner_coldkey", "owner-1-cold", "x", "")],
        ),
        (change(SMALL, owner_hotkey="x"), [("netuid 1 owner_hotkey", "owner-1", "x", "")]),
        (change(SMALL, registered_at=5), [("netuid 1 registered_at", 0, 5, "block")]),
        (
            replace(SMALL, pools=SMALL.pools.at(1, subtoken_enabled=False)),
            [("netuid 1 subtoken_enabled", True, False, "")],
        ),
        (
            change(SMALL, rao_recycled_for_registration=5),
            [("netuid 1 rao_recycled_for_registration", 0, 5, "rao")],
        ),
        (
            change(SMALL, hotkeys=("owner-1", "validator-1", "validator-2", "new", "miner-1-2", "miner-1-3")),
            [("netuid 1 uid 3 hotkey", "miner-1-1", "new", "")],
        ),
        (
            change(SMALL, mechanism_split=(65535, 0)),
            [("netuid 1 mechanism_split", "", "65535, 0", "of 65535")],
        ),
        (change(SMALL, childkey_takes=Map(a=9)), [("netuid 1 childkey take of a", "", 9, "of 65535")]),
        (change(SMALL, commitments=Map(a="hi")), [("netuid 1 commitment of a", "", "hi", "")]),
        (
            change(SMALL, last_owner_change=Map(kappa=9)),
            [("netuid 1 last_owner_change of kappa", "", 9, "block")],
        ),
        (change(SMALL, last_set_children=Map(a=9)), [("netuid 1 last_set_children of a", "", 9, "block")]),
        (change(SMALL, last_childkey_take=Map(a=9)), [("netuid 1 last_childkey_take of a", "", 9, "block")]),
        (change(SMALL, last_hotkey_swap=Map(a=9)), [("netuid 1 last_hotkey_swap of a", "", 9, "block")]),
        (
            change(SMALL, children=Map(a=CHILDREN)),
            [
                ("netuid 1 child kid-a of a", "", 1 << 61, "of 2⁶⁴ − 1"),
                ("netuid 1 child kid-b of a", "", 1 << 60, "of 2⁶⁴ − 1"),
            ],
        ),
        (
            change(SMALL, pending_children=Map(a=PendingChildren(CHILDREN[:1], 1120))),
            [
                ("netuid 1 pending children of a", "", 1120, "block"),
                ("netuid 1 pending child kid-b of a", "", 1 << 60, "of 2⁶⁴ − 1"),
            ],
        ),
        (
            change(SMALL, locked=7, auto_stake=Map(a="validator-1")),
            [
                ("netuid 1 locked", 0, 7, "rao"),
                ("netuid 1 stake destination of a", "", "validator-1", ""),
            ],
        ),
        (
            change(SMALL, locks=Map(a=Lock("validator-1", 500, 7, 990))),
            [
                ("netuid 1 lock of a hotkey", "", "validator-1", ""),
                ("netuid 1 lock of a mass", "", 500, "rao"),
                ("netuid 1 lock of a conviction", "", 7, "rao of 2³²"),
                ("netuid 1 lock of a last_block", "", 990, "block"),
                ("netuid 1 lock of a perpetual", "", False, ""),
            ],
        ),
        (
            replace(SMALL, root_claims=Map(v=RootClaims(Map({2: 9}), Map(a=Map({2: 5}))))),
            [
                ("rate of netuid 2 of root dividends of v", "", 9, "of 2³²"),
                ("drawn of netuid 2 by a through v", "", 5, "rao"),
            ],
        ),
        (
            replace(SMALL, claim_types=Map(a=ClaimType(True, (1, 2)))),
            [("claim type of a keep", "", True, ""), ("claim type of a netuids", "", "1, 2", "")],
        ),
        (
            replace(SMALL, announced_swaps=Map(a=AnnouncedSwap(5, "0xaa"))),
            [
                ("announced swap of a block", "", 5, "block"),
                ("announced swap of a new_coldkey_hash", "", "0xaa", ""),
            ],
        ),
        (
            replace(SMALL, root_stakers=SMALL.root_stakers.set("a", 2), seed=3, gate_bar=4),
            [
                ("number among root's stakers of a", "", 2, ""),
                ("gate_bar", 0, 4, "of 2⁶⁴"),
                ("seed", 0, 3, ""),
            ],
        ),
        (
            replace(
                SMALL,
                staking_hotkeys=SMALL.staking_hotkeys.set("a", ("x", "y")),
                last_lock=5,
                last_founding=6,
            ),
            [
                ("staking_hotkeys of a", "", "x, y", ""),
                ("last_lock", 0, 5, "rao"),
                ("last_founding", 0, 6, "block"),
            ],
        ),
        (
            replace(SMALL, founding_rules=replace(SMALL.founding_rules, kappa=7)),
            [("new subnets' kappa", 32767, 7, "of 65535")],
        ),
        (
            change_mechanism(SMALL, commits=Map(a=(COMMIT,))),
            [("netuid 1 commit of a", "", "0xaa, epoch 3, block 990", "")],
        ),
        (
            change_mechanism(SMALL, timelocked=Map({3: (TIMELOCKED,)})),
            [
                (
                    "netuid 1 timelocked commit of validator-1 in epoch 3",
                    "",
                    "block 990, version 0, weights 3: 1, 4: 2",
                    "",
                )
            ],
        ),
    ],
    ids=lambda value: value[0][0] if isinstance(value, list) else "",
)
def test_diff_of_single_fields(after, expected):
    assert rows_of(diff(SMALL, after)) == expected
    back = [(what, new, old, unit) for what, old, new, unit in expected]
    assert rows_of(diff(after, SMALL)) == back


def test_every_field_of_a_state_was_tried():
    """A new field shows under its own name; this asks for a test of how it reads."""
    tried = set(of_type(Subnet, "NDArray")) | {"incentive", "last_update", "weights", "bonds"}
    tried |= {
        "block", "network", "total_issuance", "free", "owner", "takes", "stake", "subnets", "rules",
        "clocks", "pools", "last_take_change", "last_key_swap", "owner_coldkey", "owner_hotkey",
        "registered_at", "locked", "locks", "auto_stake", "rao_recycled_for_registration", "hotkeys",
        "mechanisms", "mechanism_split", "childkey_takes", "commitments", "last_owner_change",
        "last_set_children",
        "last_childkey_take", "last_hotkey_swap", "children", "pending_children", "commits", "timelocked",
        "root_claims", "claim_types", "announced_swaps", "root_stakers", "staking_hotkeys", "founding_rules",
        "last_lock",
        "last_founding", "gate_bar", "seed",
    }  # fmt: skip
    said_otherwise = {"netuid", "parents", "root_staker_of"}
    assert {f.name for kind in (State, Subnet, Mechanism) for f in fields(kind)} == tried | said_otherwise


def test_what_follows_from_other_fields_does_not_show():
    assert len(diff(SMALL, change(SMALL, parents=Map(kid=((1 << 60, "a"),))))) == 0
    other = change(SMALL, registered_at=0)
    _ = other.subnet(1).uids, other.rules.tempo, other.rules.burn_factor  # cached on first use
    assert len(diff(SMALL, other)) == 0


def test_diff_of_weights():
    nothing = make_row([], [])
    rows = (nothing, make_row([3, 4], [10, 20]), make_row([3, 5], [1, 2]), nothing, nothing, nothing)
    before = change_mechanism(SMALL, weights=rows)
    after = change_mechanism(before, weights=(rows[0], make_row([5, 4, 3], [0, 20, 11]), *rows[2:]))
    assert rows_of(diff(before, after)) == [
        ("netuid 1 uid 1 weight on 3", 10, 11, "of 65535"),
        ("netuid 1 uid 1 weight on 5", "", 0, "of 65535"),
    ]
    after = change_mechanism(before, weights=(*rows[:2], make_row([5, 3], [2, 1]), *rows[3:]))
    assert rows_of(diff(before, after)) == [("netuid 1 uid 2 order of weights", "3, 5", "5, 3", "")]
    after = change_mechanism(before, weights=(*rows[:2], nothing, *rows[3:]))
    assert rows_of(diff(before, after)) == [
        ("netuid 1 uid 2 weight on 3", 1, "", "of 65535"),
        ("netuid 1 uid 2 weight on 5", 2, "", "of 65535"),
    ]


def test_diff_of_bonds():
    before = change_mechanism(SMALL, bonds=rows_from_lists([[], [[3, 5], [4, 0]], [[3, 7]], [], [], []]))
    after = change_mechanism(SMALL, bonds=rows_from_lists([[], [[4, 0], [3, 5]], [], [[0, 65535]], [], []]))
    assert rows_of(diff(before, after)) == [
        ("netuid 1 uid 2 bond on 3", 7, "", "of 65535"),
        ("netuid 1 uid 3 bond on 0", "", 65535, "of 65535"),
        ("netuid 1 uid 1 order of bonds", "3, 4", "4, 3", ""),
    ]


@pytest.mark.parametrize("seed", range(30))
def test_diff_of_matrices_is_that_of_their_pairs(seed):
    """Against plain dictionaries, with matrices of different sizes."""
    rng = np.random.default_rng(seed)

    def row(n: int) -> list[list[int]]:
        uids = sorted(rng.permutation(n)[: rng.integers(0, n + 1)].tolist())
        return [[uid, int(rng.integers(0, 3))] for uid in uids]

    lists = [[row(n) for _ in range(n)] for n in rng.integers(0, 7, 2).tolist()]
    pairs = [{(i, uid): v for i, row in enumerate(rows) for uid, v in row} for rows in lists]
    states = [change_mechanism(SMALL, bonds=rows_from_lists(rows)) for rows in lists]
    weighted = [
        change_mechanism(SMALL, weights=unpack(state.subnet(1).mechanism(0).bonds)) for state in states
    ]
    for word, (before, after) in (("bond", states), ("weight", weighted)):
        expected = [
            (f"netuid 1 uid {i} {word} on {uid}", *(side.get((i, uid), "") for side in pairs), "of 65535")
            for i, uid in sorted(pairs[0].keys() | pairs[1].keys())
            if pairs[0].get((i, uid), "") != pairs[1].get((i, uid), "")
        ]
        assert rows_of(diff(before, after)) == expected


def test_diff_of_children_that_only_changed_places():
    before, after = (change(SMALL, children=Map(a=pairs)) for pairs in (CHILDREN, CHILDREN[::-1]))
    assert rows_of(diff(before, after)) == [
        ("netuid 1 order of children of a", "kid-b, kid-a", "kid-a, kid-b", "")
    ]


def test_diff_of_commits_that_came_and_went():
    before = change_mechanism(SMALL, commits=Map(a=(COMMIT, NEXT)))
    after = change_mechanism(SMALL, commits=Map(a=(NEXT, COMMIT, COMMIT), b=(NEXT,)))
    assert rows_of(diff(before, after)) == [
        ("netuid 1 commit of a", "", "0xaa, epoch 3, block 990", ""),
        ("netuid 1 commit of b", "", "0xbb, epoch 4, block 995", ""),
    ]


def test_diff_of_mechanisms():
    two = change(SMALL, mechanisms=(SMALL.subnet(1).mechanism(0), new_mechanism(6)))
    found = diff(SMALL, two)
    assert rows_of(found)[0] == ("netuid 1 mechanisms", 1, 2, "")
    assert found.what[1:].str.startswith("netuid 1 mechanism 1 uid ").all()
    assert len(found) == 1 + 6 + 6  # incentive and last_update of six uids
    row = make_row([3], [9])
    more = change_mechanism(two, 1, weights=(row, *two.subnet(1).mechanism(1).weights[1:]))
    assert rows_of(diff(two, more)) == [("netuid 1 mechanism 1 uid 0 weight on 3", "", 9, "of 65535")]


def test_diff_of_a_registration():
    before = demo_network(1, 1, 1, weights=False)
    after, _ = apply(before, BurnedRegister("alice", "new", 1))
    found = diff(before, after)
    by_what = found.set_index("what")
    assert by_what.after["netuid 1 uid 3 hotkey"] == "new"
    assert by_what.after["coldkey of new"] == "alice"
    assert by_what.after["free TAO of alice"] == 999 * RAO_PER_TAO
    assert by_what.before["netuid 1 burn"] == RAO_PER_TAO < by_what.after["netuid 1 burn"]
    assert by_what.after["netuid 1 uid 3 last_update"] == 1000
    assert (by_what.before[by_what.index.str.contains("uid 3")] == "").all()
    assert not by_what.index.str.contains(r"\buid [012] ").any()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (SMALL, run(SMALL, 130)),
        (empty_network(), SMALL),
        (demo_network(1, 2, 3), SMALL),
        (demo_network(3, 4, 9), run(SMALL, 61)),
        (demo_network(2, 0, 0), demo_network(1, 3, 3)),
        (replace(SMALL, subnets=(None, None, SMALL.subnets[2])), SMALL),
    ],
)
def test_every_row_of_a_diff_names_a_real_change(before, after):
    found = diff(before, after, limit=10**6)
    assert len(found) and found.what.is_unique
    assert all(old != new for old, new in zip(found.before, found.after, strict=True))
    assert all(isinstance(value, int | str | bool | float) for value in (*found.before, *found.after))
    back = diff(after, before, limit=10**6)
    assert found.what.tolist() == back.what.tolist()
    assert found.before.tolist() == back.after.tolist() and found.after.tolist() == back.before.tolist()


def test_a_subnet_that_came_shows_whole():
    found = diff(demo_network(1, 1, 1), demo_network(2, 1, 1), limit=10**6)
    second = found[found.what.str.startswith("netuid 2 ")]
    assert (second.before == "").all()
    said = set(second.what)
    assert {f"netuid 2 {name}" for name in meanings(Hyperparameters)} <= said
    assert {"netuid 2 owner_hotkey", "netuid 2 mechanisms", "netuid 2 uid 2 hotkey", "netuid 2 burn"} <= said
    assert "netuid 2 uid 1 weight on 2" in said


def test_a_diff_has_a_limit():
    after = run(SMALL, 130)
    whole = diff(SMALL, after)
    for limit in (0, 1, 5, len(whole) - 1):
        part = diff(SMALL, after, limit=limit)
        assert rows_of(part)[:-1] == rows_of(whole)[:limit]
        assert rows_of(part)[-1] == (f"and {len(whole) - limit} more", "", "", "")
    for limit in (len(whole), len(whole) + 1):
        pd.testing.assert_frame_equal(diff(SMALL, after, limit=limit), whole)


# --- events --------------------------------------------------------------------------------------


def test_events_as_a_table():
    table = events_table(
        [
            (7, NeuronRegistered(1, 5, "h", 1000)),
            (7, EpochRan(2, 3, 40)),
            (8, HotkeySwapped("c", "old", "new", None)),
            (9, SetChildren("h", 1, ((5, "kid"),))),
            (9, HyperparameterSet(0, "tempo", 1, 2)),
            (9, ExtrinsicFailed("BurnedRegister", NotEnoughBalanceToStake("a holds 1 τ, asked 2 τ"))),
            (9, Event()),
        ]
    )
    assert list(table.columns) == ["block", "event", "netuid", "uid", "hotkey", "details"]
    assert table.block.tolist() == [7, 7, 8, 9, 9, 9, 9]
    assert table.event.tolist()[:3] == ["NeuronRegistered", "EpochRan", "HotkeySwapped"]
    assert table.netuid.tolist() == [1, 2, pd.NA, 1, 0, pd.NA, pd.NA]
    assert table.uid.tolist() == [5, *[pd.NA] * 6]
    assert table.hotkey.tolist() == ["h", pd.NA, pd.NA, "h", *[pd.NA] * 3]
    assert table.details.tolist()[:5] == [
        "cost 1000",
        "epoch 3, emission 40",
        "coldkey c, old_hotkey old, new_hotkey new",
        "children ((5, kid))",
        "parameter tempo, before 1, after 2",
    ]
    assert "NotEnoughBalanceToStake: " in table.details[5] and "asked 2 τ" in table.details[5]
    assert table.details[6] == ""


def test_no_events_make_a_table_of_the_same_columns():
    empty, full = events_table([]), events_table([(7, NeuronRegistered(1, 5, "h", 1000))])
    pd.testing.assert_series_equal(empty.dtypes, full.dtypes)
    assert len(empty) == 0
