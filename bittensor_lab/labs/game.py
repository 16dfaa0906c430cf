"""The playground: a wallet, six subnets, and blocks that pass.

It only wires. What happens is a ``Game``, which never changes in place: a button gives the next one, undo
takes the one before, a fork has two of them. The controls are in ``forms``, what they ask for in ``actions``,
tables and sentences in ``play.views``, the picture in ``charts.playground``, saved games in ``play.shelf``.

While it plays, one task of the kernel's loop lets blocks pass and draws a frame when the browser has drawn
the last one. Pausing, undoing, running the cell again and closing end it; so does nobody looking.
"""

from __future__ import annotations

import asyncio
import base64
from pathlib import Path
from typing import Any

import ipywidgets as w

from bittensor_lab.chain import Chain
from bittensor_lab.errors import InputError, LabError
from bittensor_lab.labs.actions import extrinsic_of, offered
from bittensor_lab.labs.board import Act, BlockBar, Script, Shelf, Table
from bittensor_lab.labs.cells import event_rows, future_rows, neuron_rows, position_rows, quote_rows
from bittensor_lab.labs.controls import Finding, Summary
from bittensor_lab.labs.forms import Form
from bittensor_lab.labs.lab import box, close_tree, one_per_cell, records, save_shown, untitled
from bittensor_lab.labs.picture import ChartPicture, chart_png, specification
from bittensor_lab.labs.refusals import Refusal, refused
from bittensor_lab.play import (
    HOME,
    YOU,
    Game,
    digest,
    dropped,
    forked,
    moved,
    opening,
    passed_on,
    shelf,
    switched,
    views,
    with_others,
)
from bittensor_lab.schedule import blocks_until_next_auto
from bittensor_lab.units import RAO_PER_TAO, THIN_SPACE, format_tao
from bittensor_lab.views.wallet import positions

PAST = 60
"""steps that can be undone; a time of play is one"""
PACES = [("1", "1 a second"), ("4", "4 a second"), ("10", "10 a second")]
UNSEEN = 15.0
"""seconds after which play stops, if no browser shows it"""
BEHIND = 10
"""blocks at the most that are let pass at once when the browser is slow"""
FREE_REASON = ["", "", "", ""]
KEY = "playground"


def build(seed: int = 0) -> Playground:
    """Return the playground of a seed."""
    return one_per_cell(lambda: Playground(seed))


