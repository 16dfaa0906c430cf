"""Verify: replay recorded test vectors, and say how many values are the chain's own.

A vector file is JSON (plain or gzipped): ``{"kind", "source", <tolerances>, "cases": [...]}``. Without a
stated tolerance a value must be equal, and a flag always. Each u16, bool, bond and amount of rao counts
as one value; a bond of 0 equals an absent one. ``KINDS`` says which kinds there are; each has a module
of its own here.

The file comes from anywhere, so everything in it is checked before use (``fields``), and what is wrong
is said by case and field.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from bittensor_lab.errors import InputError
from bittensor_lab.verify.distribution import replay_distribution
from bittensor_lab.verify.economy import (
    replay_block_emission,
    replay_lock_cost,
    replay_network,
    replay_share_pool,
    replay_shares,
    replay_swap,
)
from bittensor_lab.verify.epochs import replay_epochs
from bittensor_lab.verify.fields import Field, read_json, short
from bittensor_lab.verify.registration import replay_registrations
from bittensor_lab.verify.report import Report, Tolerance

KINDS: dict[str, Callable[[Field, Report, Tolerance], None]] = {
    "epoch": replay_epochs,
    "registration_burn": replay_registrations,
    "block_emission": replay_block_emission,
    "emission_shares": replay_shares,
    "swap": replay_swap,
    "share_pool": replay_share_pool,
    "network_lock_cost": replay_lock_cost,
    "network_emission": replay_network,
    "distribution": replay_distribution,
}


def verify_file(path: str | Path, progress: Callable[[int, int], None] = lambda done, total: None) -> Report:
    """Replay one vector file.

    Parameters
    ----------
    progress
        called with the number of cases done and the number of all.

    Raises
    ------
    InputError
        if the file cannot be read or is not of this format; the text names the case and field.
    """
    try:
        return _replay(Field(read_json(Path(path)), ""), str(path), progress)
    except InputError as error:
        raise InputError(f"{path}: {error}") from None


def _replay(content: Field, file: str, progress: Callable[[int, int], None]) -> Report:
    kind = content["kind"].value
    if not isinstance(kind, str) or kind not in KINDS:
        raise InputError(f"kind {short(kind)} is not known", remedy=f"Known: {', '.join(sorted(KINDS))}.")
    cases = content["cases"]
    tolerance = Tolerance(
        u16=content.allowance("tolerance_u16"),
        rao=content.allowance("tolerance_rao"),
        absolute=content.allowance("tolerance"),
        relative=content.allowance("tolerance_relative"),
    )
    report = Report(file=file, kind=kind, cases=0)
    for number, case in enumerate(cases.some()):
        KINDS[kind](Field(case.value, f"case {number}"), report, tolerance)
        report.cases += 1
        progress(report.cases, len(cases.value))
    return report
