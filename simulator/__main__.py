"""`python -m simulator init|serve`."""

import argparse
import logging
import sys
from pathlib import Path

from simulator.config import initialise
from simulator.serving import serve


def main() -> int:
    """Read the command line and do what it says."""
    arguments = _parser().parse_args()
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    home: Path = arguments.home
    if arguments.command == "init":
        initialise(
            home,
            port=arguments.port,
            smtp_port=arguments.smtp_port,
            shop_url=arguments.shop_url.rstrip("/"),
            public_url=(arguments.public_url or f"http://127.0.0.1:{arguments.port}").rstrip("/"),
        )
        sys.stdout.write(f"wrote {home / 'shop.env'}\n")
        return 0
    if not (home / "config.json").exists():
        sys.stderr.write(
            f"{home} is not a simulator's home; run `python -m simulator init` first\n"
        )
        return 2
    serve(home, arguments.host, time_scale=arguments.time_scale, parcel_step=arguments.parcel_step)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="simulator", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    init = commands.add_parser("init", help="make keys and shop.env; what exists is kept")
    init.add_argument("--home", type=Path, required=True)
    init.add_argument("--port", type=int, default=8900)
    init.add_argument("--smtp-port", type=int, default=8925)
    init.add_argument("--shop-url", default="http://127.0.0.1:8000")
    init.add_argument("--public-url", default="", help="how shop and browsers reach the simulator")
    run = commands.add_parser("serve", help="be Alipay, WeChat Pay, UnionPay, carriers, SMS, mail")
    run.add_argument("--home", type=Path, required=True)
    run.add_argument("--host", default="127.0.0.1")
    run.add_argument("--time-scale", type=_scale, default=1.0, help="how much faster waits pass")
    run.add_argument(
        "--parcel-step",
        type=float,
        help="seconds of reality between two scans of a parcel (21600); 0: only when told",
    )
    return parser


def _scale(text: str) -> float:
    scale = float(text)
    if not 0 < scale <= 1e6:  # noqa: PLR2004
        raise argparse.ArgumentTypeError("above 0 and at most 1000000")
    return scale


if __name__ == "__main__":
    sys.exit(main())
