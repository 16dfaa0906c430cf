"""A state in a few lines: right numbers, at most eight subnets, and nothing that a key's name can break."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from immutables import Map

from bittensor_lab.presets import demo_network, empty_network
from bittensor_lab.state import State
from bittensor_lab.summary import summary, summary_html

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "a&b",
    "line\nbreak\x1b[31m",
    "\u202eright to left",
    "\ud800 half a character",
    "x" * 1000,
    "{0}%s",
]


class Read(HTMLParser):
    """What a browser would see: the tags, their attributes, and the texts of the cells."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str | None]] = set()
        self.cells: list[str] = []
        self.paragraphs: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)
        self.tags.add(tag)
        self.attributes |= set(attrs)
        if tag == "td":
            self.cells.append("")
        if tag == "p":
            self.paragraphs.append("")

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open[-1] == "td":
            self.cells[-1] += data
        if self.open[-1] == "p":
            self.paragraphs[-1] += data


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def owned_by(hotkey: str) -> State:
    state = demo_network(1, 2, 3)
    return state.with_subnet(replace(state.subnet(1), owner_hotkey=hotkey))


def two_subnets() -> State:
    state = demo_network(2, 2, 3).with_hyperparameters(2, tempo=0, max_allowed_uids=8)
    state = replace(state, block=12_345, total_issuance=1_234_500_000_000)
    state = replace(state, free=Map({"alice": 1}), owner=Map({"h1": "alice", "h2": "bob"}))
    return replace(state, clocks=state.clocks.at(1, burn=1_250_000_000))


def test_a_summary_by_hand():
    assert plain(summary(two_subnets())).splitlines() == [
        "Chain at block 12 345 · 1 234.5 τ issued · 2 subnets · 2 accounts",
        "netuid   neurons  tempo  next epoch   price  owner's hotkey",
        "     1  6 of 256     60       1 059  1.25 τ  owner-1",
        "     2    6 of 8      0       never     1 τ  owner-2",
    ]


def test_the_html_says_the_same():
    seen = Read(summary_html(two_subnets()))
    assert plain(seen.paragraphs[0]) == "Chain at block 12 345 · 1 234.5 τ issued · 2 subnets · 2 accounts"
    assert [plain(cell) for cell in seen.cells] == [
        "1", "6 of 256", "60", "1 059", "1.25 τ", "owner-1",
        "2", "6 of 8", "0", "never", "1 τ", "owner-2",
    ]  # fmt: skip
    assert not seen.open


def test_a_single_subnet_is_not_two():
    assert "1 subnet ·" in plain(summary(demo_network(1, 0, 0)))


def test_an_empty_network_has_no_table():
    expected = "Chain at block 0 · 0 τ issued · 0 subnets · 0 accounts"
    assert plain(summary(empty_network())) == expected
    seen = Read(summary_html(empty_network()))
    assert [plain(text) for text in seen.paragraphs] == [expected] and "table" not in seen.tags


@pytest.mark.parametrize(
    ("subnets", "rest"), [(8, None), (9, "and 1 more subnet"), (128, "and 120 more subnets")]
)
def test_at_most_eight_subnets_show(subnets, rest):
    state = demo_network(subnets, 1, 1)
    lines, seen = summary(state).splitlines(), Read(summary_html(state))
    assert len(lines) == 2 + 8 + bool(rest)
    assert len(seen.cells) == 8 * 6
    assert (lines[-1] == rest) == (rest is not None)
    assert seen.paragraphs[1:] == ([rest] if rest else [])


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_a_name_is_only_ever_text(name):
    state = owned_by(name)
    text, html = summary(state), summary_html(state)
    assert len(text.splitlines()) == 3
    assert all(plain(line).isprintable() for line in text.splitlines())
    assert text.encode() and html.encode()
    seen = Read(html)
    assert seen.tags == {"div", "p", "table", "thead", "tbody", "tr", "th", "td"}
    assert seen.attributes == {("scope", "col")}
    assert seen.cells[-1] == text.splitlines()[-1].split("  ")[-1]
    assert len(seen.cells[-1]) <= 32
    if len(name) <= 32 and name.isprintable():
        assert seen.cells[-1] == name


def test_the_html_is_as_neutral_as_the_page():
    html = summary_html(demo_network(9, 2, 3))
    for word in ("style", "color", "http", "src", "href", "class"):
        assert word not in html


def test_a_summary_needs_no_pandas():
    code = "import sys, bittensor_lab.summary; sys.exit('pandas' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
