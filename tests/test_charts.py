"""Charts: sound specifications in both themes, hatching inside its rectangle, a palette that can be read."""

import re

import pandas as pd
import pytest
import vl_convert

from bittensor_lab import datasets
from bittensor_lab.charts.consensus import consensus_chart, heat_chart
from bittensor_lab.charts.theme import THEMES, theme
from bittensor_lab.views import consensus as views

ENDS = {"weight": 0.5, "incentive": 0.3, "dividends": 0.4}


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(("name", "least"), [("light", 5.5), ("dark", 8.0)])
def test_words_can_be_read(name, least):
    look = theme(name)
    for meaning, colour in look.text.items():
        assert contrast(colour, look.page) >= least - 0.05, meaning


def test_both_themes_mean_the_same():
    light, dark = THEMES["light"], THEMES["dark"]
    assert light.fill.keys() == dark.fill.keys() and light.text.keys() == dark.text.keys()
    with pytest.raises(ValueError, match="light"):
        theme("blue")


DRAWN = ["one_outlier-light", "one_outlier-dark", "honest_crowd-dark", "split_opinion-light", "cabal_12-dark"]


@pytest.mark.parametrize(("name", "look"), [one.split("-") for one in DRAWN], ids=DRAWN)
def test_gauges_draw(name, look):
    view = views.consensus(datasets.preset(name).inputs())
    spec = consensus_chart(
        views.consensus_tables(view), limits=ENDS, name=look, title=views.title(view)
    ).to_dict()
    svg = vl_convert.vegalite_to_svg(spec)
    assert views.title(view)[:12] in svg
    colours = set(re.findall(r"#[0-9A-Fa-f]{6}", svg))
    other = THEMES["dark" if look == "light" else "light"]
    assert other.fill["validator"] not in colours


def test_hatching_stays_inside_what_is_lost():
    view = views.consensus(datasets.preset("one_outlier").inputs())
    svg = vl_convert.vegalite_to_svg(
        consensus_chart(views.consensus_tables(view), limits=ENDS, name="light").to_dict()
    )
    lost = THEMES["light"].fill["lost"]
    assert svg.count(f'stroke="{lost}"') > 8
    view = views.consensus(datasets.preset("one_outlier").inputs(), by="mean")
    svg = vl_convert.vegalite_to_svg(
        consensus_chart(views.consensus_tables(view), limits=ENDS, name="light").to_dict()
    )
    assert f'stroke="{lost}"' not in svg


def test_widths_fill_the_picture():
    for width in (508, 848):
        view = views.consensus(datasets.preset("one_outlier").inputs())
        spec = consensus_chart(views.consensus_tables(view), limits=ENDS, width=width).to_dict()
        for row in spec["vconcat"]:
            assert abs(sum(part["width"] for part in row["hconcat"]) - width) <= 3


def test_no_chart_names_a_network_address():
    view = views.consensus(datasets.preset("one_outlier").inputs())
    spec = consensus_chart(views.consensus_tables(view), limits=ENDS).to_dict()
    spec.pop("$schema")
    assert "http" not in str(spec)


@pytest.mark.parametrize("look", ["light", "dark"])
def test_heat_map_draws(look):
    cells = views.consensus(datasets.preset("outlier_64").inputs()).cells
    assert isinstance(cells, pd.DataFrame)
    assert vl_convert.vegalite_to_svg(heat_chart(cells, name=look).to_dict()).startswith("<svg")


def test_a_hundred_per_cent_is_said_only_of_all():
    said = [views.percent(share).replace("\u00a0", " ") for share in (0.473, 0.0123, 0.997, 1 - 1e-9, 1.0)]
    assert said == ["47 %", "1.2 %", "over 99 %", "100 %", "100 %"]
