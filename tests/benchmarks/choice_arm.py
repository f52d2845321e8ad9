"""One fit of choice.py: reads the table, fits, and prints what that took as JSON."""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

FEATURES = ["price_100usd", "pixels", "zoom", "video", "swivel", "wifi"]
BRANDS = ["canon", "nikon", "panasonic", "sony"]
Found = tuple[float, float]  # first coefficient and its standard error


def ours(run: str, frame: pd.DataFrame, size: int) -> Callable[[], Found]:
    """Fit ours."""
    from pmlib import competitive, data

    def logit() -> Found:
        columns = [name for name in frame if name.startswith("x")]
        table = data.source(frame, "made up", attributes=columns, occasion="case", product="alternative")
        return first(competitive.conditional_logit(table, constants=False).frame)

    def mixed() -> Found:
        roles = {"chooser": "resp", "occasion": "task", "price": FEATURES[0]}
        table = data.source(frame, "cameras", attributes=[*FEATURES[1:], *BRANDS], **roles)
        options = {"kind": "halton", "draws": size, "check": False, "starts": 1}
        random = ["price", *FEATURES[1:]]
        return first(competitive.mixed_logit(table, random=random, constants=False, **options).frame)

    def first(found: pd.DataFrame) -> Found:
        return float(found["estimate"].iloc[0]), float(found["classical_se"].iloc[0])

    return mixed if run == "mixed" else logit


def xlogit(run: str, frame: pd.DataFrame, size: int) -> Callable[[], Found]:
    """Fit xlogit's."""
    from xlogit import MixedLogit, MultinomialLogit

    def logit() -> Found:
        columns = [name for name in frame if name.startswith("x")]
        model = MultinomialLogit()
        model.fit(
            X=frame[columns], y=frame["chosen"], varnames=columns, ids=frame["case"],
            alts=frame["alternative"], verbose=0,
        )  # fmt: skip
        return model.coeff_[0], model.stderr[0]

    def mixed() -> Found:
        columns, model = [*FEATURES, *BRANDS], MixedLogit()
        model.fit(
            X=frame[columns], y=frame["chosen"], varnames=columns, ids=frame["case"], alts=frame["alt"],
            panels=frame["resp"], randvars=dict.fromkeys(FEATURES, "n"), n_draws=size, verbose=0,
        )  # fmt: skip
        return model.coeff_[0], model.stderr[0]

    return mixed if run == "mixed" else logit


def larch(run: str, frame: pd.DataFrame, size: int) -> Callable[[], Found]:
    """Fit larch's."""
    import larch as lx

    def logit() -> Found:
        columns = [name for name in frame if name.startswith("x")]
        table = lx.Dataset.construct.from_idca(frame.set_index(["case", "alternative"]))
        model = lx.Model(table)
        model.utility_ca = sum(lx.P(name) * lx.X(name) for name in columns)
        model.choice_ca_var = "chosen"
        model.maximize_loglike(quiet=True)
        model.calculate_parameter_covariance()
        found = model.parameters
        return float(found["value"].loc["x0"]), float(found["std_err"].loc["x0"])

    return logit


def choice_learn(run: str, frame: pd.DataFrame, size: int) -> Callable[[], Found]:
    """Fit choice-learn's."""
    from choice_learn.data import ChoiceDataset
    from choice_learn.models import SimpleMNL

    def logit() -> Found:
        columns = [name for name in frame if name.startswith("x")]
        matrix = frame[columns].to_numpy(np.float32)
        table = ChoiceDataset(
            items_features_by_choice=(matrix.reshape(-1, 4, len(columns)),),
            items_features_by_choice_names=(columns,),
            choices=frame["chosen"].to_numpy().reshape(-1, 4).argmax(axis=1),
        )
        model = SimpleMNL(intercept=None)
        model.fit(table, get_report=True, verbose=0)
        report = model.report
        return float(report["Coefficient Estimation"].iloc[0]), float(report["Std. Err"].iloc[0])

    return logit


def main() -> None:
    """Fit, and say what it took."""
    arm, run, path, size = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
    arms = {"ours": ours, "xlogit": xlogit, "larch": larch, "choice-learn": choice_learn}
    fit = arms[arm](run, pd.read_parquet(path), size)
    wall, cpu = time.perf_counter(), time.process_time()
    coefficient, error = fit()
    took = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
    lines = Path("/proc/self/status").read_text().splitlines()
    most = next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))
    print(json.dumps(took | {"megabytes": most, "coefficient": coefficient, "error": error}))


if __name__ == "__main__":
    main()
