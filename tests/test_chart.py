"""Charts are inline SVG in the page's colour names, the same bytes each time, readable wide and narrow."""

import re
from itertools import pairwise

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

from pmlib import chart
from pmlib.chart.parts import wrap
from pmlib.table import Column

PERIODS = pd.to_datetime(["1988-01-01", "1989-01-01", "1990-01-01"])
FIRMS = pd.DataFrame(
    {"firm": ["Ada", "Bob & <Co>", "Cy"], "share": [0.5, 0.3, 0.2], "growth": [0.1, -0.1, 0.0]}
)
TREND = pd.concat([FIRMS[["firm", "share"]].assign(period=p) for p in PERIODS])
ESTIMATES = pd.DataFrame(
    {
        "firm": FIRMS["firm"],
        "period": PERIODS,
        "estimate": [0.1, 0.0, -0.2],
        "low": [0, -0.1, -0.3],
        "high": [0.2, 0.1, -0.1],
    }
)
RAW = ESTIMATES.assign(raw=[0.2, 0.1, None], raw_low=[-0.1, 0.0, None], raw_high=[0.5, 0.2, None])
LEVELS = FIRMS.assign(
    estimate=[0.5, 0.3, 0.2], low=[0.4, 0.2, 0.1], high=[0.6, 0.4, 0.3], cut=["", "× 60%", "× 67%"]
)
SHARE = Column("Share", "%")
COLUMNS = {"share": SHARE, "growth": Column("Growth", "%")}
WIDE = FIRMS.set_index("firm")[["share", "growth"]]

MAP = pd.DataFrame(
    {
        "name": ["Ada", "Bob & <Co>", "Cy", "tall", "wide"],
        "kind": ["firm", "firm", "product", "attribute", "attribute"],
        "x": [1.0, -2.0, 0.5, 0.1, 0.9],
        "y": [2.0, 1.0, -1.0, 0.9, 0.0],
        "long": [0.5, 0.4, None, None, None],
        "short": [0.2, 0.4, None, None, None],
        "angle": [30.0, 0.0, None, None, None],
    }
)
KINDS = {"firm": "dot", "product": "speck", "attribute": "arrow"}


def biplot(frame=MAP, **options):
    columns = {"x": Column("Across"), "y": Column("Upwards")}
    return chart.biplot(frame, "x", "y", "name", "kind", forms=KINDS, columns=columns, **options)


FORMS = {
    "ranked": lambda: chart.ranked(FIRMS, "share", "firm", spec=SHARE, highlight=["Ada"]),
    "signed": lambda: chart.ranked(FIRMS, "growth", "firm", spec=Column("Change", "points"), signed=True),
    "lines": lambda: chart.lines(
        TREND, "period", "share", "firm", spec=SHARE, highlight=["Ada"], levels={"line": 0.4}
    ),
    "bands": lambda: chart.bands(ESTIMATES, "period", spec=SHARE, zero=0.0),
    "dots": lambda: chart.dots(ESTIMATES, "firm", spec=SHARE, highlight=["Ada"]),
    "forest": lambda: chart.forest(
        RAW, "firm", spec=SHARE, names=("as measured", "in the end"), highlight=["Cy"]
    ),
    "bubble": lambda: chart.bubble(
        FIRMS, "share", "growth", "share", "firm", columns=COLUMNS, cuts=(0.3, 0.0)
    ),
    "map2d": lambda: chart.map2d(FIRMS, "share", "growth", "firm", columns=COLUMNS, diagonal=True),
    "biplot": lambda: biplot(shaded=["Ada"]),
    "tornado": lambda: chart.tornado(ESTIMATES, "firm", middle=0.05, spec=SHARE, highlight=["Ada"]),
    "tree": lambda: chart.tree(NODES, "label", ["value", "band"], parts=PARTS, top="a", highlight=["a"]),
    "waterfall": lambda: chart.waterfall(LEVELS, "firm", "cut", spec=SHARE, highlight=["Cy"]),
    "heat": lambda: chart.heat(WIDE, WIDE.map("{:.2f}".format)),
}


# Far more than a page has columns for, and a part that two others share.
NODES = pd.DataFrame(
    {"label": ["Ada", "Bob & <Co>", "Cy", "Di", "Ed"], "value": "1 to 2", "band": ["", "3", "4", "5", "6"]},
    index=list("abcde"),
)
PARTS = {"a": ["b", "c"], "b": ["d"], "c": ["d"], "d": ["e"]}


@pytest.fixture(scope="module", params=FORMS, ids=str)
def drawn(request):
    return chart.svg(FORMS[request.param], alt='Ada "leads" <b>', name=request.param)


def test_every_form_is_drawn_wide_and_narrow_with_its_text_alternative(drawn):
    assert re.findall(r'<svg class="(\w+)" style="[^"]+" role="img"', drawn) == ["wide", "narrow"]
    assert drawn.count('aria-label="Ada &quot;leads&quot; &lt;b&gt;"') == 2


