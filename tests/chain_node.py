"""A node of our making: a ``State`` as storage of a chain, spoken to as one speaks to a node.

    with ChainNode(state) as node:
        take_snapshot(folder, node.address)

Names of storage items and the types of their values are the official SDK's own; what lies in them is a
network of ours, encoded by the SDK's codec from metadata that this file writes (SCALE, version 14). So the
SDK connects, asks, gets bytes and decodes them as it does with main net. ``faults`` lets it fail: the
n-th message is not answered but something else is done.
"""

from __future__ import annotations

import json
import re
import threading
from hashlib import blake2b

import bittensor_core
from bittensor._generated import storage as catalog
from bittensor._transport.codec import RuntimeCodec
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import serve

from bittensor_lab.params import Hyperparameters, NetworkParameters, meanings
from bittensor_lab.rows import unpack

HEAD_HASH, PARENT_HASH = ("0x" + letter * 64 for letter in "ab")
PRIMITIVES = [
    "bool",
    "char",
    "str",
    "u8",
    "u16",
    "u32",
    "u64",
    "u128",
    "u256",
    "i8",
    "i16",
    "i32",
    "i64",
    "i128",
]
NEW_TYPES = {"TaoBalance": "u64", "AlphaBalance": "u64", "PerU16": "u16", "MechId": "u8", "NetUid": "u16",
             "Perquintill": "u64"}  # fmt: skip
RECORDS = {
    "FixedU128": {"bits": "u128"},
    "FixedI128": {"bits": "i128"},
    "Balancer": {"quote": "Perquintill"},
}
CHOICES = {"RecycleOrBurnEnum": ["Burn", "Recycle"]}
PATHS = {"AccountId32": ("sp_core", "crypto")}
"""where a type is from, if that is how the SDK knows it"""
IDENTITY, CONCAT = 6, 2
OPTIONAL = {"FirstEmissionBlockNumber", "SubnetEmaTaoFlow", "SubnetEmaProtocolFlow"}
NETUID = ("NetUid", IDENTITY)
UID = ("u16", IDENTITY)
ACCOUNT = ("AccountId32", CONCAT)
BY_UID = {"Keys", "BlockAtRegistration", "Weights", "Bonds"}
BY_HOTKEY = {"Owner", "Delegates"}
BY_HOTKEY_AND_NETUID = {"TotalHotkeyAlpha", "ChildkeyTake", "ParentKeys", "ChildKeys"}
SPEC_VERSION = 425


def address(name):
    """The ss58 address of a name's key."""
    return bittensor_core.ss58_encode(blake2b(name.encode(), digest_size=32).digest(), 42)


# --- SCALE, as far as metadata needs it ------------------------------------------------------------


def compact(number):
    if number < 64:
        return bytes([number << 2])
    if number < 2**14:
        return (number << 2 | 1).to_bytes(2, "little")
    return (number << 2 | 2).to_bytes(4, "little")


def text(value):
    return compact(len(value.encode())) + value.encode()


def listed(parts):
    return compact(len(parts)) + b"".join(parts)


def optional(part):
    return b"\0" if part is None else b"\1" + part


class Types:
    """The registry of types: each gets a number when it is first named."""

    def __init__(self):
        self.numbers, self.bodies = {}, []

    def number(self, name):
        if name not in self.numbers:
            self.numbers[name] = len(self.bodies)
            self.bodies.append(b"")
            self.bodies[self.numbers[name]] = self._type(name)
        return self.numbers[name]

    def _type(self, name):
        path = [] if re.search(r"[<(\[]", name) or name in PRIMITIVES else [*PATHS.get(name, ()), name]
        return listed([text(p) for p in path]) + listed([]) + self._definition(name) + listed([])

    def _definition(self, name):
        if name in PRIMITIVES:
            return bytes([5, PRIMITIVES.index(name)])
        if name == "AccountId32":
            return b"\0" + listed([self._field(None, "[u8; 32]")])
        if name == "[u8; 32]":
            return b"\3" + (32).to_bytes(4, "little") + compact(self.number("u8"))
        if name in NEW_TYPES:
            return b"\0" + listed([self._field(None, NEW_TYPES[name])])
        if name in RECORDS:
            return b"\0" + listed([self._field(*pair) for pair in RECORDS[name].items()])
        if name in CHOICES:
            named = enumerate(CHOICES[name])
            return b"\1" + listed([text(c) + listed([]) + bytes([i]) + listed([]) for i, c in named])
        if name.startswith("Vec<"):
            return b"\2" + compact(self.number(name[4:-1]))
        assert name.startswith("("), name
        return b"\4" + listed([compact(self.number(part.strip())) for part in name[1:-1].split(",") if part])

    def _field(self, name, kind):
        called = optional(None if name is None else text(name))
        return called + compact(self.number(kind)) + optional(None) + listed([])

    def encoded(self):
        return listed([compact(number) + body for number, body in enumerate(self.bodies)])


