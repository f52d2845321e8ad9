"""What a map of associations says is read off the counts, with how sure it is."""

import numpy as np
import pandas as pd
import pytest

from pmlib.competitive import association_map
from pmlib.competitive.maps.ties import nearest, ties
from pmlib.data import source
from pmlib.result import Absent

approx = pytest.approx
IMAGE = pd.DataFrame(
    {
        "safe": [120, 30, 20, 40],
        "fun": [15, 80, 30, 45],
        "cheap": [20, 35, 110, 50],
        "fast": [40, 40, 50, 35],
    },
    index=pd.Index(["Alpha", "Beta", "Gamma", "Delta"], name="Brand"),
).rename_axis(columns="Image")


def wide(table=IMAGE, **options):
    return source(table.reset_index(), "image", firm="Brand", attributes=list(table), **options)


def long(table=IMAGE):
    return table.reset_index().melt("Brand", value_name="marks")


def test_what_a_reader_is_told():
    result = association_map(wide(), focal="Alpha")
    assert result.title == "Alpha stands out for safe"
    assert result.headline == (
        "Alpha goes most with safe: 2.23 times as often as by chance (1.89 to 2.62). Most like it: Delta."
    )
    assert result.finding.endswith("by chance (1.89 to 2.62). The map shows 99.9% of all differences.")
    assert [(n.name, n.unit, n.level) for n in result.numbers] == [
        ("focal_tie", "", 0.95),
        ("map_share", "%", None),
    ]
    assert result.advice == "No firm clearly stands out for fast: open, if buyers care."
    assert "cos" not in result.headline + result.title + result.finding + result.subtitle


def test_a_column_may_be_what_it_is_about():
    result = association_map(IMAGE, focal="cheap")
    assert result.title == "Gamma stands out for cheap"
    assert result.headline.startswith("cheap goes most with Gamma: 1.85 times")


def test_without_a_focal_point_the_surest_tie_is_told():
    result = association_map(IMAGE)
    assert (result.title, result.numbers[0].name) == ("Alpha stands out for safe", "strongest_tie")


def test_wide_long_and_single_records_are_one_table():
    counts = long()
    records = counts.loc[counts.index.repeat(counts["marks"]), ["Brand", "Image"]]
    asked = [
        association_map(IMAGE),
        association_map(wide()),
        association_map(source(counts, firm="Brand"), columns="Image", counts="marks"),
        association_map(source(counts.rename(columns={"marks": "units"}), firm="Brand"), columns="Image"),
        association_map(source(records, firm="Brand"), columns="Image"),
    ]
    for result in asked:
        found = result.frame.set_index("point")
        assert found.loc["Alpha", "estimate"] == approx(asked[0].frame["estimate"][0])
        assert np.abs(found.loc["safe", ["x", "y"]].astype(float)).to_numpy() == approx(
            np.abs(asked[0].frame.set_index("point").loc["safe", ["x", "y"]].astype(float)).to_numpy()
        )


def test_a_square_table_of_switching_has_each_brand_twice():
    switching = pd.DataFrame([[380, 250, 65], [272, 900, 64], [58, 40, 40]], list("ABC"), list("ABC"))
    result = association_map(switching.rename_axis(index="bought before", columns="bought next"))
    assert result.frame["label"].tolist()[::3] == ["A (bought before)", "A (bought next)"]
    assert result.title == "C goes most with itself"


def test_of_choices_what_was_chosen_is_counted():
    offers = pd.DataFrame(
        [(task, brand, "north" if task < 30 else "south") for task in range(60) for brand in "ABC"],
        columns=["occasion", "product", "region"],
    )
    taken = np.where(offers["region"] == "north", offers["occasion"] % 4 % 3, offers["occasion"] % 3)
    offers["chosen"] = (offers["product"] == pd.Series(taken).map(dict(enumerate("ABC")))).astype(int)
    found = association_map(source(offers), columns="region").analysis.counts
    assert found.to_numpy().sum() == 60 and found.loc["A", "north"] == 15


def test_one_name_of_two_things_is_not_itself():
    # caith of R's MASS (Fisher 1940): colours of eyes by colours of hair.
    caith = pd.DataFrame(
        [[326, 38, 241, 110, 3], [688, 116, 584, 188, 4], [343, 84, 909, 412, 26], [98, 48, 403, 681, 85]],
        pd.Index(["blue", "light", "medium", "dark"], name="eyes"),
        pd.Index(["fair", "red", "medium", "dark", "black"], name="hair"),
    )
    result = association_map(caith)
    assert result.title == "dark (eyes) stands out for dark (hair)"
    assert result.finding.startswith("dark (eyes) goes most with dark (hair): 2.01 times")
    # Greenacre (1984), table 8.1: inertias of 0.1992 and 0.0301.
    assert result.analysis.eigenvalues[:2] == approx([0.1992, 0.0301], abs=5e-5)


def test_ties_are_observed_over_expected_with_an_interval_for_all_pairs():
    found = ties(IMAGE, 0.95).iloc[0]
    total, row, column = IMAGE.to_numpy().sum(), IMAGE.loc["Alpha"].sum(), IMAGE["safe"].sum()
    assert (found["tie"], found["estimate"]) == ("safe", approx(120 * total / row / column))
    # By hand: the delta method's variance of ln(p ∕ rc); 2.955 is the normal quantile of 1 − 0.025 ∕ 16.
    p, r, c = 120 / total, row / total, column / total
    error = np.sqrt((1 / p - 1 / r - 1 / c - 1 + 2 * p / r / c) / total)
    assert np.log(found["high"] / found["estimate"]) == approx(2.955 * error, rel=1e-3)