class Playground(w.VBox):
    """The playground in a notebook: ``chain``, ``state``, ``frame``, ``chart``, ``digest``, ``save``."""

    def __init__(self, seed: int) -> None:
        self.game, self._past = opening(seed), list[Game]()
        self._task: asyncio.Task[None] | None = None
        self._stamp, self._followed = 0, HOME
        self.bar = BlockBar(paces=PACES, pace="4")
        self.form = Form(chosen=self._chosen, changed=lambda stamp: self._show_quote())
        self.wallet, self.quote, self.button = Table(title="Wallet"), Table(quiet=True, words="quote"), Act()
        self.finding, self.picture, self.summary, self.code = Finding(), ChartPicture(), Summary(), Script()
        self.futures = Table(title="Two futures", words="futures")
        self.metagraph, self.events = Table(), Table(title="Events", words="events")
        self.shelf = Shelf(games=shelf.names())
        foot = box("btlab-foot", [self.code, self.shelf])
        super().__init__([self.bar, self._page(), foot])
        self.add_class("btlab")
        self._listen()
        self._draw()

    def _page(self) -> w.Box:
        left = (self.wallet, *self.form.parts, self.quote, self.button)
        middle = (self.finding, self.picture, self.summary, self.futures)
        columns = [box("btlab-stack", part) for part in (left, middle, (self.metagraph, self.events))]
        columns[1].add_class("btlab-picture")
        return box("btlab-play", columns)

    def _listen(self) -> None:
        self.bar.observe(lambda change: self._command(change.owner.command, change.owner.stamp), "pressed")
        self.bar.observe(lambda change: self.let_others(change.new, change.owner.stamp), "others")
        self.bar.observe(lambda change: self._show_future(change.new, change.owner.stamp), "future")
        self.button.observe(lambda change: self.act(change.owner.stamp), "pressed")
        self.shelf.observe(lambda change: self._shelve(change.owner.command, change.owner.name), "pressed")

    # --- what a learner uses -----------------------------------------------------------------------

    @property
    def chain(self) -> Chain:
        """The chain as it is now; a fork, so that what you do to it stays yours."""
        return self.game.chain.fork()

    @property
    def state(self) -> dict[str, Any]:
        """What the controls say."""
        return vars(self.form.wish(self.game.chain.state)).copy()

    @property
    def digest(self) -> str:
        """A short name of the chain's state: the code of this game ends in a chain of the same."""
        return digest(self.game.chain.state)

    @property
    def netuid(self) -> int:
        """The subnet that is followed."""
        return self._followed

    @property
    def frame(self) -> Any:
        """Shares and prices block by block, as a DataFrame."""
        return views.history(self.game)

    @property
    def chart(self) -> Any:
        """The picture as an Altair chart."""
        return self._chart("light")

    def save(self, path: str | Path) -> Path:
        """Save the picture (``.png``) or the numbers behind it (``.csv``); see ``save_shown`` for errors."""
        return save_shown(self, path)

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
        try:
            state = self.game.chain.state
            game = moved(self.game, extrinsic_of(state, self.form.wish(state)))
        except LabError as error:
            self.button.reason = _reason(refused(error))
            return
        self._next(game, stamp)

    def undo(self, stamp: int = 0) -> None:
        """Take the last step back: a deed, blocks that passed, a time of play, a fork."""
        self.pause()
        if self._past:
            self.game = self._past.pop()
            self._draw(stamp)

    def fork(self, stamp: int = 0) -> None:
        """Go on in a second future, and keep the first beside it."""
        self._next(forked(self.game), stamp)

    def switch(self, stamp: int = 0) -> None:
        """Show the other future."""
        self._next(switched(self.game), stamp)

    def drop(self, stamp: int = 0) -> None:
        """Keep only the future that is shown."""
        self._next(dropped(self.game), stamp)

    def let_others(self, act: bool, stamp: int = 0) -> None:
        """Let the other people act from now on, or no more."""
        if act != self.game.others:
            self._next(with_others(self.game, act), stamp)

    def keep(self, name: str) -> None:
        """Save the game under a name; what went wrong is said beside the button."""
        try:
            shelf.keep(self.game, name)
            self.shelf.said = f"Saved as “{name}”, in {shelf.folder()}."
            self.shelf.newest = name
        except InputError as error:
            self.shelf.said = str(error)
        self.shelf.games = shelf.names()

    def fetch(self, name: str) -> None:
        """Go on with a saved game; if its file is bad, with the one that is here."""
        try:
            game = shelf.fetch(name)
        except InputError as error:
            self.shelf.said, self.shelf.games = str(error), shelf.names()
            return
        self.pause()
        self._next(game)
        self.shelf.said = f"“{name}” is loaded. Undo brings back the game that was here."

    def play(self) -> None:
        """Let blocks pass at the pace of the bar, until ``pause``; they count as one step."""
        if self._task is None:
            self._remember()
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

    # --- play --------------------------------------------------------------------------------------

    async def _playing(self) -> None:
        """Let blocks pass as time does; a browser that is behind gets fewer frames, of more blocks each."""
        clock = asyncio.get_running_loop().time
        due = looked = clock()
        seen, owed, has_looked = self.bar.seen, 0, False
        while True:
            due = max(due + 1 / float(self.bar.pace), clock() - 1.0)
            await asyncio.sleep(max(0.0, due - clock()))
            owed = min(owed + 1, BEHIND)
            if self.bar.seen != seen:
                seen, looked, has_looked = self.bar.seen, clock(), True
            if clock() - looked > UNSEEN:
                self.pause()
                return
            if not has_looked or self.bar.frame - seen <= 2:
                self.game, owed = passed_on(self.game, owed), 0
                self._draw()

    # --- wiring ------------------------------------------------------------------------------------

    def _command(self, command: str, stamp: int) -> None:
        if command == "play":
            self.play() if self._task is None else self.pause()
        elif command in ("undo", "fork", "drop"):
            {"undo": self.undo, "fork": self.fork, "drop": self.drop}[command](stamp)
        else:
            self.step(1 if command == "block" else self._to_epoch(), stamp)

    def _show_future(self, name: str, stamp: int) -> None:
        other = self.game.without
        if self.game.is_forked and other is not None and name == other.name:
            self.switch(stamp)

    def _shelve(self, command: str, name: str) -> None:
        (self.keep if command == "save" else self.fetch)(name)

    def _to_epoch(self) -> int:
        return max(1, blocks_until_next_auto(self.game.chain.state, self.netuid) or 1)

    def _remember(self) -> None:
        self._past = [*self._past, self.game][-PAST:]

    def _next(self, game: Game, stamp: int = 0) -> None:
        self._remember()
        self.game = game
        self._draw(stamp)

    def _chosen(self, stamp: int) -> None:
        self._draw(stamp)

    def _draw(self, stamp: int = 0) -> None:
        """Fit the controls to the game, and draw everything anew."""
        self.form.fit(self.game.chain.state)
        self._followed = self.form.netuid or self._followed
        self.refresh(stamp)

    def refresh(self, stamp: int = 0) -> None:
        """Draw everything anew."""
        self._stamp = stamp or self._stamp + 1
        game, netuid = self.game, self.netuid
        words = views.summary(game, netuid)
        self.picture.show(KEY, self._spec, self._tables(), {}, words, self._stamp)
        with self.finding.hold_sync():
            self.finding.title, self.finding.subtitle = views.title(game, netuid), views.subtitle(game)
        self.summary.text, self.code.code = words, views.code(game)
        self._show_tables()
        self._show_quote()
        self._show_bar()  # last: what the browser has seen of it, it has seen of all

    def _show_bar(self) -> None:
        game = self.game
        state, other = game.chain.state, game.without
        tempo, left = state.hyperparameters(self.netuid).tempo, self._to_epoch()
        with self.bar.hold_sync():
            self.bar.block = f"{state.block:,}".replace(",", THIN_SPACE)
            self.bar.progress = min(1.0, max(0.0, 1 - left / tempo)) if tempo else 0.0
            self.bar.words = (
                f"SN {self.netuid}: next epoch in {left} of {tempo} blocks" if tempo else "tempo 0: no epoch"
            )
            self.bar.can_undo, self.bar.others = bool(self._past), game.others
            self.bar.futures = [game.name, *([other.name] if other and game.is_forked else [])]
            self.bar.future = game.name
            self.bar.frame += 1

    def _show_tables(self) -> None:
        game, netuid, state = self.game, self.netuid, self.game.chain.state
        free = state.free.get(YOU, 0)
        with self.wallet.hold_sync():
            self.wallet.hero = ["Free", format_tao(free, digits=2)]
            self.wallet.head = ["Position", "worth, τ", "exit now"]
            self.wallet.rows = position_rows(positions(state, YOU), free / RAO_PER_TAO)
        last = int(state.clocks.last_step_block[netuid])
        with self.metagraph.hold_sync():
            self.metagraph.title = f"SN {netuid} metagraph"
            self.metagraph.note = f"after the epoch at {last:,}".replace(",", THIN_SPACE)
            self.metagraph.head = ["uid", "stake, α", "share", "epochs", "α / epoch"]
            self.metagraph.rows = neuron_rows(views.neurons(game, netuid))
        self.events.rows = event_rows(views.latest(game, netuid))
        self.futures.hidden = not game.is_forked
        if game.is_forked:
            table = views.futures(game, netuid)
            with self.futures.hold_sync():
                self.futures.head = ["at the same block", *table.columns, "more"]
                self.futures.rows = future_rows(table)

    def _show_quote(self) -> None:
        offer = offered(self.game.chain.state, self.form.wish(self.game.chain.state))
        self.quote.rows = quote_rows(offer.lines)
        self.quote.hidden = not offer.lines
        with self.button.hold_sync():
            self.button.title, self.button.enabled = offer.title, offer.refusal is None
            self.button.reason = _reason(offer.refusal) if offer.refusal else FREE_REASON

    def _tables(self) -> dict[str, dict[str, list[Any]]]:
        return views.columns(self.game, self.netuid)

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


def _reason(refusal: Refusal) -> list[str]:
    return [refusal.name, refusal.what, refusal.values, refusal.advice]


def warmup() -> None:
    """Make ahead what the first picture would wait for."""
    lab = build()
    lab.png()
    lab.close()
