"""Whatever table or tree is given: finite numbers in order, a reason, or one line; never anything else."""

import json
import os
import subprocess
import sys
import warnings
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pmlib import data, sizing
from pmlib.result import Absent

ODD = [0.0, -1.0, np.nan, np.inf, -np.inf, 1e300, 1e-300, 1e15, 5.0]
HOSTILE = "<script>alert(1)</script>\u202e|**b**"
few = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


def twist(values, how, odd, place):
    """Give a column as hostile tables hold it."""
    values = np.asarray(values, float)
    if how == "odd":
        values = values.copy()
        values[place % len(values)] = odd
        return values
    made = {
        "all equal": np.full(len(values), odd),
        "huge": values * 1e100,
        "tiny": values * 1e-12,
        "words": values.astype(str),
        "flags": values > np.median(values),
        "decimals": [Decimal(str(round(value, 3))) for value in values],
        "categories": pd.Categorical(np.round(values, 1)),
        "blanks": pd.array([None, *np.round(np.nan_to_num(values[1:])).astype(int)], dtype="Int64"),
    }
    return made.get(how, values)


WAYS = ("plain", "odd", "all equal", "huge", "tiny", "words", "flags", "decimals", "categories", "blanks")
twisted = st.tuples(st.sampled_from(WAYS), st.sampled_from(ODD), st.integers(0, 40))


def judged(call, frame):
    """Run a call on a frame, and hold what comes out to the law."""
    before = frame.copy(deep=True)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            found = call()
        except (ValueError, TypeError) as refused:
            found = Absent(title="Refused", reason=str(refused))
    pd.testing.assert_frame_equal(frame, before)
    if isinstance(found, Absent):
        assert found.reason and "\n" not in found.reason
        return
    for number in found.numbers:
        assert np.isfinite(number.value), number
        if number.low is not None and number.high is not None:
            slack = 1e-9 * max(1.0, abs(number.value))
            assert number.low - slack <= number.value <= number.high + slack, number
    json.dumps(found.payload(), allow_nan=False)


def series(how, length, role, kind):
    times = np.arange(1, length + 1)
    frame = pd.DataFrame({"year": 1990 + times, role: twist(0.6 * np.exp(-(((times - 8) / 4) ** 2)), *how)})
    return frame, lambda: sizing.adoption(data.source(frame, "s", period="year"), kind=kind)


@few
@given(twisted, st.sampled_from([1, 2, 3, 6, 12]), st.sampled_from(["sales", "stock", "share"]))
def test_any_series(how, length, kind):
    frame, call = series(how, length, "penetration" if kind == "share" else "units", kind)
    judged(call, frame)


@few
@given(twisted, twisted, st.sampled_from([1, 2, 9]))
def test_any_segments(size, growth, length):
    rows = [(f"{HOSTILE}{i}", 2000 + year) for year in range(length) for i in range(3)]
    frame = pd.DataFrame(rows, columns=["segment", "year"])
    frame["units"] = twist(10 + np.arange(len(rows)), *size)
    if length < 3:
        frame["growth"] = twist(np.full(len(rows), 0.05), *growth)
    judged(lambda: sizing.segments(data.source(frame, "segs", period="year"), draws=200), frame)


@few
@given(twisted, twisted, twisted, st.sampled_from([1, 2, 30]))
def test_any_survey(answers, weights, totals, count):
    frame = pd.DataFrame({"sex": np.array(["f", "m"])[np.arange(count) % 2]})
    frame["car"] = twist(np.arange(count) % 3 % 2, *answers)
    frame["w"] = twist(1 + np.arange(count) % 3, *weights)
    census = pd.DataFrame({"margin": "sex", "margin_level": ["f", "m"]})
    census["margin_total"] = twist([510, 490], *totals)

    def call():
        people = data.source(frame, "people", design_weight="w")
        return sizing.incidence(people, "car", population=data.source(census, "census"))

    judged(call, frame)


@few
@given(st.lists(twisted, min_size=4, max_size=4), st.sampled_from([1, 40]))
def test_any_prices(ways, count):
    base = 10 * np.exp(0.3 * np.random.default_rng(1).normal(size=count))
    names = {"too_cheap": 0.5, "cheap": 0.8, "expensive": 1.2, "too_expensive": 1.5}
    frame = pd.DataFrame(
        {n: twist(base * by, *how) for (n, by), how in zip(names.items(), ways, strict=True)}
    )
    judged(lambda: sizing.price_sensitivity(data.source(frame, "psm"), draws=50), frame)


