"""The playground: a wallet, six subnets, and blocks that pass.

It only wires. What happens is a ``Game``, which never changes in place: a button gives the next
one, undo takes the one before. The tables and sentences come from ``play.views``, the picture
from ``charts.playground``, the quote from ``quotes``. While it plays, one task of the kernel's loop lets
a block pass at a time; pausing, undoing, running the cell again and closing all end it.
"""

from __future__ import annotations

import asyncio
import base64
from itertools import count
from pathlib import Path
from typing import Any

import ipywidgets as w

from bittensor_lab.block import Extrinsic
from bittensor_lab.chain import Chain
from bittensor_lab.errors import InputError, LabError
from bittensor_lab.extrinsics import AddStake, BurnedRegister, RemoveStake, SetWeights
from bittensor_lab.labs.board import Act, BlockBar, Table
from bittensor_lab.labs.cells import event_rows, neuron_rows, position_rows, quote_rows
from bittensor_lab.labs.controls import (
    Choice,
    CodeLine,
    Finding,
    LabelledSlider,
    MatrixEditor,
    Preset,
    Summary,
)
from bittensor_lab.labs.lab import box, close_tree, one_per_cell, records, untitled
from bittensor_lab.labs.picture import ChartPicture, chart_png, specification
from bittensor_lab.labs.saves import Saves
from bittensor_lab.labs.scales import nice, rounded
from bittensor_lab.params import meaning
from bittensor_lab.play import (
    HOME,
    VALIDATORS,
    YOU,
    YOUR_HOTKEY,
    Game,
    begun,
    moved,
    opening,
    passed_on,
    views,
    with_others,
)
from bittensor_lab.quotes import Quote, quote_add_stake, quote_remove_stake
from bittensor_lab.schedule import blocks_until_next_auto
from bittensor_lab.stake import stake_of
from bittensor_lab.state import State
from bittensor_lab.units import RAO_PER_TAO, format_tao, tao
from bittensor_lab.views.wallet import positions

MODES = [("stake", "Stake"), ("unstake", "Unstake"), ("weights", "Weights"), ("register", "Register")]
PAST = 200
"""moves that can be undone"""
PACE = 0.1
"""seconds between two blocks of play"""
KEY = "playground"


def build(seed: int = 0) -> Playground:
    """Return the playground of a seed."""
    return one_per_cell(lambda: Playground(seed))