def test_every_colour_is_a_name_of_the_page(drawn):
    unnamed = set(re.findall(r"(?<!, )#[0-9a-f]{6}\b", drawn))
    assert not unnamed, "a colour that the page cannot change for dark or print"


def test_words_stay_words_and_data_stays_text(drawn):
    assert "<text" in drawn
    assert "<Co>" not in drawn
    assert "font-family" not in drawn


def test_a_chart_is_small_and_holds_no_date(drawn):
    assert len(drawn) < 30_000
    assert "<metadata" not in drawn
    assert not re.search(r"20\d\d-\d\d-\d\d", drawn)


def test_the_same_chart_is_the_same_bytes():
    first, second = (chart.svg(FORMS["bubble"], alt="a", name="b") for _ in range(2))
    assert first == second


def test_a_tree_draws_what_is_shared_once_and_a_deep_one_as_rows():
    drawn = chart.svg(FORMS["tree"], alt="a", name="b")
    assert drawn.count(">Ed</text>") == 2 and drawn.count(">as above</text>") == 2  # wide and narrow
    deep = NODES.index
    parts = {name: [below] for name, below in pairwise(deep)}
    drawn = chart.svg(
        lambda: chart.tree(NODES, "label", ["value", "band"], parts=parts, top="a"), alt="a", name="b"
    )
    wide = drawn[: drawn.index('class="narrow"')]
    assert ">1 to 2, 3</text>" in wide


def test_a_tornado_says_both_ends_and_once_what_does_not_move():
    frame = pd.DataFrame({"name": ["moves", "stays"], "low": [3.0e6, 4e6], "high": [5.5e6, 4e6]})
    drawn = chart.svg(
        lambda: chart.tornado(frame, "name", middle=4e6, spec=Column("Sales", "€ (2025)")), alt="", name="n"
    )
    wide = drawn[: drawn.index('class="narrow"')]
    assert [wide.count(f">{text}</text>") for text in ("€3M", "€5.50M", "€4M")] == [1, 1, 2]


def test_an_axis_of_millions_is_written_short():
    frame = ESTIMATES.assign(estimate=[2e7, 3e7, 4e7], low=[1e7, 1e7, 1e7], high=[5e7, 5e7, 5e7])
    drawn = chart.svg(lambda: chart.dots(frame, "firm", spec=Column("Sales", "€")), alt="", name="n")
    assert re.findall(r">([0-9]+M?)</text>", drawn)[:4] == ["0", "15M", "30M", "45M"]


def test_ids_of_two_charts_differ():
    ids = [
        set(re.findall(r'id="([^"]+)"', chart.svg(FORMS["lines"], alt="a", name=n))) for n in ("one", "two")
    ]
    assert not ids[0] & ids[1]


def test_what_a_chart_says_is_not_rounded():
    frame = pd.DataFrame({"firm": ["v1.25"], "share": [0.9]})
    assert "v1.25" in chart.svg(lambda: chart.ranked(frame, "share", "firm", spec=SHARE), alt="", name="n")


def test_drawing_leaves_the_analysts_settings_alone():
    before = dict(mpl.rcParams)
    chart.svg(FORMS["ranked"], alt="a", name="b")
    assert dict(mpl.rcParams) == before


def test_a_map_has_the_same_unit_across_and_upwards():
    axes = biplot()
    box = axes.get_window_extent()
    assert np.ptp(axes.get_xlim()) / box.width == pytest.approx(np.ptp(axes.get_ylim()) / box.height)


def test_arrows_of_a_map_are_stretched_together_and_reach_as_far_as_its_points():
    (heads,) = (c.get_paths() for c in biplot().collections if isinstance(c, PolyCollection))
    tips = [path.vertices[0] for path in heads]
    assert max(np.hypot(*tip) for tip in tips) == pytest.approx(0.9 * np.hypot(1, 2))
    assert tips[0][1] / tips[1][0] == pytest.approx(1.0) and tips[0][0] / tips[0][1] == pytest.approx(1 / 9)


def test_only_what_is_shaded_has_an_ellipse_and_all_of_it_is_seen():
    assert not biplot().patches
    axes = biplot(shaded=["Ada"])
    (ellipse,) = axes.patches
    assert (ellipse.width, ellipse.height, ellipse.angle) == (1.0, 0.4, 30.0)
    seen = Bbox([axes.transData.transform((axes.get_xlim()[i], axes.get_ylim()[i])) for i in (0, 1)])
    whole = ellipse.get_window_extent()
    assert seen.x0 <= whole.x0 and whole.x1 <= seen.x1 and seen.y0 <= whole.y0 and whole.y1 <= seen.y1


def test_a_map_of_one_place_or_of_arrows_alone_is_drawn():
    for rows in ([0], [3, 4], []):
        assert "<svg" in chart.svg(lambda rows=rows: biplot(MAP.iloc[rows]), alt="a", name="b")


