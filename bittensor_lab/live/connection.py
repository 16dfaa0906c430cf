"""Connection: storage of a running chain, read at one block through the official SDK.

    async with connected("finney") as node:
        hash = await node.pin(None)
        tempos = await node.many("SubtensorModule", "Tempo", [[1], [2]])

The SDK reconnects, and goes to other public nodes of the same network; beyond that a question that finds no
answer is asked again, three times in all, each time with more patience. Errors come as ``InputError`` in
words. What the SDK keeps of the chain's metadata lies in our cache folder, not in the learner's home.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from bittensor_lab.errors import InputError, one_line
from bittensor_lab.places import user_cache

TRIES = 3
PATIENCE = 30.0
"""seconds that the first try of a read may take; the next ones get as much more"""
PAUSE = 1.0
"""seconds before the second try, and twice that before the third"""
KEYS_AT_A_TIME = 500
"""values asked for in one message; public nodes refuse very long ones"""
NEEDED = "bittensor>=11.3,<12"
"""as the extra ``live`` has it"""
SDK_CACHE = "BITTENSOR_RUNTIME_CACHE_DIR"


class NoSuchItemError(Exception):
    """The chain has no storage item of that name."""


class Node:
    """A chain that answers, and the block at which it is asked."""

    def __init__(self, network: str, substrate: Any, sdk: Any) -> None:
        self._network, self._substrate, self._sdk = network, substrate, sdk
        self._block_hash = ""

    async def pin(self, block: int | None) -> tuple[int, str]:
        """Choose the block of all that is read from here on: the last finalised one unless given."""
        head = await self._asked(self._substrate.finalized_block_number)
        if block is not None and not 0 < block <= head:
            raise InputError(
                f"{self._network} has no finalised block {block}",
                f"The last one is {head}.",
                "Ask for one up to that, or for none in particular.",
            )
        chosen = head if block is None else block
        self._block_hash = await self._asked(lambda: self._substrate.block_hash(chosen))
        return chosen, self._block_hash

    async def spec_version(self) -> int:
        """Return the version of the chain's runtime."""
        return int(await self._asked(self._substrate.spec_version))

    async def one(self, pallet: str, item: str, keys: Sequence[Any] = ()) -> Any:
        """Return a value; raises NoSuchItemError."""
        return await self._asked(lambda: self._substrate.query(pallet, item, [*keys], self._block_hash))

    async def many(self, pallet: str, item: str, keys: Sequence[Sequence[Any]]) -> list[Any]:
        """Return the values of a map at several keys, in their order; raises NoSuchItemError."""
        found: list[Any] = []
        for start in range(0, len(keys), KEYS_AT_A_TIME):
            some = [[*key] for key in keys[start : start + KEYS_AT_A_TIME]]
            found += await self._asked(
                partial(self._substrate.query_batch, pallet, item, some, self._block_hash)
            )
        return found

    async def all_of(self, pallet: str, item: str, keys: Sequence[Any] = ()) -> list[tuple[Any, Any]]:
        """Return the (key, value) pairs of a map below ``keys``; raises NoSuchItemError."""
        return await self._asked(lambda: self._substrate.query_map(pallet, item, [*keys], self._block_hash))

    async def _asked(self, question: Callable[[], Awaitable[Any]]) -> Any:
        """The answer; where it is lost on the way, the question is asked again."""
        return await _patiently(question, self._network, self._sdk)


@asynccontextmanager
async def connected(network: str) -> AsyncIterator[Node]:
    """Open a connection for as long as the block lasts.

    Raises
    ------
    InputError
        if the SDK is not installed, or nothing answers there.
    """
    sdk = _sdk()
    substrate = _substrate(sdk, network)
    try:
        await _patiently(substrate.connect, network, sdk)
        yield Node(network, substrate, sdk)
    finally:
        await substrate.close()


async def _patiently(question: Callable[[], Awaitable[Any]], network: str, sdk: Any) -> Any:
    for number in range(1, TRIES + 1):
        try:
            return await asyncio.wait_for(question(), PATIENCE * number)
        except (sdk.RpcPolicyError, sdk.ChainError) as error:  # an answer, and it is no
            raise _refused(network, error) from None
        except (sdk.BittensorError, OSError, TimeoutError) as error:
            if number == TRIES:
                raise _no_answer(network, error) from None
        except ValueError as error:  # the SDK's word for a name that the chain's metadata does not have
            raise NoSuchItemError(str(error)) from None
        await asyncio.sleep(PAUSE * number)
    raise AssertionError("the last try returns or raises")


def _no_answer(network: str, error: BaseException) -> InputError:
    said = one_line(str(error)) or f"there was no answer within {PATIENCE * TRIES:.0f} seconds"
    return InputError(
        f"{one_line(network)} does not answer",
        f"{said.rstrip('.')}.",
        "Look whether this machine is online, and whether the address is right; then try again.",
    )


def _refused(network: str, error: BaseException) -> InputError:
    return InputError(
        f"{one_line(network)} refuses to answer",
        f"{one_line(str(error)).rstrip('.')}.",
        "Wait a while, name another node, or for an old block an archive node.",
    )


def _substrate(sdk: Any, network: str) -> Any:
    """The SDK's connection to a network, its other public nodes included; nothing is opened yet."""
    from bittensor.settings import default_archive_endpoints, default_fallback_endpoints, resolve_endpoint

    try:
        label, endpoint = resolve_endpoint(network)
    except ValueError:
        raise InputError(
            f"there is no network {one_line(network)!r}",
            remedy="Say finney (main net), test, local, or an address that begins with ws:// or wss://.",
        ) from None
    return sdk.RpcSubstrate(
        endpoint,
        fallback_endpoints=[url for url in default_fallback_endpoints(label) if url != endpoint],
        archive_endpoints=default_archive_endpoints(label),
    )


def _sdk() -> Any:
    """The SDK; it is told to keep its cache in ours."""
    os.environ.setdefault(SDK_CACHE, str(user_cache() / "bittensor"))
    try:
        import bittensor
    except ImportError:
        raise InputError(
            "reading a running network needs the official SDK, which is not installed",
            remedy=f'Say: pip install "{NEEDED}"',
        ) from None
    return bittensor
