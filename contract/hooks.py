"""What the configuration can't say. Schemathesis loads this file by the name in contract/schemathesis.toml."""

import os

import schemathesis

OWN_KEY = os.environ["CONTRACT_KEY_ID"]
TARGET = os.environ["CONTRACT_TARGET"]
# Fields of request bodies that name a host to which the hub may connect later.
ADDRESSES = {"add_environment": "base_url", "create_teardown": "domain"}


@schemathesis.hook
def before_call(context, case, kwargs):
    """Turns every address that the hub would take into one of this machine, so that nothing is sent elsewhere."""
    field = ADDRESSES.get(case.operation.definition.raw.get("operationId"))
    if field and isinstance(case.body, dict) and isinstance(case.body.get(field), str):
        typed = case.body[field]
        if typed.strip().lower().startswith("http") or (field == "domain" and 0 < len(typed) <= 2_000):
            case.body[field] = TARGET


@schemathesis.hook
def filter_case(context, case):
    """Leaves the run its own key: without it every later answer would be 401."""
    return OWN_KEY not in (case.path_parameters or {}).values()


@schemathesis.deserializer("application/zip")
def zip_archive(context, response):
    """An evidence pack is described as bytes, and is not looked into here: `sbh verify` has its own tests."""
    return response.content.decode("latin-1")


@schemathesis.deserializer("application/x-pem-file")
def pem(context, response):
    return response.content.decode("ascii")
