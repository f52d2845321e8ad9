"""A panel tells who got the feature and when, or refuses in one line."""

import numpy as np
import pandas as pd
import pytest

from pmlib import data, impact
from pmlib.result import Absent


def rows(launches, years=range(2001, 2007), **more):
    """Units by name with the year of their launch, or None."""
    table = [
        {
            "unit": unit,
            "year": year,
            "sales": 10 * i + year % 7,
            "launched": launch,
            "treated": int(year >= (launch or 9999)),
        }
        for i, (unit, launch) in enumerate(launches.items())
        for year in years
    ]
    return pd.DataFrame(table).assign(**more)


def table(frame, launches="treated", **more):
    drop = {"treated": "launched", "launched": "treated", "neither": ["launched", "treated"]}[launches]
    frame = frame.drop(columns=drop)
    dated = {"launched": "launched"} if "launched" in frame else {}
    return data.source(frame, "shops", period="year", kpis=["sales"], **dated, **more)


LAUNCHES = {"a": 2003, "b": 2005, "c": None, "d": None}


def test_a_flag_a_date_and_the_parameters_say_the_same():
    frame = rows({**LAUNCHES, "b": None})
    by_flag = impact.panel(table(frame))
    by_date = impact.panel(table(frame, "launched"))
    told = impact.panel(table(frame, "neither"), treated="a", launch="2003")
    for found in (by_flag, by_date, told):
        assert list(found.first) == [2, -1, -1, -1]
        assert found.outcomes.equals(by_flag.outcomes)
    assert by_flag.treated_units == ["a"]
    assert by_flag.periods[0] == "2001"
    assert list(by_flag.treated.sum(axis=1)) == [4, 0, 0, 0]


def test_the_order_of_rows_is_no_matter():
    frame = rows(LAUNCHES)
    found = impact.panel(table(frame.sample(frac=1, random_state=3)))
    assert found.outcomes.equals(impact.panel(table(frame)).outcomes)
    assert found.cohorts == [2, 4]
    assert found.staggered


def test_a_launch_within_a_period_counts_that_period():
    frame = rows(LAUNCHES).assign(launched=pd.Timestamp("2003-05-20"))
    frame.loc[frame["unit"] != "a", "launched"] = pd.NaT
    assert list(impact.panel(table(frame, "launched")).first) == [2, -1, -1, -1]


def test_a_launch_to_come_is_untreated_so_far():
    found = impact.panel(table(rows({**LAUNCHES, "c": 2030}), "launched"))
    assert found.first["c"] == -1
    assert list(found.found["rule"]) == ["Launched after the last period"]


def test_units_that_always_had_it_are_left_out_and_said():
    found = impact.panel(table(rows({**LAUNCHES, "e": 1990})))
    assert found.units == ["a", "b", "c", "d"]
    assert list(found.found["rule"]) == ["Had it from their first period on"]


def test_without_a_never_treated_unit_those_to_come_are_compared_with():
    found = impact.panel(table(rows({"a": 2003, "b": 2005})))
    assert "compared with those that did not yet" in list(found.found["done"])


def test_holes_are_kept_dropped_or_refused():
    frame = rows(LAUNCHES).astype({"sales": float})
    frame.loc[3, "sales"] = np.nan
    frame = frame.drop(index=20)
    kept = impact.panel(table(frame))
    assert not kept.balanced
    assert kept.found["rows"].tolist() == [2]
    dropped = impact.panel(table(frame), missing="drop")
    assert dropped.units == ["b", "c"]
    with pytest.raises(
        data.DataError, match=r"shops: 2 values of unit and period are missing \(a and 1 more\)"
    ):
        impact.panel(table(frame), missing="refuse")


def test_what_a_table_lacks_is_said():
    frame = rows(LAUNCHES)
    assert "no column of role treated or launched" in impact.panel(table(frame, "neither")).reason
    assert isinstance(impact.panel(None), Absent)
    assert "role unit" in impact.panel(table(frame.rename(columns={"unit": "shop"}))).reason


def broken(**change):
    frame = rows(LAUNCHES).astype({"sales": float})
    for column, (row, value) in change.items():
        frame.loc[row, column] = value
    return frame


@pytest.mark.parametrize(
    ("frame", "line"),
    [
        (
            pd.concat([rows(LAUNCHES), rows(LAUNCHES).tail(1)]),
            "shops has two rows of 'd' on 2006-01-01 (1 such rows); keep one, or add them up",
        ),
        (broken(sales=(4, np.inf)), "shops, row 4: sales is infinite; correct it"),
        (
            broken(treated=(5, 0)),
            "shops: 'a' had the feature and is 0 again on 2006-01-01; a launch that is taken back",
        ),
        (broken(treated=(5, 2)), "shops, row 5: treated of 'a' is 2; write 1 for yes and 0 for no"),
        (broken(unit=(5, None)), "shops, row 5: no unit is named; fill it in, or leave the row out"),
        (
            rows({"a": None, "b": None}),
            "shops: no unit got the feature within the data; name who did, and when",
        ),
        (
            rows({"a": 2003, "b": 2003}),
            "shops: all 2 units got it at the same time, so none shows what would have been; add",
        ),
        (
            rows({"a": 1999, "b": None}),
            "shops: all 1 units with the feature have it in their first period already; give",
        ),
        (rows(LAUNCHES, years=[2004]), "shops has one period; a comparison needs one before"),
        (
            rows(LAUNCHES).assign(sales=lambda rows: rows["unit"].map(ord)),
            "shops: no unit's kpi ever changes, so no launch moved it; give what varies over time",
        ),
        (rows(LAUNCHES, sales=3), "shops: the kpi is 3 in every row; of what never"),
    ],
)
def test_what_makes_no_panel_is_refused_in_one_line(frame, line):
    with pytest.raises(data.DataError) as refused:
        impact.panel(table(frame.reset_index(drop=True)))
    assert str(refused.value).startswith(line)
    assert "\n" not in str(refused.value)


def test_a_unit_has_one_launch_and_one_cluster():
    frame = broken(launched=(2, 2004))
    with pytest.raises(data.DataError, match="'a' was launched on 2003-01-01 and 2004-01-01; a unit has one"):
        impact.panel(table(frame, "launched"))
    frame = rows(LAUNCHES).assign(state=["x", "y"] * 12)
    with pytest.raises(data.DataError, match="shops: 'a' is in 2 clusters; a unit stays in one"):
        impact.panel(table(frame, cluster="state"))


@pytest.mark.parametrize(
    ("parameters", "line"),
    [
        ({"treated": ["e"], "launch": "2003"}, "treated names 'e', which is no unit"),
        (
            {"treated": ["a"], "launch": "1999"},
            "launch 1999 leaves no period before or after it in 2001-01-01",
        ),
        ({"treated": ["a"], "launch": "soon"}, "launch is 'soon'; write a date"),
        ({"missing": "fill"}, 'missing is \'fill\'; give "keep", "drop" or "refuse"'),
        ({"column": "cost"}, "shops has no kpi 'cost'; it has 'sales'"),
        ({"until": "1999"}, "until 1999-01-01 is before the first, 2001-01-01"),
        ({"treated": ["a"]}, "treated names units without a date; give launch= too"),
    ],
)
def test_a_wrong_parameter_is_refused(parameters, line):
    with pytest.raises(ValueError, match="^" + line.replace("(", r"\(")):
        impact.panel(table(rows(LAUNCHES)), **parameters)


def test_the_callers_frame_is_left_alone():
    frame = rows(LAUNCHES)
    before = frame.copy()
    impact.panel(table(frame))
    pd.testing.assert_frame_equal(frame, before)
