"""Gives a new hub its owner, an API key and one thing of each kind.

python seed.py FOLDER, with CONTRACT_URL and CONTRACT_TARGET (a web server on loopback) in the environment. It leaves
FOLDER/key, FOLDER/key_id, and below FOLDER/ids the ids that contract/schemathesis.toml names.
"""

import os
import sys
import time
from pathlib import Path

import requests

HUB = os.environ["CONTRACT_URL"]
TARGET = os.environ["CONTRACT_TARGET"]
VERSION = "1.0.0"
PATIENCE_S = 60

session = requests.Session()


def ask(method, path, **body):
    """The JSON of an answer that is a success."""
    answer = session.request(method, HUB + path, json=body or None, timeout=30)
    if not answer.ok:
        sys.exit(f"{method} {path} answered {answer.status_code}: {answer.text}")
    return answer.json()


def settled(path):
    """What is at the path, once it neither waits nor runs."""
    deadline = time.monotonic() + PATIENCE_S
    while (thing := ask("GET", path))["state"] in ("queued", "running"):
        if time.monotonic() > deadline:
            sys.exit(f"{path} is still {thing['state']} after {PATIENCE_S} s")
        time.sleep(0.1)
    return thing


def main(folder):
    owner = ask(
        "POST",
        "/api/auth/first-run",
        organisation="Contract",
        email="owner@example.com",
        password="correct horse battery staple",
    )
    key = ask("POST", "/api/keys", name="contract", scopes=owner["permissions"])
    system = ask("POST", "/api/systems", name="Shop")["id"]
    environment = ask("POST", f"/api/systems/{system}/environments", kind="staging", base_url=TARGET)["id"]
    ask("POST", f"/api/environments/{environment}/allow-private", reason="on this machine")
    source = "GET {{base_url}}/\nHTTP 200\n"
    path = ask("POST", "/api/gate/golden-path/register", system_id=system, name="Home", source=source)["id"]
    rule = {"id": "p95", "subject": {"metric": "latency.corrected.p95_ms"}, "threshold": {"at_most": 10_000}}
    ask("POST", "/api/gate/policy", system_id=system, document={"name": "Release", "rules": [rule]})
    benchmark = ask(
        "POST",
        "/api/teardown/benchmark/run",
        environment_id=environment,
        version=VERSION,
        model={"kind": "open", "rate": 5},
        duration_s=1.0,
        warm_up_s=0.0,
    )["id"]
    settled(f"/api/teardown/benchmark/{benchmark}")
    artifacts = [file["name"] for file in ask("GET", f"/api/teardown/benchmark/artifacts/{benchmark}")]
    validation = ask("POST", "/api/gate/validate", system_id=system, version=VERSION)["id"]
    settled(f"/api/gate/validations/{validation}")
    evidence = ask("POST", "/api/compliance/evidence", scope="SOC2", validation_id=validation)["id"]
    schedule = ask(
        "POST",
        "/api/schedules",
        name="Yearly",
        cron="0 3 1 1 *",
        time_zone="Europe/Berlin",
        validation={"system_id": system, "environment_id": environment, "version": "{date}"},
    )["id"]
    share = ask("POST", f"/api/teardown/scorecard/{system}/shares", name="Readme")["id"]
    workspace = ask("POST", "/api/workspace/create", name="Team")["id"]
    asset = {"workspace_id": workspace, "kind": "golden_path", "content": source}
    shared = ask("POST", "/api/library/share", name="Shared home", **asset)["id"]
    ask("PATCH", f"/api/workspace/{workspace}", review_changes=True)
    proposal = ask("POST", "/api/library/share", name="Proposed home", **asset)["proposal_id"]
    made = {
        "system": [system],
        "environment": [environment],
        "golden_path": [path],
        "benchmark": [benchmark],
        "artifact": artifacts,
        "validation": [validation],
        "evidence": [evidence],
        "schedule": [schedule],
        "share": [share],
        "workspace": [workspace],
        "asset": [shared],
        "proposal": [proposal],
    }
    ids = folder / "ids"
    ids.mkdir(parents=True, exist_ok=True)
    for kind, texts in made.items():
        (ids / kind).write_text("".join(f'"{text}"\n' for text in texts))
    (folder / "key").write_text(key["secret"])
    (folder / "key_id").write_text(key["id"])


main(Path(sys.argv[1]))
