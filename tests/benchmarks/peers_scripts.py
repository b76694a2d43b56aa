"""What other interpreters run for `peers_study.py`: each peer as its manual shows it, on files in a folder.

Each script gets a folder, reads its files, writes `said.csv` (peer, row, p_churn, clv) there and prints lines
of JSON: the peer, and the seconds that processors worked while it fitted.
"""

LIFETIMES = """
import json, os, sys, warnings
warnings.simplefilter("ignore")
from pathlib import Path
import numpy as np
import pandas as pd
from lifetimes import BetaGeoFitter, GammaGammaFitter, ParetoNBDFitter
from lifetimes.utils import ConvergenceError
folder = Path(sys.argv[1])
X, horizon = pd.read_csv(folder / "summary.csv"), json.loads((folder / "horizon.json").read_text())
history = X["frequency"], X["recency"], X["T"]
repeat = X[(X.frequency > 0) & (X.monetary_value > 0)]
said = []
def firmest(make, *history):
    for penalizer in (0.0, 0.001, 0.01, 0.1):  # as its own message advises where it does not converge
        try:
            return make(penalizer_coef=penalizer).fit(*history)
        except ConvergenceError:
            continue
for name, make in (("BG/NBD", BetaGeoFitter), ("Pareto/NBD", ParetoNBDFitter)):
    start = sum(os.times()[:4])
    orders = firmest(make, *history)
    spend = firmest(GammaGammaFitter, repeat["frequency"], repeat["monetary_value"])
    seconds = sum(os.times()[:4]) - start
    expected = orders.conditional_expected_number_of_purchases_up_to_time(horizon, *history).to_numpy()
    each = spend.conditional_expected_average_profit(X["frequency"], X["monetary_value"]).to_numpy()
    if name == "BG/NBD":  # has no probability of no purchase; its P(alive) is 1 for all one-time buyers
        silent = np.exp(-expected)
    else:
        silent = np.array([orders.conditional_probability_of_n_purchases_up_to_time(0, horizon, *row)
                           for row in X[["frequency", "recency", "T"]].itertuples(index=False)])
    peer = f"lifetimes {name} + Gamma-Gamma"
    said.append(pd.DataFrame({"peer": peer, "row": range(len(X)), "p_churn": silent, "clv": expected * each}))
    print(json.dumps([peer, seconds]))
pd.concat(said).to_csv(folder / "said.csv", index=False)
"""

PYMC = """
import json, os, sys, warnings
warnings.simplefilter("ignore")
from pathlib import Path
import numpy as np
import pandas as pd
from pymc_marketing.clv import BetaGeoModel, GammaGammaModel, ParetoNBDModel
folder = Path(sys.argv[1])
X, horizon = pd.read_csv(folder / "summary.csv"), json.loads((folder / "horizon.json").read_text())
X["customer_id"] = range(len(X))
X["future_t"] = horizon
repeat = X[(X.frequency > 0) & (X.monetary_value > 0)]
said = []
def flat(x):
    return np.asarray(x.mean(("chain", "draw")))
for name, make in (("BG/NBD", BetaGeoModel), ("Pareto/NBD", ParetoNBDModel)):
    start = sum(os.times()[:4])
    orders = make(data=X[["customer_id", "frequency", "recency", "T"]])
    orders.fit(method="map", progressbar=False)
    spend = GammaGammaModel(data=repeat[["customer_id", "frequency", "monetary_value"]])
    spend.fit(method="map", progressbar=False)
    seconds = sum(os.times()[:4]) - start
    expected = flat(orders.expected_purchases(X, future_t=horizon))
    each = flat(spend.expected_customer_spend(X))
    if name == "BG/NBD":
        silent = flat(orders.expected_probability_no_purchase(horizon, data=X))
    else:
        silent = flat(orders.expected_purchase_probability(data=X, n_purchases=0, future_t=horizon))
    peer = f"pymc-marketing {name} + Gamma-Gamma"
    said.append(pd.DataFrame({"peer": peer, "row": range(len(X)), "p_churn": silent, "clv": expected * each}))
    print(json.dumps([peer, seconds]), flush=True)
pd.concat(said).to_csv(folder / "said.csv", index=False)
"""

