"""PyBLP, asked for a fit and taken back as a demand; imported only here, and only when it is asked."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy.special import ndtri

from pmlib.competitive.demand.demand import Demand, Mixing
from pmlib.competitive.demand.observed import Observed

if TYPE_CHECKING:
    import pyblp


def _pyblp() -> Any:
    try:
        import pyblp
    except ImportError:
        raise ImportError('random coefficients need PyBLP; install it: pip install "pmlib[blp]"') from None
    pyblp.options.verbose = False
    return pyblp


def _nodes(many: int, draws: int, seed: int) -> np.ndarray:
    # Scrambled Sobol' points: spread more evenly than random ones, so that fewer do.
    from scipy.stats.qmc import Sobol

    points = Sobol(many, seed=seed).random(1 << max(0, (draws - 1).bit_length()))[:draws]
    return ndtri(np.clip(points, 1e-12, 1 - 1e-12))


def solved(
    observed: Observed, random: Sequence[str], draws: int, seed: int, start: "pyblp.ProblemResults | None"
) -> "pyblp.ProblemResults":
    pyblp = _pyblp()
    rows, design = observed.rows, observed.design
    matrix = design.matrix(rows)
    columns = {f"x{i}": matrix[:, i] for i in range(1, matrix.shape[1])}
    assert observed.instruments is not None
    columns |= {f"demand_instruments{i}": column for i, column in enumerate(observed.instruments.T)}
    table = pd.DataFrame(
        {"market_ids": rows["set"], "firm_ids": rows["firm"], "shares": rows["share"], "prices": matrix[:, 0]}
    ).assign(**columns)
    if observed.clusters is not None:
        table["clustering_ids"] = observed.clusters
    word = ["prices", *columns]  # PyBLP's name of each term
    nodes, sets = _nodes(len(random), draws, seed), len(observed.sets)
    buyers = pd.DataFrame({f"nodes{i}": np.tile(column, sets) for i, column in enumerate(nodes.T)})
    buyers = buyers.assign(market_ids=np.repeat(np.arange(sets), draws), weights=1 / draws)
    where = [design.names.index(term) for term in random]
    linear = pyblp.Formulation(" + ".join(["0", *word[: matrix.shape[1]]]))
    taste = pyblp.Formulation(" + ".join(["0", *(word[i] for i in where)]))
    problem = pyblp.Problem((linear, taste), table, agent_data=buyers)
    spread = matrix[:, where].std(axis=0)
    first = 0.5 / np.where(spread > 0, spread, 1.0)
    sigma = np.diag(
        first if start is None else np.maximum(np.diag(start.sigma), first / 10)
    )  # 0 would stay 0
    errors = "robust" if observed.clusters is None else "clustered"
    return problem.solve(
        sigma=sigma, method="2s", W_type=errors, se_type=errors,
        optimization=pyblp.Optimization("l-bfgs-b", {"gtol": 1e-6, "maxiter": 500}),
    )  # fmt: skip


def as_demand(
    observed: Observed, random: Sequence[str], fit: "pyblp.ProblemResults", draws: int, seed: int
) -> Demand:
    rows, names = observed.rows, observed.design.names
    terms, many = len(names), len(random)
    # PyBLP lists spreads first, then the linear terms as they were given.
    assert [str(label) for label in fit.beta_labels] == ["prices", *(f"x{i}" for i in range(1, terms))]
    place = [*range(many, many + terms), *range(many)]
    covariance = np.asarray(fit.parameter_covariances) / len(rows)  # of estimates times the root of rows
    covariance = np.where(np.isfinite(covariance), covariance, 0.0)  # a spread that ends at 0 has none
    freedom = np.inf
    if observed.clusters is not None:  # few clusters say less than they seem to, as in two_stage
        groups = int(observed.clusters.max()) + 1
        covariance *= groups / max(1, groups - 1) * (len(rows) - 1) / max(1, len(rows) - terms - many)
        freedom = max(1, groups - 1)
    return Demand(
        offers=rows.assign(base=np.arange(len(rows))).drop(columns=["share", "rest"]),
        design=observed.design,
        names=(*names, *(f"spread: {term}" for term in random)),
        params=np.concatenate([np.asarray(fit.beta).ravel(), np.diag(np.asarray(fit.sigma))]),
        covariance=covariance[np.ix_(place, place)],
        freedom=freedom,
        size=rows["buyers"].to_numpy(float)[observed.sets.starts],
        outside=True,
        mixing=tuple(Mixing(names.index(term), terms + i) for i, term in enumerate(random)),
        draws=_nodes(many, draws, seed),
        weights=np.full(draws, 1 / draws),
        observed=rows["share"].to_numpy(float),
        observed_matrix=observed.design.matrix(rows),
        observed_sets=observed.sets,
        money=observed.source.columns["price"].unit,
        source=observed.source.line,
    )
