"""What peers swallow is refused in one line, or handled and said: every kind of bad input, one row each."""

import json
import re
import warnings

import numpy as np
import pandas as pd
import pytest

from pmlib import data, impact
from pmlib.result import Absent

DAYS = pd.date_range("2024-01-01", periods=160)
NOISE = np.random.default_rng(1).normal(size=(160, 2))
RIDES = pd.DataFrame(
    {"period": DAYS, "rides": 1000 * np.exp(0.1 * np.sin(np.arange(160)) + 0.05 * NOISE[:, 0])}
)
LAUNCH = "2024-05-10"
HOSTILE = '<script>alert("x")</script>\n& {x} %s $\\frac{1}$ \u202eabc' + "long " * 60


def series(frame=RIDES, **options):
    return impact.kpi(data.source(frame, "rides", kpis=["rides"]), **options)


def with_cell(row, value, column="rides", frame=RIDES):
    changed = frame.copy()
    changed[column] = changed[column].astype(float if isinstance(value, float) else object)
    changed.loc[row, column] = value
    return changed


def launched(names, dates, **columns):
    rows = pd.DataFrame({"launch": names, "period": pd.to_datetime(dates)}).assign(**columns)
    return data.source(rows, "rollouts")


def shops(units=12, periods=8, launches=(2004, 2004, 2004), **columns):
    years = 2000 + np.arange(periods)
    rows = pd.DataFrame(
        [(f"u{unit:02}", year) for unit in range(units) for year in years], columns=["unit", "period"]
    )
    begun = [*launches, *[0] * (units - len(launches))]
    rows["launched"] = np.repeat(begun, periods)
    rows["sales"] = (
        50.0 + np.repeat(np.arange(units), periods) + np.random.default_rng(2).normal(size=len(rows))
    )
    return rows.assign(**columns)


def panel(frame=None, **options):
    rows = shops() if frame is None else frame
    return impact.panel(data.source(rows, "shops", kpis=["sales"], launched="launched"), **options)