def test_no_chart_is_no_chart():
    assert chart.svg(lambda: None, alt="a", name="b") == ""


def test_what_is_missing_is_not_drawn():
    gap = ESTIMATES.assign(estimate=[0.1, float("nan"), -0.2])
    columns = {"estimate": SHARE, "high": SHARE}
    for form in (
        lambda: chart.dots(gap, "firm", spec=SHARE),
        lambda: chart.map2d(gap, "estimate", "high", "firm", columns=columns),
    ):
        drawn = chart.svg(form, alt="a", name="b")
        assert "nan" not in drawn
        assert drawn.count("<use") == 4  # two places, wide and narrow


def test_a_bar_that_is_missing_does_not_take_the_scale_with_it():
    bars = FIRMS.assign(share=[-0.4, 0.3, float("nan")])
    axes = chart.ranked(bars, "share", "firm", spec=SHARE)
    low, high = axes.get_xlim()
    assert low < -40 and high > 30
    assert [text.get_text() for text in axes.texts][:3] == ["−40.0%", "30.0%", "–"]


def test_an_arrow_stands_only_where_something_is_written():
    moved = FIRMS.assign(share=[-0.00001, 0.3, -0.2])
    axes = chart.ranked(moved, "share", "firm", spec=SHARE, signed=True)
    assert [text.get_text() for text in axes.texts][:3] == ["0.0%", "▲ +30.0%", "▼ −20.0%"]


def test_no_rows_are_an_empty_chart():
    none = FIRMS.head(0)
    assert "<use" not in chart.svg(
        lambda: chart.map2d(none, "share", "growth", "firm", columns=COLUMNS), alt="a", name="b"
    )


def test_an_analyst_draws_on_axes_of_their_own_and_adds_to_them(tmp_path):
    figure = Figure(layout="constrained")
    left, right = figure.subplots(1, 2)
    chart.dots(ESTIMATES, "firm", spec=SHARE, ax=left)
    chart.map2d(FIRMS, "share", "growth", "firm", columns=COLUMNS, ax=right).set_ylabel("Mine")
    figure.savefig(tmp_path / "both.png")
    assert [text.get_text() for text in left.texts[:3]] == list(FIRMS["firm"])
    alone = chart.dots(ESTIMATES, "firm", spec=SHARE)
    alone.set_ylabel("Turned & mine")
    alone.figure.savefig(tmp_path / "alone.png")
    assert 'transform="rotate(-90 ' in chart.svg(lambda: alone, alt="a", name="b")
    assert "Turned &amp; mine" in chart.svg(lambda: alone, alt="a", name="b")


def test_a_word_too_long_for_a_line_is_broken_after_its_hyphens():
    assert wrap("Staggered difference-in-differences", 18) == "Staggered\ndifference-in-\ndifferences"
    assert wrap("2018-12-30 so-called", 20) == "2018-12-30 so-called"


def test_what_is_no_word_is_broken_anywhere_so_that_no_name_is_pushed_off_the_chart():
    assert wrap("telecommunications a b", 9) == "telecommunications\na b"
    assert wrap("W" * 60, 36).split("\n") == ["W" * 24, "W" * 24, "W" * 12] and wrap("x-", 1) == "x-"
    names = FIRMS.assign(firm=["Ada", "https://example.org/" + "W" * 400, "Cy"])
    drawn = chart.svg(
        lambda ax=None: chart.ranked(names, "share", "firm", spec=SHARE, ax=ax), alt="", name="b"
    )
    for svg, least in zip(drawn.split("<svg ")[1:], (150, 100), strict=True):
        assert float(re.search(r'<text x="([\d.]+)"[^>]*>Ada<', svg)[1]) > least


@pytest.mark.parametrize(("every", "most"), [("7D", 2), ("MS", 3), ("YS", 4)])
def test_on_a_phone_dates_below_an_axis_keep_apart(every, most):
    frame = pd.DataFrame({"period": pd.date_range("2020-01-01", periods=30, freq=every), "estimate": 0.0})
    frame = frame.assign(low=-1.0, high=1.0)
    drawn = chart.svg(
        lambda ax=None: chart.bands(frame, "period", spec=Column("Rides"), ax=ax), alt="a", name="b"
    )
    narrow = drawn[drawn.index('class="narrow"') :]
    assert len(re.findall(r">[^<]*20\d\d[^<]*<", narrow)) == most


def test_on_a_phone_long_numbers_below_an_axis_keep_apart():
    frame = LEVELS.assign(low=-26_000, estimate=0, high=-2_000)
    drawn = chart.svg(
        lambda ax=None: chart.dots(frame, "firm", spec=Column("Worth", "$"), ax=ax), alt="a", name="b"
    )
    wide, narrow = drawn.split('class="narrow"')
    assert len(re.findall(r">−\d\d,000<", narrow)) < len(re.findall(r">−\d\d,000<", wide))
