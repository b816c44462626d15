"""The environment that the local shop's processes share. What a person has set stays as it is."""

import os
from collections.abc import Mapping
from pathlib import Path

from emshop.stack import simulated
from emshop.stack.keys import local_keys
from emshop.stack.places import PROJECT, var

DEFAULTS = {
    "EMSHOP_PORT": "8000",
    "EMSHOP_SIMULATOR_PORT": "8900",
    "EMSHOP_SIMULATOR_SMTP_PORT": "8925",
    "EMSHOP_STAFF_SECOND_FACTOR": "0",  # a demo that one can walk into
    "EMSHOP_LOG_FORMAT": "plain",
    "DJANGO_SETTINGS_MODULE": "emshop.settings",
}


def local_environment(addresses: Mapping[str, str]) -> dict[str, str]:
    """Return the whole environment: this process's own, completed by servers, secrets and simulator."""
    environment = DEFAULTS | local_keys(var() / "secrets.env") | dict(os.environ)
    environment |= {**addresses, "PYTHONPATH": _with_project(environment.get("PYTHONPATH", ""))}
    environment.setdefault("EMSHOP_SITE_URL", f"http://127.0.0.1:{environment['EMSHOP_PORT']}")
    environment.setdefault("EMSHOP_VAR", str(var()))
    if simulated.exists():
        environment = _with_simulator(environment)
    return environment


def simulator_home() -> Path:
    """Return the folder of the local simulator's keys and book."""
    return var() / "simulator"


def _with_simulator(environment: dict[str, str]) -> dict[str, str]:
    told = simulated.prepare(
        simulator_home(),
        port=int(environment["EMSHOP_SIMULATOR_PORT"]),
        smtp_port=int(environment["EMSHOP_SIMULATOR_SMTP_PORT"]),
        shop_url=environment["EMSHOP_SITE_URL"],
    )
    return told | environment


def _with_project(path: str) -> str:
    return os.pathsep.join([str(PROJECT), path] if path else [str(PROJECT)])