FLAML = """
import json, os, sys, warnings
warnings.simplefilter("ignore")
from pathlib import Path
import numpy as np
import pandas as pd
from flaml import AutoML
folder = Path(sys.argv[1])
asked = json.loads((folder / "asked.json").read_text())
def read(name):
    frame = pd.read_parquet(folder / f"{name}.parquet")
    texts = [c for c in frame if not pd.api.types.is_numeric_dtype(frame[c])]
    return frame.astype({c: "object" for c in texts}).astype({c: "category" for c in texts})
X, y, now = read("X"), pd.read_parquet(folder / "y.parquet"), read("now")
groups = pd.read_parquet(folder / "groups.parquet")["group"] if asked["is_grouped"] else None
split = {"split_type": "group", "groups": groups} if asked["is_grouped"] else {}
said, start = pd.DataFrame({"peer": asked["peer"], "row": range(len(now))}), sum(os.times()[:4])
common = {"time_budget": asked["seconds"], "n_jobs": 1, "seed": 0, "verbose": 0}
if "churned" in y:
    churn = AutoML()
    churn.fit(X, y["churned"].astype(int), task="classification", metric="log_loss", **common, **split)
    said["p_churn"] = churn.predict_proba(now)[:, 1]
if "value" in y:
    value = AutoML()
    value.fit(X, y["value"], task="regression", metric="mse", **common, **split)
    said["clv"] = value.predict(now)
print(json.dumps([asked["peer"], sum(os.times()[:4]) - start]))
said.to_csv(folder / "said.csv", index=False)
"""

SURVIVAL = """
import json, os, sys, warnings
warnings.simplefilter("ignore")
from pathlib import Path
import numpy as np
import pandas as pd
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sksurv.ensemble import GradientBoostingSurvivalAnalysis, RandomSurvivalForest
from sksurv.linear_model import CoxPHSurvivalAnalysis
from sksurv.util import Surv
folder = Path(sys.argv[1])
X, now, y = (pd.read_parquet(folder / f"{name}.parquet") for name in ("X", "now", "y"))
steps = json.loads((folder / "steps.json").read_text())
known = [c for c in X if X[c].notna().any() and X[c].nunique() > 1]
X, now = X[known], now[known]
numbers = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
one_hot = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
words = make_pipeline(SimpleImputer(strategy="constant", fill_value="?"), one_hot)
is_number = make_column_selector(dtype_include="number")
others = make_column_selector(dtype_exclude="number")
prepared = make_column_transformer((numbers, is_number), (words, others))
train, test = prepared.fit_transform(X), prepared.transform(now)
target = Surv.from_arrays(y["is_gone"].to_numpy(bool), y["days"].to_numpy(float))
said = []
for name, model in (
    ("Cox", CoxPHSurvivalAnalysis(alpha=1.0)),
    ("boosting", GradientBoostingSurvivalAnalysis(random_state=0)),
    ("random forest", RandomSurvivalForest(min_samples_leaf=15, n_jobs=-1, random_state=0)),
):
    start = sum(os.times()[:4])
    fitted = model.fit(train, target)
    seconds = sum(os.times()[:4]) - start
    curves = fitted.predict_survival_function(test, return_array=True)
    place = np.searchsorted(fitted.unique_times_, steps, side="right") - 1
    alive = np.where(place < 0, 1.0, curves[:, np.maximum(place, 0)])
    peer = f"scikit-survival {name}"
    curve = pd.DataFrame(alive, columns=[f"alive_{day}" for day in steps])
    said.append(curve.assign(peer=peer, row=range(len(now))))
    print(json.dumps([peer, seconds]), flush=True)
pd.concat(said).to_csv(folder / "said.csv", index=False)
"""