class Playground(w.VBox):
    """The playground in a notebook: ``chain``, ``state``, ``frame``, ``chart``, ``save``."""

    def __init__(self, seed: int) -> None:
        self.game, self._past = opening(seed), list[Game]()
        self._task: asyncio.Task[None] | None = None
        self._stamp = 0
        self._loading = False
        subnets = [(str(n), f"SN {n}") for n in self.game.chain.state.netuids]
        keys = [f"validator-{v + 1}" for v in range(VALIDATORS)]
        hotkeys = [(YOUR_HOTKEY, "yours"), *((key, key) for key in keys)]
        self.bar, self.wallet, self.quote, self.button = BlockBar(), Table(), Table(quiet=True), Act()
        self.mode = Choice(title="What you do", options=MODES, value="stake")
        self.subnet = Preset(title="Subnet", chain="netuid", options=subnets, value=str(HOME))
        self.hotkey = Preset(title="Validator", chain="hotkey", options=hotkeys, value=YOUR_HOTKEY)
        self.amount = LabelledSlider(title="Amount, τ", labels=["τ"], values=[100.0], digits=0)
        self.weights = MatrixEditor(title="Your weights, %", chain="set_weights", rows=["you"])
        self.finding, self.picture, self.summary, self.code = Finding(), ChartPicture(), Summary(), CodeLine()
        self.metagraph, self.events = Table(), Table(title="Events")
        self.others = Choice(title="Others", options=[("rest", "Rest"), ("trade", "Trade")], value="rest")
        self.saves = Saves(keep=lambda: self.game.chain.state, take=self.take)
        super().__init__([self.bar, self._page(), self.saves, self.code])
        self.add_class("btlab")
        self._listen()
        self._offer()
        self.refresh()

    def _page(self) -> w.Box:
        pair = box("btlab-pair", [self.subnet, self.hotkey])
        left = (self.wallet, self.mode, pair, self.amount, self.weights, self.quote, self.button, self.others)
        middle = (self.finding, self.picture, self.summary)
        columns = [
            box("btlab-stack", left),
            box("btlab-stack", middle),
            box("btlab-stack", (self.metagraph, self.events)),
        ]
        columns[1].add_class("btlab-picture")
        return box("btlab-play", columns)

    def _listen(self) -> None:
        self.bar.observe(lambda change: self._command(change.owner.command, change.owner.stamp), "pressed")
        self.button.observe(lambda change: self.act(change.owner.stamp), "pressed")
        for part in (self.mode, self.subnet, self.hotkey):
            part.observe(lambda change: self._chosen(change.owner.stamp), "value")
        self.others.observe(lambda change: self._others_chosen(), "value")
        self.amount.observe(lambda change: self._asked(), "values")
        self.weights.observe(lambda change: self._asked(), "values")

    # --- what a learner uses -----------------------------------------------------------------------

    @property
    def chain(self) -> Chain:
        """The chain as it is now; a fork, so that what you do to it stays yours."""
        return self.game.chain.fork()

    @property
    def state(self) -> dict[str, Any]:
        """What the controls say."""
        return {
            "mode": self.mode.value,
            "netuid": self.netuid,
            "hotkey": self.hotkey.value,
            "amount": self.amount.value,
            "weights": self.weights.value,
        }

    @property
    def netuid(self) -> int:
        """The subnet that is followed."""
        return int(self.subnet.value)

    @property
    def frame(self) -> Any:
        """Shares and prices block by block, as a DataFrame."""
        return views.history(self.game)

    @property
    def chart(self) -> Any:
        """The picture as an Altair chart."""
        return self._chart("light")

    def save(self, path: str | Path) -> Path:
        """Save the picture (``.png``) or the numbers behind it (``.csv``); raises InputError otherwise."""
        target = Path(path)
        if target.suffix == ".csv":
            self.frame.to_csv(target, index=False)
        elif target.suffix == ".png":
            target.write_bytes(self.png())
        else:
            raise InputError(f"cannot save as {target.name!r}", remedy="End the name in .png or .csv.")
        return target

    def png(self) -> bytes:
        """Return the picture as PNG."""
        spec = specification(KEY, "light", self._spec)
        data = {name: records(table) for name, table in self._tables().items()}
        heading = {"text": self.finding.title, "subtitle": [self.finding.subtitle]}
        return chart_png({**spec, "datasets": data, "title": heading})

    def step(self, blocks: int = 1, stamp: int = 0) -> None:
        """Let blocks pass."""
        self._next(passed_on(self.game, blocks), stamp)

    def act(self, stamp: int = 0) -> None:
        """Do what the controls say; what the chain refuses changes nothing and is said."""
        extrinsic, code = self._asked_for()
        try:
            game = moved(self.game, extrinsic, code)
        except LabError as error:
            self.button.reason = f"{error.name if hasattr(error, 'name') else ''}: {error}".lstrip(": ")
            return
        self._next(game, stamp)

    def undo(self, stamp: int = 0) -> None:
        """Take the last move, or the last blocks, back."""
        self.pause()
        if self._past:
            self.game = self._past.pop()
            self._offer()
            self.refresh(stamp)

    def take(self, state: State, code: tuple[str, ...] = ()) -> None:
        """Go on from a state of one's own, as from a saved game; undo brings the present one back."""
        self.pause()
        self._next(with_others(begun(state, self.game.seed, code), self.game.others), 0)

    def play(self) -> None:
        """Let ten blocks pass in a second, until ``pause``."""
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._playing())
            self.bar.playing = True

    def pause(self) -> None:
        """Stop playing."""
        if self._task is not None:
            self._task.cancel()
            self._task = None
        self.bar.playing = False

    def close(self) -> None:
        """Stop playing and close every widget."""
        self.pause()
        close_tree(self)

    # --- wiring ------------------------------------------------------------------------------------

    async def _playing(self) -> None:
        while True:
            await asyncio.sleep(PACE)
            self.step()

    def _command(self, command: str, stamp: int) -> None:
        if command == "play":
            self.play() if self._task is None else self.pause()
        elif command == "undo":
            self.undo(stamp)
        else:
            self.step(1 if command == "block" else self._to_epoch(), stamp)

    def _to_epoch(self) -> int:
        return max(1, blocks_until_next_auto(self.game.chain.state, self.netuid) or 1)

    def _next(self, game: Game, stamp: int) -> None:
        self._past = [*self._past, self.game][-PAST:]
        self.game = game
        self._offer()
        self.refresh(stamp)

    def _others_chosen(self) -> None:
        self.game = with_others(self.game, self.others.value == "trade")

    def _chosen(self, stamp: int) -> None:
        self._offer()
        self.refresh(stamp)

    def _asked(self) -> None:
        if not self._loading:
            self._show_quote()

    def _offer(self) -> None:
        """Fit the controls to what can be done now."""
        self._loading = True
        state, mode = self.game.chain.state, self.mode.value
        trades = mode in ("stake", "unstake")
        self.amount.hidden = self.quote.hidden = self.hotkey.hidden = not trades
        self.weights.hidden = mode != "weights"
        held = stake_of(state, self.netuid, self.hotkey.value, YOU)
        most = state.free.get(YOU, 0) if mode == "stake" else held
        unit = "τ" if mode == "stake" else "α"
        high = max(1.0, float(int(most / RAO_PER_TAO)))
        with self.amount.hold_sync():
            self.amount.title = f"Amount, {unit} (of {format_tao(most, unit, 0)})"
            self.amount.high, self.amount.step = high, max(1.0, nice(high) / 200)
            self.amount.values = [min(self.amount.values[0], high)]
        self._offer_weights()
        self._loading = False

    def _offer_weights(self) -> None:
        miners = [f"M{uid}" for uid in self._miners()]
        if self.weights.columns != miners:
            even = [100 // len(miners)] * len(miners) if miners else []
            even[:1] = [100 - sum(even[1:])] if miners else []
            self.weights.columns, self.weights.values = miners, [even]

    def _miners(self) -> list[int]:
        subnet = self.game.chain.subnet(self.netuid)
        return [uid for uid, hotkey in enumerate(subnet.hotkeys) if hotkey.startswith("miner")]

    def _asked_for(self) -> tuple[Extrinsic, str]:
        """The extrinsic that the controls describe, and the Python that makes it."""
        netuid, hotkey, mode = self.netuid, self.hotkey.value, self.mode.value
        if mode == "weights":
            uids, values = self._miners(), self.weights.values[0]
            code = f'chain.set_weights("{YOUR_HOTKEY}", {netuid}, {uids}, {values})'
            return SetWeights(YOUR_HOTKEY, netuid, uids, values), code
        if mode == "register":
            miner = self._new_miner()
            return BurnedRegister(YOU, miner, netuid), f'chain.burned_register("{YOU}", "{miner}", {netuid})'
        kind, call = (AddStake, "add_stake") if mode == "stake" else (RemoveStake, "remove_stake")
        code = f'chain.{call}("{YOU}", "{hotkey}", {netuid}, tao({self.amount.values[0]:g}))'
        return kind(YOU, hotkey, netuid, tao(self.amount.values[0])), code

    def _new_miner(self) -> str:
        """A name for a hotkey that nobody has yet."""
        taken = self.game.chain.state.owner
        return next(name for n in count(1) if (name := f"your-miner-{n}") not in taken)

    def refresh(self, stamp: int = 0) -> None:
        """Draw everything anew."""
        self._stamp = stamp or self._stamp + 1
        game, netuid = self.game, self.netuid
        words = views.summary(game, netuid)
        self.picture.show(KEY, self._spec, self._tables(), {}, words, self._stamp)
        self.finding.title, self.finding.subtitle = views.title(game, netuid), views.subtitle(game)
        self.summary.text, self.code.code = words, views.code(game)
        self._show_bar()
        self._show_tables()
        self._show_quote()

    def _show_bar(self) -> None:
        state = self.game.chain.state
        tempo, left = state.hyperparameters(self.netuid).tempo, self._to_epoch()
        with self.bar.hold_sync():
            self.bar.block = f"{state.block:,}".replace(",", "\u2009")
            self.bar.progress = 1 - left / tempo if tempo else 0.0
            self.bar.words = f"SN {self.netuid}: next epoch in {left} of {tempo} blocks"
            self.bar.can_undo = bool(self._past)

    def _show_tables(self) -> None:
        game, netuid = self.game, self.netuid
        free = format_tao(game.chain.state.free.get(YOU, 0), digits=2)
        with self.wallet.hold_sync():
            self.wallet.title, self.wallet.note = "Wallet", f"free {free}"
            self.wallet.head = ["Position", "worth, τ", "exit now"]
            self.wallet.rows = position_rows(positions(game.chain.state, YOU))
        with self.metagraph.hold_sync():
            self.metagraph.title, self.metagraph.note = f"SN {netuid} metagraph", "shares of the last epoch"
            self.metagraph.head = ["uid", "stake, α", "share", "α / epoch", "lately"]
            self.metagraph.rows = neuron_rows(views.neurons(game, netuid), views.lately(game, netuid))
        self.events.rows = event_rows(views.latest(game, netuid))

    def _show_quote(self) -> None:
        mode, netuid = self.mode.value, self.netuid
        titles = {
            "stake": f"Stake {self.amount.values[0]:g} τ on SN {netuid}",
            "unstake": f"Unstake {self.amount.values[0]:g} α of SN {netuid}",
            "weights": f"Set weights on SN {netuid}",
            "register": f"Register a miner on SN {netuid} for {self._burn()}",
        }
        self.button.title = titles[mode]
        if mode in ("weights", "register"):
            self.button.enabled, self.button.reason = True, ""
            return
        try:
            quote = self._quote()
            self.quote.rows = quote_rows(quote, mode == "stake", meaning("fee_rate").label)
            self.button.enabled, self.button.reason = True, ""
        except LabError as error:
            self.quote.rows = []
            self.button.enabled, self.button.reason = False, str(error)

    def _burn(self) -> str:
        return format_tao(int(self.game.chain.state.clocks.burn[self.netuid]), digits=4)

    def _quote(self) -> Quote:
        ask = quote_add_stake if self.mode.value == "stake" else quote_remove_stake
        amount = tao(self.amount.values[0])
        return ask(self.game.chain.state, YOU, self.hotkey.value, self.netuid, amount)

    def _tables(self) -> dict[str, dict[str, list[Any]]]:
        return {
            name: rounded(table) for name, table in views.picture(self.game, self.netuid)._asdict().items()
        }

    def _spec(self, theme: Any) -> dict[str, Any]:
        return untitled(self._chart(theme))

    def _chart(self, theme: Any) -> Any:
        from bittensor_lab.charts.playground import playground_chart

        tables = views.picture(self.game, self.netuid)._asdict()
        return playground_chart(tables, name=theme, title=self.finding.title, subtitle=self.finding.subtitle)

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        bundle = super()._repr_mimebundle_(**kwargs)
        data = bundle[0] if isinstance(bundle, tuple) else bundle
        if data is not None:
            data["text/plain"] = f"<Playground: {self.finding.title}>"
            data["image/png"] = base64.b64encode(self.png()).decode()
        return bundle


def warmup() -> None:
    """Make ahead what the first picture would wait for."""
    lab = build()
    lab.png()
    lab.close()
