"""What the small charts draw, as SVG."""

from __future__ import annotations

import re

from serving.charts import LETTER, WIDTH, agreement, amounts, bars


def test_names_in_charts_are_escaped() -> None:
    assert "<b>" not in bars([0.5, 0.5], 0.5, "<b>", "<b>", "y")
    assert agreement([(0.0, 0.0, 0.0, 0.0)], "nothing came", "x", "y") == ""


def test_no_amount_below_the_axis_is_cut_off_at_the_edge() -> None:
    drawn = amounts([(0, 0), (2e6, 90)], (1e6, 60), "label", "budget", "sales", "{:,.0f}".format)
    below = re.findall(r'<text class="x" x="([0-9.]+)" y="[0-9.]+">([^<]*)<', drawn)
    assert below[0][1] == "0"
    assert below[-1][1] == "2,000,000"
    assert all(float(x) + len(text) * LETTER / 2 <= WIDTH for x, text in below)