def test_the_most_alike_is_found_over_all_axes():
    profiles = (IMAGE.T / IMAGE.sum(axis=1)).T / np.sqrt(IMAGE.sum() / IMAGE.to_numpy().sum())
    away = ((profiles.to_numpy()[:, None] - profiles.to_numpy()) ** 2).sum(axis=2) + np.diag([np.inf] * 4)
    assert nearest(IMAGE) == list(IMAGE.index[away.argmin(axis=1)])


def test_chance_is_called_chance():
    result = association_map(pd.DataFrame([[20, 18], [19, 21], [17, 20]], list("abc"), list("xy")), focal="a")
    assert result.title == "a stands out for nothing"
    assert "which may be chance" in result.headline
    assert result.advice == ""
    assert not result.frame["clear"].any()
    assert not passed(result)["Rows and columns have to do with each other"]


def passed(result):
    return {check.label: check.passed for check in result.checks}


def test_a_map_that_shows_too_little_says_so():
    result = association_map(pd.DataFrame(np.eye(8, dtype=int) * 40 + 10, list("abcdefgh"), list("stuvwxyz")))
    assert not passed(result)["The map shows at least 60% of all differences"]
    assert result.numbers[1].value == approx(2 / 7)


def test_what_is_empty_is_left_out_and_named():
    table = IMAGE.assign(odd=0)
    table.loc["Nobody"] = 0
    checks = {check.label: check for check in association_map(table).checks}
    assert checks["No row or column is empty"].saw == 'left out: row "Nobody" and column "odd"'


def test_shares_have_no_intervals_and_the_page_says_so():
    result = association_map(IMAGE / 1000, focal="Alpha")
    assert result.frame[["low", "long"]].isna().all(axis=None)
    assert result.numbers[0].low is None
    assert not passed(result)["Counts are whole numbers, so it is known how sure they are"]


def test_supplementary_points_are_on_the_map_but_are_not_what_it_is_about():
    result = association_map(IMAGE, extra_rows=["Delta"], extra_columns=["fast"])
    extra = result.frame[~result.frame["active"].astype(bool)]
    assert extra["point"].tolist() == ["Delta", "fast"] and extra["x"].notna().all()
    with pytest.raises(ValueError, match='focal "Delta" is not what makes the map; '):
        association_map(IMAGE, extra_rows=["Delta"], focal="Delta")


@pytest.mark.parametrize("shape", [(2, 2), (2, 6), (5, 2), (3, 3)])
def test_the_smallest_tables_are_drawn(shape):
    counts = np.random.default_rng(3).poisson(30, shape)
    table = pd.DataFrame(counts, range(shape[0]), range(10, 10 + shape[1]))  # labels need not be texts
    result = association_map(table)
    assert "<svg" in result.html() and "nan" not in result.chart()


def test_names_from_the_data_stay_text():
    table = IMAGE.rename(index={"Alpha": "<b>A</b>"}, columns={"safe": "<script>x</script>"})
    assert (
        "<script>x" not in association_map(table).html() and "<b>A</b>" not in association_map(table).html()
    )


@pytest.mark.parametrize(
    ("table", "options", "reason"),
    [
        (
            IMAGE.head(1),
            {},
            "The counts have 1 row and 4 columns with anything in them; a map needs two",
        ),
        (IMAGE * 0 + 5, {}, "Every brand has the same shares: nothing to tell apart."),
        (source(long(), "log", firm="Brand"), {}, "The data (log) have no counts to map; it takes a label"),
        (
            source(IMAGE, "bare", attributes=["fun"]),
            {},
            "The data (bare) have no label for the rows of a map;",
        ),
    ],
)
def test_what_cannot_be_mapped_is_absent_with_a_reason(table, options, reason):
    result = association_map(table, **options)
    assert isinstance(result, Absent) and result.reason.startswith(reason)


def spoilt(column, value):
    frame = long().astype({"marks": float}).rename_axis(None)
    frame.loc[2, column] = value
    return source(frame, "log", firm="Brand")


@pytest.mark.parametrize(
    ("table", "options", "says"),
    [
        (spoilt("marks", -1), {"columns": "Image", "counts": "marks"},
         'log, row 3: marks of "Gamma" with "safe" is -1.0; write a number from 0 up (0 for none)'),
        (spoilt("marks", None), {"columns": "Image", "counts": "marks"},
         'log, row 3: marks of "Gamma" with "safe" is missing; write a number from 0 up (0 for none)'),
        (spoilt("Brand", None), {"columns": "Image", "counts": "marks"},
         "log: row 3 of 16 has no firm; fill it, or drop the row"),
        (spoilt("marks", 1), {"columns": "Imag"}, "log has no column \"Imag\" for columns; did you mean"),
        (spoilt("marks", 1), {"columns": "Image", "counts": "Image"},
         "log: Image holds str, not numbers; convert it first"),
        (wide(pd.concat([IMAGE, IMAGE.head(1)])), {},
         'image has two rows of firm "Alpha"; add them up, or keep one'),
        (IMAGE, {"level": 95}, "level is 95; write a fraction between 0 and 1, such as 0.95"),
        (IMAGE, {"focal": "Alfa"}, "focal \"Alfa\" is not what makes the map; did you mean 'Alpha'?"),
        (IMAGE - 16, {}, 'count in row "Alpha", column "fun" is -1; write a number from 0 up (0 for none)'),
    ],
)  # fmt: skip
def test_a_mistake_is_refused_in_one_line(table, options, says):
    with pytest.raises(ValueError) as error:
        association_map(table, **options)
    assert str(error.value).startswith(says) and "\n" not in str(error.value)


def test_the_same_call_gives_the_same_page():
    assert association_map(IMAGE).html() == association_map(IMAGE).html()
