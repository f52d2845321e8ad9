"""A test looked at as it comes in: the last look is the experiment's, and looking costs nothing."""

import numpy as np
import pandas as pd
import pytest

from pmlib import chart, data, impact
from pmlib.table import Column


def shop(effect=0.0, n=4000, seed=0, days=40):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"variant": rng.choice(["A", "B", "C"], n), "spend": rng.gamma(2, 5, n)})
    frame["spend"] += effect * (frame["variant"] == "B")
    came = pd.to_timedelta(rng.integers(0, days * 24, n), unit="h")
    frame["period"] = pd.Timestamp("2024-03-01") + came
    return data.source(
        frame, "shop", kpis=["spend"], columns={"spend": Column("Spend", "$", better="higher")}
    )


def test_the_last_look_is_the_experiments():
    test = shop(effect=1.5)
    found, whole = impact.day_by_day(test), impact.experiment(test, looks="sequential", correction="none")
    last = found.frame.iloc[-1]
    assert found.arm == whole.arm == "B"
    assert last["users"] == len(test.frame)
    assert tuple(last[["estimate", "low", "high"]]) == pytest.approx(
        (whole.relative, whole.relative_low, whole.relative_high)
    )
    assert last["p"] == pytest.approx(whole.frame["p"].iloc[0])
    assert found.title == f"Spend: clear with B from {found.clear.date()}"


def test_looks_are_thirty_at_most_and_begin_where_there_are_users_enough():
    found = impact.day_by_day(shop(days=90))
    assert len(found.frame) == 30 and found.frame["period"].is_monotonic_increasing
    assert found.frame["users"].iloc[0] >= 150
    assert (found.frame["low"] < found.frame["once_low"]).all()


def test_without_an_effect_looking_finds_none_where_usual_intervals_do():
    always, once = [], []
    for seed in range(12):
        found = impact.day_by_day(shop(n=900, seed=seed, days=12), arm="B").frame
        always.append(((found["low"] > 0) | (found["high"] < 0)).any())
        once.append(((found["once_low"] > 0) | (found["once_high"] < 0)).any())
    assert sum(always) <= 1 and sum(once) >= sum(always)


def test_what_cannot_be_looked_at_is_absent_or_refused():
    test = shop()
    bare = data.source(test.frame.drop(columns="period"), "shop", kpis=["spend"])
    assert impact.day_by_day(bare).reason == "shop has no column of role period."
    assert "Fewer than two looks" in impact.day_by_day(shop(days=1)).reason
    uneven = impact.day_by_day(test, expected={"A": 2, "B": 1, "C": 1})
    assert uneven.reason.startswith("The arms are not split as planned (chance under 0.01%)")
    with pytest.raises(ValueError, match="arm is 'A'; besides the control there is 'B', 'C'"):
        impact.day_by_day(test, arm="A")


def test_its_chart_is_a_band_over_time():
    found = impact.day_by_day(shop())
    assert chart.svg(found.plot, alt=found.finding, name=found.name).count("<svg") == 2
