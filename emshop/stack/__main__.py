"""
The local stack by hand.

    python -m emshop.stack run                 everything, until Ctrl-C
    python -m emshop.stack exec -- COMMAND …   a command with the stack's servers and environment
"""

import argparse
import os
import shutil
import signal
import subprocess
import sys

from emshop.stack.environment import local_environment
from emshop.stack.places import StackError, shop_home
from emshop.stack.servers import use_servers
from emshop.stack.supervisor import run


def main(arguments: list[str]) -> int:
    """Read the command line and do what it says."""
    parser = argparse.ArgumentParser(prog="python -m emshop.stack", description=__doc__)
    actions = parser.add_subparsers(dest="action", required=True)
    actions.add_parser("run", help="run the whole shop until Ctrl-C")
    execute = actions.add_parser("exec", help="run a command with the servers up")
    execute.add_argument("command", nargs=argparse.REMAINDER)
    chosen = parser.parse_args(arguments)
    try:
        if chosen.action == "run":
            return run()
        return run_command(chosen.command[chosen.command[:1] == ["--"] :])
    except StackError as error:
        sys.stderr.write(f"\n{error}\n")
        return 1


def run_command(command: list[str]) -> int:
    """Run the command while the servers are up; pass its exit code on."""
    if not command or shutil.which(command[0]) is None:
        raise StackError(f"There is no command {' '.join(command[:1])!r} here.")
    with (
        use_servers(shop_home(), os.environ) as addresses,
        subprocess.Popen(command, env=local_environment(addresses)) as process,  # noqa: S603
    ):
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the command's to answer
        signal.signal(signal.SIGTERM, lambda *_: process.terminate())
        return process.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
