"""Write the lab presets and their manifest: ``python datasets/make_presets.py``.

The small ones (5 × 6, 8 × 12) are written by hand; the large ones are drawn with a fixed seed.
Miners of a large world have a quality that falls off like 1/rank, as incentives on main net do; an
honest validator tests about a third of them and reports the quality with an error of 15 %. Stakes
fall off as well, a few validators holding most. What makes each world special is said in its title.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np

from bittensor_lab.datasets import files

HERE = Path(__file__).resolve().parent
HONEST = [
    [30, 25, 20, 14, 6, 5],
    [28, 27, 18, 15, 7, 5],
    [32, 22, 20, 14, 6, 6],
    [29, 24, 21, 13, 8, 5],
    [25, 25, 22, 16, 8, 4],
]
STAKE = [35, 25, 20, 12, 8]


def outlier():
    """Four agree; V4 is in love with M6."""
    weights = [list(row) for row in HONEST]
    weights[3] = [12, 12, 10, 8, 8, 50]
    return ["others", "others", "others", "outlier", "others"], STAKE, weights


def cabal():
    """V4 and V5 pay M6 and hardly anybody else."""
    own = [[2, 2, 2, 2, 2, 90], [2, 2, 2, 2, 2, 90]]
    return ["honest"] * 3 + ["cabal"] * 2, [25, 20, 15, 22, 18], HONEST[:3] + own


def split():
    """Three camps, each with two miners of its own."""
    camps = [
        [50, 50, 0, 0, 0, 0],
        [50, 50, 0, 0, 0, 0],
        [0, 0, 50, 50, 0, 0],
        [0, 0, 50, 50, 0, 0],
        [0, 0, 0, 0, 50, 50],
    ]
    return ["camp A", "camp A", "camp B", "camp B", "camp C"], [24, 16, 22, 14, 24], camps


def copier():
    """V5 publishes the stake-weighted mean of the others."""
    mean = np.average(HONEST[:4], axis=0, weights=STAKE[:4])
    return ["honest"] * 4 + ["copier"], STAKE, [*HONEST[:4], _percent(mean)]


def wide_cabal(rng):
    """Three of eight favour the last three of twelve."""
    quality = 1 / np.arange(1, 13) ** 0.7
    honest = [_percent(quality * rng.normal(1, 0.1, 12)) for _ in range(5)]
    own = [_percent(np.where(np.arange(12) >= 9, 12.0, quality)) for _ in range(3)]
    return ["honest"] * 5 + ["cabal"] * 3, [20, 16, 12, 8, 6, 16, 13, 9], honest + own


def crowd(rng, v, m, seen=0.35):
    """Groups, stake and weights of v honest validators and m miners."""
    quality = 1 / np.arange(1, m + 1) ** 0.8
    rng.shuffle(quality)
    reports = quality * np.clip(rng.normal(1, 0.15, (v, m)), 0.05, None) * (rng.random((v, m)) < seen)
    stake = np.round(400 / np.arange(2, v + 2) ** 0.9, 1)
    size = ["large" if i < v // 8 else "middle" if i < v // 2 else "small" for i in range(v)]
    return size, stake, reports


def large_honest(rng):
    """Nobody has an interest of its own."""
    size, stake, reports = crowd(rng, 64, 256, seen=0.9)
    return size, stake, _scale(reports)


def together(crowds, stake, reports):
    """The same validators, crowd by crowd and by stake."""
    order = sorted(
        range(len(crowds)), key=lambda i: (list(dict.fromkeys(crowds)).index(crowds[i]), -stake[i])
    )
    return [crowds[i] for i in order], [stake[i] for i in order], _scale(reports[order])


def large_cabal(rng):
    """A third pays the last 24 miners."""
    _, stake, reports = crowd(rng, 64, 256, seen=0.9)
    member = np.arange(64) % 3 == 2
    friends = np.zeros(256)
    friends[-24:] = 1
    reports[member] = friends * rng.uniform(0.5, 1, (member.sum(), 256))
    return together(["cabal" if x else "honest" for x in member], stake, reports)


def large_split(rng):
    """Each camp pays its own third of the miners."""
    _, stake, reports = crowd(rng, 32, 128, seen=0.9)
    camp = np.arange(32) % 3
    reports *= 3 * np.arange(128) // 128 == camp[:, None]
    return together([f"camp {'ABC'[c]}" for c in camp], stake, reports)


def large_outlier(rng):
    """V6 gives most of its weight to the last miner."""
    _, stake, reports = crowd(rng, 16, 64, seen=0.9)
    reports[5] = np.where(np.arange(64) == 63, 1.0, reports[5] * 0.2)
    return ["outlier" if i == 5 else "others" for i in range(16)], stake, _scale(reports)


def large_copier(rng):
    """A quarter publishes the mean of the others."""
    _, stake, reports = crowd(rng, 64, 256, seen=0.9)
    copying = np.arange(64) % 4 == 3
    reports[copying] = np.average(reports[~copying], axis=0, weights=stake[~copying])
    return together(["copier" if x else "honest" for x in copying], stake, reports)


PRESETS = [
    (
        "one_outlier",
        "One outlier",
        "Four validators agree; one gives half of its weight to a miner few believe in.",
        outlier,
        None,
    ),
    (
        "honest_crowd",
        "Honest crowd",
        "Five validators saw much the same and say much the same.",
        lambda: (["honest"] * 5, STAKE, HONEST),
        None,
    ),
    ("cabal", "Cabal", "Two validators with 40 % of the stake pay a miner of their own.", cabal, None),
    ("split_opinion", "Split opinion", "Three camps, and none holds half of the stake.", split, None),
    (
        "weight_copier",
        "Weight copier",
        "The last validator publishes the average of the others.",
        copier,
        None,
    ),
    ("cabal_12", "Cabal, 8 × 12", "Three of eight validators favour three miners of twelve.", wide_cabal, 3),
    (
        "outlier_64",
        "One outlier, 16 × 64",
        "One of sixteen validators is in love with miner 64.",
        large_outlier,
        4,
    ),
    (
        "split_128",
        "Split opinion, 32 × 128",
        "Three camps of validators each pay a third of the miners.",
        large_split,
        5,
    ),
    (
        "honest_256",
        "Honest crowd, 64 × 256",
        "Sixty-four validators, each of which tested nine miners in ten.",
        large_honest,
        6,
    ),
    (
        "cabal_256",
        "Cabal, 64 × 256",
        "A third of the validators pay the same 24 miners and nobody else.",
        large_cabal,
        7,
    ),
    (
        "copier_256",
        "Weight copiers, 64 × 256",
        "A quarter of the validators publish the average of the others.",
        large_copier,
        8,
    ),
]


def _percent(row):
    """Whole numbers that sum to 100, each within 1 of its share."""
    share = 100 * np.asarray(row) / np.sum(row)
    whole = np.floor(share).astype(int)
    for j in np.argsort(whole - share, kind="stable")[: 100 - whole.sum()]:
        whole[j] += 1
    return whole.tolist()


def _scale(reports):
    """Weights of at most 999, so that the files stay small."""
    return np.ceil(999 * reports / reports.max(axis=1, keepdims=True)).astype(int).tolist()


def _table(groups, stake, weights) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["validator", "group", "stake", *(f"M{j + 1}" for j in range(len(weights[0])))])
    for i, (group, amount, row) in enumerate(zip(groups, stake, weights, strict=True)):
        writer.writerow([f"V{i + 1}", group, f"{amount:g}", *row])
    return out.getvalue()


def main() -> None:
    """Write every preset and the manifest."""
    entries, texts = [], {}
    for name, title, sentence, make, seed in PRESETS:
        groups, stake, weights = make() if seed is None else make(np.random.default_rng(seed))
        file = f"presets/{name}.csv"
        texts[file] = _table(groups, stake, weights)
        entries.append(
            {
                "name": name,
                "title": title,
                "sentence": sentence,
                "units": "stake in thousand alpha; weights relative within a row",
                "rows": len(weights),
                "columns": len(weights[0]),
                "seed": seed,
                "how": "written by hand" if seed is None else "drawn as datasets/make_presets.py says",
                "files": {file: files.checksum(texts[file])},
                "matches": [],
            }
        )
    files.publish(HERE, "presets", entries, texts)


if __name__ == "__main__":
    main()