def nothing_of(kind):
    """The bytes of a type's zero, as a node gives them for what was never set."""
    if kind.startswith("("):
        return b"".join(nothing_of(part.strip()) for part in kind[1:-1].split(",") if part)
    if kind.startswith("Vec<") or kind in CHOICES or kind == "bool":
        return b"\0"
    if kind in RECORDS:
        return b"".join(map(nothing_of, RECORDS[kind].values()))
    return bytes(32) if kind == "AccountId32" else bytes(int(NEW_TYPES.get(kind, kind)[1:]) // 8)


def keys_of(item, netuids_only):
    if item in BY_UID:
        return [NETUID, UID]
    if item in BY_HOTKEY:
        return [ACCOUNT]
    if item in BY_HOTKEY_AND_NETUID:
        return [ACCOUNT, NETUID]
    return [NETUID] if item in netuids_only else []


def metadata(items, by_netuid):
    """The metadata of a chain with these items of (pallet, name, type of value)."""
    types, pallets = Types(), {}
    for pallet, name, kind in items:
        keys = keys_of(name, by_netuid)
        if keys:
            key = keys[0][0] if len(keys) == 1 else f"({', '.join(k for k, _ in keys)})"
            hashers = listed([bytes([hasher]) for _, hasher in keys])
            shape = b"\1" + hashers + compact(types.number(key)) + compact(types.number(kind))
        else:
            shape = b"\0" + compact(types.number(kind))
        modifier, zeros = (b"\0", b"\0") if name in OPTIONAL else (b"\1", nothing_of(kind))
        entry = text(name) + modifier + shape + compact(len(zeros)) + zeros + listed([])
        pallets.setdefault(pallet, []).append(entry)
    told = []
    for index, (pallet, entries) in enumerate(pallets.items()):
        storage = b"\1" + text(pallet) + listed(entries)
        told.append(text(pallet) + storage + b"\0\0" + listed([]) + b"\0" + bytes([index]))
    nothing = compact(types.number("()"))
    extrinsic = nothing + b"\4" + listed([])
    return b"meta" + b"\x0e" + types.encoded() + listed(told) + extrinsic + nothing


# --- a state as storage ----------------------------------------------------------------------------


def fixed(number):
    return {"bits": int(number)}


def pairs(row):
    return [(int(uid), int(value)) for uid, value in zip(row.uid, row.value, strict=True)]


def subnet_items(state, netuid):
    """What the chain keeps by a netuid alone."""
    pools, clocks, subnet = state.pools, state.clocks, state.subnet(netuid)
    rules, mechanism = state.hyperparameters(netuid), subnet.mechanisms[0]
    yield from (("NetworksAdded", True), ("SubnetworkN", subnet.n))
    for item, column in (
        ("SubnetTAO", "tao_in"), ("SubnetAlphaIn", "alpha_in"), ("SubnetAlphaOut", "alpha_out"),
        ("SubnetProtocolAlpha", "protocol_alpha"), ("PendingServerEmission", "pending_server"),
        ("PendingValidatorEmission", "pending_validator"), ("PendingRootAlphaDivs", "pending_root"),
        ("PendingOwnerCut", "pending_owner"), ("SubnetTaoFlow", "user_flow"),
        ("SubnetProtocolFlow", "protocol_flow"), ("PalSwapInitialized", "initialised"),
        ("SubtokenEnabled", "subtoken_enabled"), ("SubnetEmissionEnabled", "emission_enabled"),
        ("FirstEmissionBlockNumber", "first_emission_block"),
    ):  # fmt: skip
        yield item, getattr(pools, column)[netuid].item()
    yield "SubnetMovingPrice", fixed(pools.moving_price[netuid])
    yield "MinerBurned", fixed(pools.miner_burned[netuid])
    yield "SwapBalancer", {"quote": int(pools.quote_weight[netuid])}
    yield "SubnetEmaTaoFlow", (state.block, fixed(pools.user_flow_ema[netuid] * 2**64))
    yield "SubnetEmaProtocolFlow", (state.block, fixed(pools.protocol_flow_ema[netuid] * 2**64))
    yield from (("SubnetOwner", address(subnet.owner_coldkey)), ("SubnetLocked", subnet.locked))
    yield from (
        ("SubnetOwnerHotkey", address(subnet.owner_hotkey)),
        ("NetworkRegisteredAt", subnet.registered_at),
    )
    yield "RAORecycledForRegistration", subnet.rao_recycled_for_registration
    for item, column in (
        ("Burn", "burn"), ("BlocksSinceLastStep", "blocks_since_last_step"),
        ("LastEpochBlock", "last_epoch_block"), ("PendingEpochAt", "pending_epoch_at"),
        ("LastMechansimStepBlock", "last_step_block"), ("SubnetEpochIndex", "epoch_index"),
    ):  # fmt: skip
        yield item, int(getattr(clocks, column)[netuid])
    for item, values in (
        ("ValidatorPermit", subnet.validator_permit), ("Active", subnet.active),
        ("Emission", subnet.emission), ("LastUpdate", mechanism.last_update),
        ("Incentive", mechanism.incentive), ("Consensus", subnet.consensus),
        ("Dividends", subnet.dividends), ("ValidatorTrust", subnet.validator_trust),
        ("StakeWeight", subnet.stake_weight),
    ):  # fmt: skip
        yield item, values.tolist()
    yield from rule_items(rules)


def rule_items(rules):
    """The hyperparameters, those that the chain keeps in another form in that."""
    special = {
        "burn_increase_mult": fixed(rules.burn_increase_mult),
        "alpha_low": (rules.alpha_low, rules.alpha_high),
        "alpha_high": (rules.alpha_low, rules.alpha_high),
        "recycle_or_burn": "Recycle" if rules.recycle_or_burn else "Burn",
        "root_claim_threshold": fixed(rules.root_claim_threshold << 32),
    }
    for name, about in meanings(Hyperparameters).items():
        yield about.storage, special.get(name, getattr(rules, name))


def network_items(state):
    """What the chain keeps once."""
    yield from (("TotalIssuance", state.total_issuance), ("NetworkLastLockCost", state.last_lock))
    yield "EmissionGateBar", fixed(state.gate_bar)
    network = state.network
    special = {
        "gate_exponent": fixed(network.gate_exponent << 64),
        "flow_cutoff": fixed(network.flow_cutoff << 64),
        "flow_exponent": fixed(network.flow_exponent << 64),
        "subnet_moving_alpha": fixed(network.subnet_moving_alpha),
    }
    for name, about in meanings(NetworkParameters).items():
        yield about.storage, special.get(name, getattr(network, name))


def keyed_items(state):
    """What has a key of its own: (item, keys, value)."""
    for hotkey, coldkey in state.owner.items():
        yield "Owner", [address(hotkey)], address(coldkey)
        yield "Delegates", [address(hotkey)], state.takes.get(hotkey, state.network.max_delegate_take)
    for netuid, ledger in enumerate(state.stake):
        for hotkey, pool in ledger.items():
            yield "TotalHotkeyAlpha", [address(hotkey), netuid], pool.value
    for uid, hotkey in enumerate(sorted(state.stake[0])):
        yield "Keys", [0, uid], address(hotkey)
    for netuid in state.netuids:
        subnet = state.subnet(netuid)
        mechanism = subnet.mechanisms[0]
        for uid, hotkey in enumerate(subnet.hotkeys):
            yield "Keys", [netuid, uid], address(hotkey)
            yield "BlockAtRegistration", [netuid, uid], int(subnet.block_at_registration[uid])
            yield "Weights", [netuid, uid], pairs(mechanism.weights[uid])
            yield "Bonds", [netuid, uid], pairs(unpack(mechanism.bonds)[uid])
            yield "ChildkeyTake", [address(hotkey), netuid], subnet.childkey_takes.get(hotkey, 0)
        for item, relations in (("ChildKeys", subnet.children), ("ParentKeys", subnet.parents)):
            for hotkey, related in relations.items():
                yield item, [address(hotkey), netuid], [(part, address(key)) for part, key in related]


def stored_items(state):
    """Everything: (item, keys, value)."""
    yield "SubnetTAO", [0], int(state.pools.tao_in[0])
    for netuid in state.netuids:
        yield from ((item, [netuid], value) for item, value in subnet_items(state, netuid))
    yield from ((item, [], value) for item, value in network_items(state))
    yield from keyed_items(state)


def catalogued(lacking=()):
    """The SDK's own items of the two pallets: (pallet, name, type of value), by name."""
    found = {}
    for pallet in ("SubtensorModule", "Swap"):
        for item in vars(getattr(catalog, pallet)).values():
            if isinstance(item, catalog.Item) and item.name not in lacking:
                found.setdefault(item.name, (pallet, item.name, item.value_type_ident))
    return found


class ChainNode:
    """Answers on this machine, at ``address``, for as long as the ``with`` block lasts.

    ``faults`` are what happens to the n-th message; ``lacking`` items are not there; ``other`` ones have
    another type, and one value everywhere.
    """

    def __init__(self, state, faults=None, lacking=(), spec_version=SPEC_VERSION, other=None):
        self.block, self.faults, self.asked = state.block, dict(faults or {}), 0
        self.spec_version, self.methods = spec_version, []
        self._answers = {
            "chain_getFinalizedHead": lambda: HEAD_HASH,
            "chain_getHead": lambda: HEAD_HASH,
            "chain_getBlockHash": self._block_hash,
            "chain_getHeader": self._header,
            "state_getRuntimeVersion": self._version,
            "state_call": lambda method, data, block_hash=None: None,  # metadata of version 15: not here
            "state_getMetadata": lambda block_hash=None: "0x" + self.metadata.hex(),
            "state_getStorageAt": lambda key, block_hash=None: self.storage.get(key),
            "state_queryStorageAt": self._values,
            "state_getKeysPaged": self._keys,
        }
        known, other = catalogued(lacking), other or {}
        known |= {item: (*known[item][:2], kind) for item, (kind, _) in other.items()}
        values = [
            (*known[item][:2], keys, other[item][1] if item in other else value)
            for item, keys, value in stored_items(state)
            if item in known
        ]
        by_netuid = {item for _, item, keys, _ in values if len(keys) == 1} - BY_HOTKEY
        used = dict.fromkeys([item for _, item, _, _ in values] + sorted(BY_HOTKEY_AND_NETUID & set(known)))
        self.metadata = metadata([known[item] for item in used], by_netuid)
        self.genesis = "0x" + blake2b(self.metadata, digest_size=32).hexdigest()  # the SDK caches by it
        codec = RuntimeCodec(self.metadata, spec_version=spec_version, transaction_version=1)
        self.storage = {}
        for pallet, item, keys, value in values:
            entry = codec.storage_entry(pallet, item)
            raw = codec.encode(entry.value_type, value)
            self.storage["0x" + codec.storage_key(entry, keys).hex()] = "0x" + raw.hex()

    def __enter__(self):
        self._server = serve(self._talk, "127.0.0.1", 0)
        self.address = f"ws://127.0.0.1:{self._server.socket.getsockname()[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()

    def _talk(self, connection):
        try:
            for message in connection:
                self.asked += 1
                fault = self.faults.get(self.asked)
                if fault is None:
                    connection.send(json.dumps(self._answer(json.loads(message))))
                else:
                    fault(connection, json.loads(message))
        except ConnectionClosed:
            return

    def _answer(self, message):
        self.methods.append(message["method"])
        found = self._answers.get(message["method"])
        if found is None:
            error = {"code": -32601, "message": "Method not found"}
            return {"jsonrpc": "2.0", "id": message["id"], "error": error}
        return {"jsonrpc": "2.0", "id": message["id"], "result": found(*message["params"])}

    def _block_hash(self, number):
        return {0: self.genesis, self.block: HEAD_HASH, self.block - 1: PARENT_HASH}.get(number)

    def _header(self, block_hash=None):
        number = self.block if block_hash in (None, HEAD_HASH) else self.block - 1
        return {"number": hex(number), "parentHash": PARENT_HASH}

    def _version(self, block_hash=None):
        return {"specVersion": self.spec_version, "transactionVersion": 1, "specName": "node-subtensor"}

    def _values(self, keys, block_hash=None):
        return [{"block": HEAD_HASH, "changes": [[key, self.storage.get(key)] for key in keys]}]

    def _keys(self, prefix, count, start, block_hash=None):
        return [key for key in sorted(self.storage) if key.startswith(prefix) and key > start][:count]