def users(count=400, **columns):
    rng = np.random.default_rng(3)
    rows = pd.DataFrame({"variant": np.tile(["A", "B"], count // 2), "spend": rng.gamma(2, 2, count)})
    return rows.assign(**columns)


def experiment(frame=None, **options):
    return impact.experiment(
        data.source(users() if frame is None else frame, "shop", kpis=["spend"]), **options
    )


def record(**columns):
    rows = pd.DataFrame({"launch": list("abcdef"), "effect": [0.01, 0.03, -0.01, 0.02, 0.05, 0.0]})
    return data.source(rows.assign(effect_se=0.01).assign(**columns), "past")


REFUSED = {
    "too much of a series missing": (
        lambda: series(with_cell(range(60), np.nan)),
        "rides: 60 of 160 days are missing, more than 30%; choose a time in which it was observed",
    ),
    "an infinite value": (
        lambda: series(with_cell(7, np.inf)),
        "rides, row 7: rides is infinite; correct it, or leave it missing",
    ),
    "a value beyond numbers": (
        lambda: series(with_cell(7, 1e300)),
        "rides, row 7: rides is 1e+300; correct it, or give a larger unit",
    ),
    "values that all read as 0": (
        lambda: series(RIDES.assign(rides=RIDES["rides"] * 1e-50)),
        "rides, row 0: rides is 1.01743e-47; correct it, or give a smaller unit",
    ),
    "a complex value": (
        lambda: series(RIDES.assign(rides=RIDES["rides"].astype(complex))),
        "rides: rides holds complex128, not numbers; convert it first",
    ),
    "two rows of a day": (
        lambda: series(pd.concat([RIDES, RIDES.iloc[[4]]])),
        'rides has two rows of 2024-01-05 (1 such rows); keep one, or give add="sum" or "mean"',
    ),
    "one row": (lambda: series(RIDES.head(1)), "rides has 1 date; a series needs more of them"),
    "no row": (lambda: series(RIDES.head(0)), "rides has no dates; a series needs more of them"),
    "two rows before": (
        lambda: impact.before_after(series(), "2024-01-03"),
        "2 days before launch 2024-01-03 cannot show how the 28 days after it would have gone, which takes "
        "84; compare with a group that did not get it (did, synthetic), or run a test (plan_test)",
    ),
    "time zones mixed": (
        lambda: series(
            RIDES.assign(period=[day.tz_localize(["UTC", "Asia/Tokyo"][i % 2]) for i, day in enumerate(DAYS)])
        ),
        "rides, row 0: period is '2024-01-01 00:00:00+00:00'; its column mixes time zones: bring all to one "
        "(pandas.to_datetime with utc=True)",
    ),
    "day and month in words": (
        lambda: series(RIDES.assign(period=DAYS.strftime("%d/%m/%Y"))),
        "rides, row 0: period is '01/01/2024'; give dates (pandas.to_datetime makes them), or years as whole "
        "numbers",
    ),
    "hours observed for a share": (
        lambda: series(RIDES.assign(observed=24.0)),
        "rides, row 0: observed is 24; write the share of the period that was, 0 to 1",
    ),
    "nothing said of a period": (
        lambda: series(with_cell(3, np.nan, "observed", RIDES.assign(observed=1.0))),
        "rides, row 3: observed is blank; write the share of the period that was, 0 to 1",
    ),
    "a week that begins on another day": (
        lambda: series(
            RIDES.assign(period=DAYS[0] + pd.to_timedelta(7 * np.arange(160) + (np.arange(160) == 9), "D"))
        ),
        "rides: weeks begin on different days, as on 2024-01-01 and 2024-03-05; let all begin on the same",
    ),
    "a launch on the first day": (
        lambda: impact.before_after(series(), "2024-01-01"),
        "launch 2024-01-01 is not within the data, 2024-01-01 to 2024-06-08; choose a date in it",
    ),
    "a launch on the last day": (
        lambda: impact.before_after(series(), "2024-06-08"),
        "launch 2024-06-08 is the last day of the data, 2024-06-08; wait until more of them have passed",
    ),
    "a launch outside": (
        lambda: impact.before_after(series(), "2030-01-01"),
        "launch 2030-01-01 is not within the data, 2024-01-01 to 2024-06-08; choose a date in it",
    ),
    "a launch without a date": (
        lambda: impact.before_after(series(), pd.NaT),
        "launch is 'NaT'; write a date such as 2024-03-07",
    ),
    "a launch of an empty text": (
        lambda: impact.before_after(series(), ""),
        "launch is ''; write a date such as 2024-03-07",
    ),
    "an end before the launch": (
        lambda: impact.before_after(series(), LAUNCH, end="2024-05-01"),
        "end 2024-05-01 is not after the launch, 2024-05-10; choose a later date",
    ),
    "two launches at once": (
        lambda: impact.launches(series(), launched(["a", "b"], [LAUNCH, LAUNCH])),
        "launches 'a', 'b' were on in the same days, from 2024-05-10 on: their effects cannot be told apart; "
        "write them as one",
    ),
    "a launch written twice": (
        lambda: impact.launches(series(), launched(["a", "a"], [LAUNCH, LAUNCH])),
        "rollouts, row 1: a second row of 'a' on 2024-05-10; keep one",
    ),
    "a launch without a name": (
        lambda: impact.launches(series(), launched(["a", " "], ["2024-04-10", LAUNCH])),
        "rollouts, row 1: launch is blank; fill it in",
    ),
    "a launch every day": (
        lambda: impact.launches(series(), launched([f"l{i}" for i in range(99)], DAYS[20:119])),
        "rollouts has 99 launches within the data; keep the 50 that matter most",
    ),
    "a frame for launches": (
        lambda: impact.launches(series(), RIDES),
        "a Source is needed, found a DataFrame; make one: pmlib.data.source(frame, price=...)",
    ),
    "a frame for a series": (
        lambda: impact.data_check(RIDES),
        "a DataFrame is no KPI by period; give what impact.kpi makes of a table",
    ),
    "a text for a series": (
        lambda: impact.cross_validation("rides", initial=50, period=9, horizon=5),
        "a str is no KPI by period; give what impact.kpi makes of a table",
    ),
    "a number for a forecast": (
        lambda: impact.track_record(5),
        "track_record takes a Baseline; this is a int",
    ),
    "an infinite outcome": (
        lambda: panel(shops(sales=np.inf)),
        "shops, row 0: sales is infinite; correct it, or leave it missing",
    ),
    "an outcome beyond numbers": (
        lambda: panel(shops(sales=1e300)),
        "shops, row 0: sales is 1e+300; correct it, or give a larger unit",
    ),
    "an outcome that never varies": (
        lambda: panel(shops(sales=3.0)),
        "shops: the kpi is 3 in every row; of what never varies no effect is found",
    ),
    "units that stand": (
        lambda: panel(shops(sales=lambda f: f["unit"].str[1:].astype(float))),
        "shops: no unit's kpi ever changes, so no launch moved it; give what varies over time",
    ),
    "nothing seen since the launch": (
        lambda: panel(shops(sales=lambda f: f["sales"].where((f["launched"] == 0) | (f["period"] < 2004)))),
        "shops: none of the 3 units with the feature has a value since it got it; give later periods",
    ),
    "nothing seen before the launch": (
        lambda: panel(shops(launches=(2000, 2000))),
        "shops: all 2 units with the feature have it in their first period already; give periods before, or, "
        "if treated marks who gets it at all, give launch= too",
    ),
    "one unit": (
        lambda: panel(shops(units=1, launches=(2004,))),
        "shops: all 1 units got it at the same time, so none shows what would have been; add units without "
        "it, or look at the series before and after",
    ),
    "a column of a panel": (
        lambda: impact.did(panel(), column="sales"),
        "column is of a table, and a panel is given; leave it out, or give the table",
    ),
    "one variant": (
        lambda: experiment(users(variant="A")),
        "shop has one arm, 'A'; a test compares two arms or more",
    ),
    "an arm of infinity": (
        lambda: experiment(users(variant=np.tile([1.0, np.inf], 200))),
        "shop has one arm, '1'; a test compares two arms or more",
    ),
    "one user in an arm": (
        lambda: experiment(users(variant=["A", *["B"] * 399])),
        "shop: arm 'A' has only 1 user; a comparison needs 2 or more in each",
    ),
    "an arm each user": (
        lambda: experiment(users(variant=[f"v{i}" for i in range(400)])),
        "shop: arm 'v0' has only 1 user; a comparison needs 2 or more in each",
    ),
    "spend beyond numbers": (
        lambda: experiment(users(spend=lambda f: f["spend"] * 1e150)),
        None,
    ),
    "complex spend": (
        lambda: experiment(users(spend=lambda f: f["spend"].astype(complex))),
        "shop: spend holds complex128, not numbers; convert it first",
    ),
    "planned shares that do not add up": (
        lambda: experiment(expected=["A: 50%", "B: 60%"]),
        "expected adds up to 110%; shares of all users make 100%",
    ),
    "a planned share twice": (
        lambda: experiment(expected=["A: 50%", "A: 40%", "B: 10%"]),
        "expected names arm 'A' twice; give each its share once",
    ),
    "a frame to check": (
        lambda: impact.aa_check(users(), "spend"),
        "a Source is needed, found a DataFrame; make one: pmlib.data.source(frame, price=...)",
    ),
    "a frame to plan with": (
        lambda: impact.plan_test(users()),
        "a Source is needed, found a DataFrame; make one: pmlib.data.source(frame, price=...)",
    ),
    "an effect that no test finds": (
        lambda: impact.plan_test(rate=0.1, effect=1e-9),
        "a difference of 1e-10 takes more than 1,000,000,000,000,000 users an arm; look for more",
    ),
    "less power than false alarms": (
        lambda: impact.plan_test(rate=0.1, power=0.01),
        "power is 0.01; false alarms alone come as often as 0.05: give more",
    ),
    "a mean beyond numbers": (
        lambda: impact.plan_test(mean=1e300, sd=1e300, effect=0.1),
        "mean is 1e+300; give the mean of a user",
    ),
    "a past effect beyond numbers": (
        lambda: impact.ledger(record(effect=1e300)),
        "past, row 0: effect is 1e+300; correct it, or give a larger unit",
    ),
    "an error of 0": (
        lambda: impact.ledger(record(effect_se=0.0)),
        "past, row 0 ('a'): effect_se is 0; an error is above 0, and finite",
    ),
    "doubt without a grade": (
        lambda: impact.ledger(record(), doubt=3),
        'doubt is 3; give times by grade, as in {"C": 1.4, "D": 2}',
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_it_is_refused_in_one_line(what):
    call, line = REFUSED[what]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises((ValueError, TypeError)) as refused:
            call()
    said = str(refused.value)
    assert "\n" not in said and len(said) > 20
    assert said == (line or said)


def told(found):
    """All that a result says and shows, as text; nothing that is no number may stand in it."""
    said = " ".join([found.summary(), found.headline, found.advice, found.unknown, found.subtitle])
    if isinstance(found, Absent):
        return said
    page = found.html()
    assert "<script" not in page
    assert not re.search(r"(?<![\w-])(nan|inf|NaN|NaT|<NA>)(?!\w)", f"{said} {re.sub('<[^>]*>', ' ', page)}")
    json.dumps(found.payload(), allow_nan=False)
    return said


HANDLED = {
    "values missing": (
        lambda: impact.data_check(series(with_cell([3, 5], np.nan))),
        "Of 160 days, 2 missing",
    ),
    "a gap of ten days": (
        lambda: impact.data_check(series(RIDES.drop(range(60, 70)))),
        "Of 160 days, 10 missing",
    ),
    "a gap before the launch": (
        lambda: impact.before_after(series(RIDES.drop(range(120, 130))), LAUNCH),
        "No clear change of rides after 2024-05-10",
    ),
    "a constant KPI": (
        lambda: impact.before_after(series(RIDES.assign(rides=5.0)), LAUNCH),
        "Not estimable: rides is 5 in every day before 2024-05-10",
    ),
    "a KPI that stood until the launch": (
        lambda: impact.launches(
            series(RIDES.assign(rides=np.where(DAYS < LAUNCH, 5.0, 6.0))), launched(["a"], [LAUNCH])
        ),
        "Not estimable: rides is 5 in every day before 2024-05-10",
    ),
    "a KPI that hardly ever moves": (
        lambda: impact.before_after(
            series(RIDES.assign(rides=np.where(DAYS < "2024-03-10", 5.0, 6.0))), LAUNCH
        ),
        "Not estimable: rides changes in only 1 day of 130 before 2024-05-10",
    ),
    "a constant KPI foreseen": (
        lambda: impact.baseline(series(RIDES.assign(rides=5.0))),
        "rides is 5 in every one of 160 days. How far it may move cannot be estimated",
    ),
    "values below 0": (
        lambda: impact.before_after(series(with_cell([9, 10], -40.0)), LAUNCH),
        "2 days below 0, the first 2024-01-10; is that possible?",
    ),
    "a huge outlier": (
        lambda: impact.before_after(series(with_cell(100, 1e7)), LAUNCH),
        "2024-04-10 (10 million) alone makes",
    ),
    "two launches that overlap": (
        lambda: impact.launches(series(), launched(["a", "b"], ["2024-04-20", "2024-04-21"])),
        "a and b are too close",
    ),
    "a launch outside the data": (
        lambda: impact.launches(series(), launched(["a"], ["2030-01-01"])),
        "No launch of rollouts lies within the data",
    ),
    "launches of hostile names": (
        lambda: impact.launches(series(), launched([HOSTILE, "b"], ["2024-04-20", LAUNCH])),
        "None of 2 launches",
    ),
    "units that move alike": (
        lambda: impact.did(panel(shops(sales=lambda f: f["unit"].str[1:].astype(float) + f["period"]))),
        "Not estimable: all units of shops move alike",
    ),
    "a donor with missing years": (
        lambda: impact.synthetic(panel(shops().drop(range(40, 44)))),
        "Nothing had to be left out: u05, for want of values",
    ),
    "an unbalanced panel": (
        lambda: impact.did(panel(shops().drop([3, 17, 33, 61]))),
        "No clear effect on sales",
    ),
    "staggered without a never-treated unit": (
        lambda: impact.imputation(panel(shops(launches=(2003,) * 6 + (2006,) * 6))),
        "those that had not got it yet",
    ),
    "units of hostile names": (
        lambda: impact.synthetic(
            panel(shops(unit=lambda f: f["unit"].replace({"u00": HOSTILE, "u05": "\u202ex"})))
        ),
        "an effect on sales",
    ),
    "a split that is off": (
        lambda: experiment(users(variant=["A"] * 260 + ["B"] * 140)),
        "No effect is stated: users are not split as planned",
    ),
    "users without an arm": (
        lambda: experiment(users(variant=[None, "", *["A", "B"] * 199])),
        "Hardly a row lacks its arm (under 1%): 2 of 400",
    ),
    "an arm of zeros": (
        lambda: experiment(users(spend=lambda f: f["spend"].where(f["variant"] == "A", 0.0))),
        "all of B have 0",
    ),
    "everybody alike": (lambda: experiment(users(spend=3.0)), "No effect on spend can be estimated"),
    "arms of hostile names": (
        lambda: experiment(users(variant=np.tile(["A", HOSTILE], 200))),
        "Spend: no clear effect of",
    ),
    "past launches of hostile names": (
        lambda: impact.ledger(record(launch=[HOSTILE, *"bcdef"])),
        "A next launch",
    ),
}


@pytest.mark.parametrize("what", HANDLED)
def test_it_is_handled_and_said(what):
    call, says = HANDLED[what]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.filterwarnings("ignore", category=PendingDeprecationWarning)
        assert says in told(call())
