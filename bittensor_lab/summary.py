"""A state in a few lines: what a notebook or a console shows when a chain stands alone in a cell.

    Chain at block 1 000 · 4 120.5 τ issued · 2 subnets · 17 accounts
    netuid  neurons    tempo  next epoch  price  owner's hotkey
         1  13 of 256     60       1 059    1 τ  owner-1

As plain text and as HTML. Names of keys are whatever somebody typed, so control characters are spelt
out, long names cut, and in HTML everything is escaped. The HTML brings no colour, font or script: it
looks like the page that it is on. Only the standard library is needed here, because a chain should be
there at once.
"""

from __future__ import annotations

from html import escape

from bittensor_lab.errors import one_line
from bittensor_lab.schedule import next_epoch_start
from bittensor_lab.state import State
from bittensor_lab.units import THIN_SPACE, format_tao

MOST_SUBNETS = 8
LONGEST_NAME = 32
HEADS = ("netuid", "neurons", "tempo", "next epoch", "price", "owner's hotkey")


def summary(state: State) -> str:
    """Return the state in a few lines of plain text."""
    rows = _rows(state)
    if not rows:
        return _opening(state)
    table = [HEADS, *rows]
    widths = [max(len(row[column]) for row in table) for column in range(len(HEADS) - 1)]
    lines = [
        "  ".join([*(cell.rjust(width) for cell, width in zip(row, widths, strict=False)), row[-1]])
        for row in table
    ]
    return "\n".join([_opening(state), *lines, *_rest(state)])


def summary_html(state: State) -> str:
    """Return the same as HTML that stands for itself."""
    parts = [f"<p>{escape(_opening(state))}</p>"]
    rows = _rows(state)
    if rows:
        head = "".join(f'<th scope="col">{escape(name)}</th>' for name in HEADS)
        body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
        parts.append(f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>")
    parts += [f"<p>{escape(line)}</p>" for line in _rest(state)]
    return f"<div>{''.join(parts)}</div>"


def _opening(state: State) -> str:
    accounts = len({*state.free, *state.owner.values()})
    return " · ".join(
        (
            f"Chain at block {_grouped(state.block)}",
            f"{format_tao(state.total_issuance)} issued",
            _counted(len(state.netuids), "subnet"),
            _counted(accounts, "account"),
        )
    )


def _rows(state: State) -> list[tuple[str, ...]]:
    """One row of texts for each of the first subnets; the name last, where its width matters least."""
    return [_row(state, netuid) for netuid in state.netuids[:MOST_SUBNETS]]


def _row(state: State, netuid: int) -> tuple[str, ...]:
    subnet, rules = state.subnet(netuid), state.hyperparameters(netuid)
    start = next_epoch_start(state, netuid)
    return (
        str(netuid),
        f"{subnet.n} of {rules.max_allowed_uids}",
        _grouped(rules.tempo),
        "never" if start is None else _grouped(start),
        format_tao(int(state.clocks.burn[netuid])),
        _name(subnet.owner_hotkey),
    )


def _rest(state: State) -> list[str]:
    more = len(state.netuids) - MOST_SUBNETS
    return [f"and {_counted(more, 'more subnet')}"] if more > 0 else []


def _name(key: str) -> str:
    text = one_line(key)
    return text if len(text) <= LONGEST_NAME else f"{text[: LONGEST_NAME - 1]}…"


def _counted(number: int, noun: str) -> str:
    return f"{_grouped(number)} {noun}{'' if number == 1 else 's'}"


def _grouped(number: int) -> str:
    return f"{number:,}".replace(",", THIN_SPACE)
