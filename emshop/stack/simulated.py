"""The simulator beside the shop: prepared here, run by whoever needs it."""

import importlib.util
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

from emshop.stack.keys import read_env
from emshop.stack.places import PROJECT, StackError


def exists() -> bool:
    """Tell whether the simulator is part of this installation (the shop's image leaves it out)."""
    is_here = importlib.util.find_spec("simulator") is not None
    return is_here and importlib.util.find_spec("simulator.__main__") is not None


def prepare(home: Path, *, port: int, smtp_port: int, shop_url: str) -> dict[str, str]:
    """
    Make the simulator's keys, and return the environment in which the shop finds it.

    :raises StackError: with the simulator's own words, if it refuses
    """
    url = f"http://127.0.0.1:{port}"
    mark, wanted = home / "prepared-for", f"{port} {smtp_port} {shop_url} {_age_of_simulator()}"
    if not mark.exists() or mark.read_text() != wanted:
        _initialise(home, port, smtp_port, shop_url)
        mark.write_text(wanted)
    return {
        "EMSHOP_OUTGOING_PRIVATE_HOSTS": urlsplit(url).netloc,
        "EMSHOP_CHANNEL_ORIGINS": url,
        "EMSHOP_SIMULATOR_URL": url,
        "EMSHOP_SIMULATOR_HOME": str(home),
    } | read_env(home / "shop.env")


def _age_of_simulator() -> int:
    return max(path.stat().st_mtime_ns for path in (PROJECT / "simulator").glob("*.py"))


def _initialise(home: Path, port: int, smtp_port: int, shop_url: str) -> None:
    command = [sys.executable, "-m", "simulator", "init", "--home", str(home), "--port", str(port)]
    command += ["--smtp-port", str(smtp_port), "--shop-url", shop_url]
    done = subprocess.run(  # noqa: S603
        command, cwd=PROJECT, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise StackError(f"The simulator could not be prepared:\n{done.stdout}{done.stderr}")