@few
@given(twisted, twisted, st.sampled_from([1, 4, 12]))
def test_any_panel(share, income, count):
    own = 5 + 1.5 * np.arange(count)
    frame = pd.DataFrame({"market": [f"m{i}" for i in range(count)]})
    frame["penetration"] = twist(0.9 * np.exp(-4 * np.exp(-0.12 * own)), *share)
    frame["income_a_head"] = twist(own, *income)
    judged(lambda: sizing.income_curve(data.source(frame, "panel"), market="m0"), frame)


PIECES = ["1", "2 .. 3", "0", "1e300", "5 .. 1e15", "3 .. 4 normal", "1e-9 .. 1e9", "10%", "4% .. 11%",
          "-5 .. 9", "1 .. 2 .. 9 triangular", "7 +- 20%", "1 .. 5 (10%)", "1 .. 1.0000000001", "b", "a + b",
]  # fmt: skip
FORMULAS = ["a + b", "a - b", "a * b / c", "min(a, b)", "a ** 2 / b", "sqrt(a)", "log(a)", "a / (b - b)", "a"]
CALLS = ("size", "tornado", "ledger", "driver_tree", "chance", "reconcile")


@settings(few, max_examples=40)
@given(st.lists(st.sampled_from(PIECES), min_size=3, max_size=3), st.sampled_from(FORMULAS),
       st.sampled_from(["car", "EUR2025/year", "%", "%/year", "1"]), st.sampled_from(CALLS))  # fmt: skip
def test_any_tree(pieces, formula, unit, name):
    leaves = "\n".join(f"{leaf} [{unit}] = {piece}" for leaf, piece in zip("abc", pieces, strict=True))
    text = f"out [{unit}] = {formula}\n{leaves}"
    asked = {"chance": {"texts": ["> 3"]}, "reconcile": {"methods": ["a", "b"]}}.get(name, {})
    judged(lambda: getattr(sizing, name)(sizing.tree(text), **asked), pd.DataFrame())


TREE = f"out [car] = a * b\na [person] = 10 .. 20  # {HOSTILE}\nb [car/person] = 2 .. 3\nd [car] = 20 .. 60"


def shown():
    """Give a result of many kinds, with hostile words in it."""
    market = sizing.tree(TREE)
    years = np.arange(12)
    frame = pd.DataFrame(
        {"year": 1990 + years, "product": HOSTILE, "units": 90 * np.exp(-(((years - 7) / 4) ** 2))}
    )
    rows = [(f"{HOSTILE}{i}", 2000 + y, (3 + i) * (1 + 0.1 * i) ** y) for i in range(3) for y in range(6)]
    parts = pd.DataFrame(rows, columns=["segment", "year", "units"])
    people = pd.DataFrame({"sex": [HOSTILE, "m"] * 30, "car": [0, 0, 1] * 20})
    survey = data.source(people, HOSTILE)
    return [
        sizing.size(market, draws=256),
        sizing.tornado(market),
        sizing.scenarios(market, texts=[f"{HOSTILE}: a 12 .. 14"], draws=256),
        sizing.chance(market, ["> 30"], draws=256),
        sizing.ledger(market),
        sizing.driver_tree(market, draws=256),
        sizing.reconcile(market, ["out", "d"]),
        sizing.funnel(market, ["out", "d"]),
        sizing.adoption(data.source(frame, HOSTILE, period="year")),
        sizing.segments(data.source(parts, HOSTILE, period="year"), draws=200),
        sizing.incidence(survey, "car", by="sex"),
        sizing.weighting(survey),
    ]


@pytest.fixture(scope="module")
def results():
    return shown()


def test_no_tag_of_the_data_reaches_the_page(results):
    for found in results:
        bundle = found._repr_mimebundle_()
        assert "<script" not in bundle["text/html"], found.name
        assert found.summary()
        json.dumps(bundle, allow_nan=False)
    assert any("&lt;script" in found.html() for found in results)


def test_the_same_bytes_under_another_hash_seed(results):
    code = "import json, test_any_sizing as t; print(json.dumps([r.payload() for r in t.shown()]))"
    other = "2" if os.environ.get("PYTHONHASHSEED") != "2" else "3"
    env = os.environ | {"PYTHONPATH": os.path.dirname(__file__), "PYTHONHASHSEED": other}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == json.loads(json.dumps([found.payload() for found in results]))
