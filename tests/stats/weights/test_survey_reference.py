"""The school surveys, as R's survey and samplics estimate them."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pmlib.stats import weights as w

REFERENCE = Path(__file__).parents[2] / "reference"
TYPES = {"E": 4421, "H": 755, "M": 1018}
WIDE = {"No": 1072, "Yes": 5122}
approx = pytest.approx


@pytest.fixture(scope="module")
def schools():
    names = ("api_strat", "api_clus1", "api_srs")
    return {name: pd.read_csv(REFERENCE / f"{name}.csv.gz") for name in names}


@pytest.fixture(scope="module")
def clusters(schools):
    frame = schools["api_clus1"]
    return frame, w.drawn(w.design(frame["pw"], clusters=frame["dnum"], sizes=frame["fpc"]))


def margin(frame, name, known):
    codes = frame[name].map({level: place for place, level in enumerate(known)})
    return w.Margin(name, tuple(known), codes.to_numpy(), np.array(list(known.values()), float))


def measured(sample, frame):
    score, pupils = frame["api00"].to_numpy(float), frame["enroll"].to_numpy(float)
    mean, total = w.estimate(sample, w.mean(sample, score)), w.estimate(sample, w.total(sample, pupils))
    return (mean.value, mean.error, total.value, total.error), w.design_effect(sample, score)


def test_a_stratified_sample_is_estimated_as_r_does(schools):
    # V6: R survey 4.1-1, svydesign(id=~1, strata=~stype, weights=~pw, fpc=~fpc).
    frame = schools["api_strat"]
    sample = w.drawn(w.design(frame["pw"], strata=frame["stype"], sizes=frame["fpc"]))
    found, effect = measured(sample, frame)
    assert found == approx((662.287363, 9.408941, 3687177.5, 114641.7), rel=1e-6)
    assert effect == approx(1.20446, rel=1e-5)
    ratio = w.estimate(
        sample, w.ratio(sample, frame["api.stu"].to_numpy(float), frame["enroll"].to_numpy(float))
    )
    assert (ratio.value, ratio.error) == approx((0.836956887, 0.00775710317), rel=1e-6)


def test_a_cluster_sample_is_estimated_as_r_does(clusters):
    frame, sample = clusters  # V7
    found, effect = measured(sample, frame)
    assert found == approx((644.169399, 23.542241, 3404940.13, 932235.03), rel=1e-6)
    assert effect == approx(9.34587, rel=1e-6)
    assert sample.design.degrees() == 14


def test_post_strata_take_their_share_of_the_error_as_in_r(clusters):
    frame, sample = clusters  # V8
    found, _ = measured(w.post_stratify(sample, margin(frame, "stype", TYPES)), frame)
    assert found == approx((642.3108, 23.92049, 3680893, 406292.6), rel=1e-6)


def test_raking_and_its_errors_are_those_of_r_converged(clusters):
    frame, sample = clusters  # V9
    margins = [margin(frame, "stype", TYPES), margin(frame, "sch.wide", WIDE)]
    raked = w.rake(sample, margins)
    found, _ = measured(raked, frame)
    assert found == approx((641.2303209, 23.70361689, 3647280.148, 400603.2569), rel=1e-9)
    assert w.kish_size(raked.weights) == approx(174.01116, rel=1e-7)
    assert w.worst_gap(raked.weights, margins) < 1e-12
    held = pd.Series(raked.weights).groupby([frame["stype"], frame["sch.wide"]]).first()
    assert (held["E", "Yes"], held["H", "No"]) == approx((29.8706755, 67.1255292), rel=1e-8)


def test_raking_is_calibration_with_the_raking_distance(clusters):
    frame, sample = clusters
    margins = [margin(frame, "stype", TYPES), margin(frame, "sch.wide", WIDE)]
    calibrated = w.calibrate(sample, margins, distance="raking")
    assert calibrated.weights == approx(w.rake(sample, margins).weights, rel=1e-9)
    # The design's weights are all alike, so that both forms of the error agree.
    assert measured(calibrated, frame)[0] == approx(measured(w.rake(sample, margins), frame)[0], rel=1e-9)


def test_calibration_to_a_number_is_that_of_r(clusters):
    # R survey's help page of calibrate(): ~stype + api99, its total 3,914,069.
    frame, sample = clusters
    scores = w.Total("api99", frame["api99"].to_numpy(float), 3914069)
    found, _ = measured(w.calibrate(sample, [margin(frame, "stype", TYPES)], [scores]), frame)
    assert [float(f"{value:.5g}") for value in found[:2]] == [665.31, 3.4418]
    assert np.round(found[2:]) == approx([3638487, 385524], abs=0.5)


def test_domains_are_those_of_r(clusters):
    # R survey's help page of svyby(): svymean of api99 by stype.
    frame, sample = clusters
    expected = {"E": (607.7917, 22.81660), "H": (595.7143, 41.76400), "M": (608.6000, 32.56064)}
    for kind, values in expected.items():
        found = w.estimate(
            sample, w.mean(sample, frame["api99"].to_numpy(float), (frame["stype"] == kind).to_numpy())
        )
        assert (found.value, found.error) == approx(values, rel=1e-6)


def given(case, name):
    return case[name] if isinstance(case[name], str) else None


@pytest.mark.parametrize("case", pd.read_csv(REFERENCE / "survey_samplics.csv").to_dict("records"), ids=str)
def test_samplics_agrees(schools, case):
    frame = schools[case["sample"]]

    def column(name):
        return None if given(case, name) is None else frame[case[name]]

    sample = w.drawn(
        w.design(frame["pw"], strata=column("strata"), clusters=column("clusters"), sizes=column("sizes"))
    )
    domain = column("domain")
    inside = None if domain is None else (domain == case["group"]).to_numpy()
    y = (frame[case["y"]] == case["group"] if case["kind"] == "share" else frame[case["y"]]).to_numpy(float)
    statistic = {
        "mean": lambda: w.mean(sample, y, inside),
        "share": lambda: w.mean(sample, y, inside),
        "total": lambda: w.total(sample, y, inside),
        "ratio": lambda: w.ratio(sample, y, column("x").to_numpy(float), inside),
    }[case["kind"]]()
    found = w.estimate(sample, statistic)
    assert (found.value, found.error) == approx((case["value"], case["error"]), rel=1e-9)
    if (
        inside is None
    ):  # within a domain samplics counts degrees of freedom of the whole sample, R and we do not
        span = w.proportion_interval(found, 0.95) if case["kind"] == "share" else found.interval(0.95)
        assert span == approx((case["low"], case["high"]), rel=1e-9)
