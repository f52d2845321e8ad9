"""Estimates of the school surveys by samplics 0.6.1, to compare with; run in an environment that has it.

python tests/reference/survey_peers.py        # writes survey_samplics.csv beside it
"""

from pathlib import Path

import pandas as pd
from samplics.estimation import TaylorEstimator
from samplics.utils.types import PopParam, SinglePSUEst

HERE = Path(__file__).parent
KINDS = {"mean": PopParam.mean, "total": PopParam.total, "ratio": PopParam.ratio, "share": PopParam.prop}
CASES = [  # sample, weights, strata, clusters, sizes, kind, y, x, domain
    ("api_strat", "pw", "stype", "", "fpc", "mean", "api00", "", "sch.wide"),
    ("api_strat", "pw", "stype", "", "fpc", "total", "enroll", "", "sch.wide"),
    ("api_strat", "pw", "stype", "", "", "ratio", "api.stu", "enroll", "awards"),
    ("api_strat", "pw", "stype", "dnum", "", "mean", "api00", "", ""),
    ("api_strat", "pw", "stype", "dnum", "", "total", "enroll", "", "awards"),
    ("api_strat", "pw", "stype", "dnum", "", "share", "both", "", ""),
    ("api_clus1", "pw", "", "dnum", "fpc", "share", "awards", "", ""),
    ("api_clus1", "pw", "", "dnum", "", "share", "comp.imp", "", ""),
    ("api_clus1", "pw", "", "dnum", "", "mean", "meals", "", "stype"),
    ("api_clus1", "pw", "", "dnum", "fpc", "ratio", "api.stu", "enroll", ""),
    ("api_srs", "pw", "", "", "", "mean", "growth", "", "stype"),
    ("api_srs", "pw", "", "", "", "share", "yr.rnd", "", ""),
]


def estimated(sample, weights, strata, clusters, sizes, kind, y, x, domain):
    """Estimate one case; a row a domain, or an answer of a share."""
    frame = pd.read_csv(HERE / f"{sample}.csv.gz")

    def column(name):
        return frame[name] if name else None

    if not sizes:
        left = 1.0
    elif strata:  # samplics takes the share that was not drawn
        left = {s: 1 - len(rows) / rows[sizes].iloc[0] for s, rows in frame.groupby(strata)}
    else:
        units = frame[clusters].nunique() if clusters else len(frame)
        left = 1 - units / frame[sizes].iloc[0]
    estimator = TaylorEstimator(KINDS[kind])
    estimator.estimate(
        y=column(y), samp_weight=column(weights), x=column(x), stratum=column(strata), psu=column(clusters),
        domain=column(domain), fpc=left, single_psu=SinglePSUEst.error,
    )  # fmt: skip

    def rows(found):
        return found if isinstance(found, dict) else {"": found}

    parts = (estimator.point_est, estimator.stderror, estimator.lower_ci, estimator.upper_ci)
    found = pd.DataFrame(map(rows, parts), index=["value", "error", "low", "high"]).T
    case = (sample, weights, strata, clusters, sizes, kind, y, x, domain)
    names = ["sample", "weights", "strata", "clusters", "sizes", "kind", "y", "x", "domain"]
    return found.rename_axis("group").reset_index().assign(**dict(zip(names, case, strict=True)))


if __name__ == "__main__":
    found = pd.concat([estimated(*case) for case in CASES])
    found.to_csv(HERE / "survey_samplics.csv", index=False, lineterminator="\n")
