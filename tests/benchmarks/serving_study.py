"""Serving beside a bare model: `mlflow models serve` of the registered predictor and of one booster.

Trains and registers a predictor on a simulated shop, registers a bare pyfunc of one booster with the same
signature, starts a server of one worker for each, and sends both the same requests in turn. The load comes
from ApacheBench (`ab`, Debian's apache2-utils). Prints a table: requests per second with one client and with
four, p50 and p99 with four, and the share of the bare model's rate that the full result keeps (at least .60
for one customer's ready features); then the seconds of a 10,000-row request (at most 1.5).

    python tests/benchmarks/serving_study.py [--customers 3000] [--requests 300] [--rounds 3]
"""

import argparse
import csv
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median

import mlflow
import numpy as np
import pandas as pd
import xgboost as xgb
import yaml

import goodwill as gw
from goodwill.config import read_config
from goodwill.features.snapshot import score_frame
from goodwill.pipeline.start import write_tables
from goodwill.pipeline.train import train_models

AS_OF, MANY_ROWS = "2025-01-01", 10_000
CLIENTS = (1, 4)


class Bare(mlflow.pyfunc.PythonModel):
    """One booster behind the same signature: what MLflow, pandas and XGBoost cost whatever is computed."""

    def load_context(self, context: mlflow.pyfunc.PythonModelContext) -> None:
        self.booster = xgb.Booster({"nthread": 1})
        self.booster.load_model(context.artifacts["booster"])
        self.columns = self.booster.feature_names

    def predict(self, context: object, model_input: pd.DataFrame) -> pd.DataFrame:  # noqa: ARG002 - MLflow's
        cells = model_input.reindex(columns=self.columns).to_numpy(np.float32)
        return pd.DataFrame({"p_churn": self.booster.inplace_predict(cells)})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--customers", type=int, default=3_000)
    parser.add_argument("--requests", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    if shutil.which("ab") is None:
        sys.exit("ApacheBench is not installed: apt-get install apache2-utils")
    with tempfile.TemporaryDirectory() as place, ExitStack() as stack:
        folder = Path(place)
        X, uri = trained(folder, options.customers), f"sqlite:///{folder}/mlflow.db"
        ports = {}
        for name in ("shop", "bare"):
            ports[name] = stack.enter_context(server(f"models:/{name}@challenger", uri, folder))
        show(measured(ports, bodies(X, folder), options.requests, options.rounds, folder))
        show_many(ports, X, folder)
        show_refusals(ports["shop"])


def trained(folder: Path, customers: int) -> pd.DataFrame:
    """Register both models, and return the features of a day."""
    write_tables(folder / "data", customers=customers, seed=0)
    sections = {
        "name": "shop",
        "tables": {
            "transactions": {"source": f"{folder}/data/transactions.parquet"},
            "customers": {
                "source": f"{folder}/data/customers.parquet",
                "known_at_signup": ["acquisition_channel"],
            },
        },
        "snapshot": {"as_of": AS_OF, "horizon_days": 180},
        "tuning": {"trials": 0},
        "output": f"{folder}/out",
        "tracking": {"uri": f"sqlite:///{folder}/mlflow.db"},
    }
    (folder / "shop.yaml").write_text(yaml.safe_dump(sections))
    train_models(read_config(folder / "shop.yaml"))
    X = score_frame(gw.read_tables(folder / "shop.yaml"), as_of=AS_OF, horizons=[180])
    register_bare(X[X["status"] == "scored"], folder)
    return X


def register_bare(X: pd.DataFrame, folder: Path) -> None:
    """Register one booster of as many trees as ours, on the same numbers, under the same signature."""
    mlflow.set_tracking_uri(f"sqlite:///{folder}/mlflow.db")
    signature = mlflow.models.get_model_info("models:/shop@challenger").signature
    numbers = X.select_dtypes("number").astype(np.float32)
    label = (X["days_since_last_order"] > X["days_since_last_order"].median()).to_numpy(float)
    settings = {"max_depth": 4, "eta": 0.05, "objective": "binary:logistic", "nthread": 1}
    booster = xgb.train(settings, xgb.DMatrix(numbers, label=label), 150)
    booster.save_model(folder / "booster.ubj")
    mlflow.set_experiment(experiment_id=mlflow.search_experiments()[0].experiment_id)
    with mlflow.start_run():
        mlflow.pyfunc.log_model(
            name="bare",
            python_model=Bare(),
            artifacts={"booster": str(folder / "booster.ubj")},
            signature=mlflow.models.ModelSignature(inputs=signature.inputs),
            registered_model_name="bare",
            pip_requirements=["mlflow"],
        )
    mlflow.MlflowClient().set_registered_model_alias("bare", "challenger", 1)


@contextmanager
def server(model: str, uri: str, folder: Path) -> Iterator[int]:
    """Serve a model with one worker until the end of the block; yield its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    words = ["mlflow", "models", "serve", "--model-uri", model, "--env-manager", "local"]
    words += ["--port", str(port), "--workers", "1"]
    environment = os.environ | {"MLFLOW_TRACKING_URI": uri}
    environment["PATH"] = f"{Path(sys.executable).parent}:{environment['PATH']}"
    with (folder / f"{port}.log").open("w") as log:
        job = subprocess.Popen(words, stdout=log, stderr=log, env=environment, start_new_session=True)
        try:
            wait_for(port, job)
            yield port
        finally:
            os.killpg(job.pid, 15)
            job.wait()


def wait_for(port: int, job: "subprocess.Popen[bytes]") -> None:
    for _ in range(600):
        if job.poll() is not None:
            sys.exit("The server ended before it answered.")
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/ping", timeout=5).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    sys.exit("The server did not answer within two minutes.")


def bodies(X: pd.DataFrame, folder: Path) -> dict[str, Path]:
    """Write a request of each kind, all of one customer."""
    one = X[X["status"] == "scored"].head(1)
    few = one[["n_orders", "n_order_days", "days_since_first_order", "days_since_last_order"]]
    few = few.join(one[["spend_mean", "spend_first", "spend_total"]])
    emptied = one.astype(object).assign(**dict.fromkeys(one.columns[one.columns.str.contains("_decayed_")]))
    lines = [{"time": f"2024-{month:02}-05", "amount": 20.0 + month} for month in range(3, 12)]
    raw = pd.DataFrame({"as_of": [AS_OF], "orders": [lines]})
    kinds = {
        "ready features": one,
        "most fields missing": few,
        "nulls": emptied,
        "a new category": one.assign(acquisition_channel="telepathy"),
        "raw orders": raw,
    }
    return {name: written(frame, folder / f"{name.replace(' ', '_')}.json") for name, frame in kinds.items()}


def written(frame: pd.DataFrame, place: Path) -> Path:
    records = json.loads(frame.to_json(orient="split", index=False, date_format="iso"))
    place.write_text(json.dumps({"dataframe_split": records}))
    return place


def measured(
    ports: dict[str, int], bodies: dict[str, Path], requests: int, rounds: int, folder: Path
) -> pd.DataFrame:
    """Return a row per kind of request, clients and server, each the median over rounds in turn."""
    found = []
    for kind, body in bodies.items():
        servers = {"shop": ports["shop"]} if kind == "raw orders" else ports
        for clients in CLIENTS:
            for port in servers.values():
                load(port, body, 8, clients, folder)
            n_requests = 100 if kind == "raw orders" else requests
            told = [
                (name, load(port, body, n_requests, clients, folder))
                for _ in range(rounds)
                for name, port in servers.items()
            ]
            sys.stderr.write(f"{kind}, {clients}: {told}\n")
            for name in servers:
                rates, halves, worst = zip(*(one for own, one in told if own == name), strict=True)
                found.append((kind, clients, name, median(rates), median(halves), median(worst)))
    return pd.DataFrame(found, columns=["request", "clients", "server", "per_second", "p50_ms", "p99_ms"])


def load(port: int, body: Path, requests: int, clients: int, folder: Path) -> tuple[float, float, float]:
    """Return requests per second, p50 and p99 in ms, as ApacheBench found them."""
    table = folder / "ab.csv"
    words = ["ab", "-q", "-l", "-n", str(requests), "-c", str(clients), "-e", str(table), "-p", str(body)]
    words += ["-T", "application/json", f"http://127.0.0.1:{port}/invocations"]
    told = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in told or "Failed requests:        0" not in told:
        sys.exit(f"{body.name}: not every request was answered.\n{told}")
    rate = re.search(r"Requests per second:\s+([\d.]+)", told)
    with table.open() as rows:
        percentiles = {row[0]: float(row[1]) for row in csv.reader(rows) if row[0].isdecimal()}
    return float(rate[1]) if rate else 0.0, percentiles["50"], percentiles["99"]


def show(found: pd.DataFrame) -> None:
    wide = found.pivot_table(index=["request", "clients"], columns="server", sort=False)
    wide.columns = [f"{name} {server}" for name, server in wide.columns]
    wide["share of bare"] = wide["per_second shop"] / wide["per_second bare"]
    sys.stdout.write(wide.round(2).to_string() + "\n\n")


def show_many(ports: dict[str, int], X: pd.DataFrame, folder: Path) -> None:
    many = pd.concat([X] * (MANY_ROWS // len(X) + 1), ignore_index=True).head(MANY_ROWS)
    body = written(many, folder / "many.json").read_bytes()
    for name, port in ports.items():
        seconds = []
        for _ in range(4):
            start = time.perf_counter()
            answered(port, body)
            seconds.append(time.perf_counter() - start)
        told = f"{MANY_ROWS} rows, {name}: {min(seconds):.2f} to {max(seconds[1:]):.2f} s\n"
        sys.stdout.write(told)


def show_refusals(port: int) -> None:
    wrong = {
        "text for a number": {"n_orders": ["many"]},
        "no known column": {"wrong": [1]},
        "orders without a day": {"orders": [[{"time": "2024-01-01", "amount": 1}]]},
        "a horizon beyond training": {"n_orders": [3], "horizon_days": [9999]},
    }
    for name, columns in wrong.items():
        frame = {"columns": list(columns), "data": [list(row) for row in zip(*columns.values(), strict=True)]}
        try:
            answered(port, json.dumps({"dataframe_split": frame}).encode())
        except urllib.error.HTTPError as error:
            sys.stdout.write(f"{name}: {error.code} {error.read().decode()[:160]}\n")
        else:
            sys.stdout.write(f"{name}: answered, which is wrong\n")


def answered(port: int, body: bytes) -> bytes:
    address = f"http://127.0.0.1:{port}/invocations"
    sent = urllib.request.Request(address, data=body, headers={"Content-Type": "application/json"})
    with urllib.request.urlopen(sent, timeout=120) as answer:  # noqa: S310 - our own server
        return bytes(answer.read())


if __name__ == "__main__":
    main()
