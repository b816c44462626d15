"""
Make the virtual environment and install what is pinned, if that is not done yet.

    python3 install.py VENV REQUIREMENTS

Runs by the system's Python before anything is installed, so it needs the standard library alone.
"""

import shutil
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
LEAST_DISK = 2 * 1024**3
CHECK = r"""
import re, sys
from importlib.metadata import PackageNotFoundError, version

def pins(name, needed):
    for line in open(name):
        if line.startswith("-r "):
            yield from pins(line.split()[1], needed)
        elif found := re.match(r"([A-Za-z0-9_.-]+)(?:\[.*?\])?==([^ #]+)", line):
            yield needed, found[1], found[2].strip()

for needed, name, pin in [*pins(sys.argv[1], True), *pins("constraints.txt", False)]:
    try:
        if version(name) != pin:
            print(f"{name} {version(name)} should be {pin}")
    except PackageNotFoundError:
        if needed:
            print(f"{name} {pin} is not installed")
"""


def main(venv: Path, requirements: str) -> None:
    """Bring the environment into the state that the requirements ask for."""
    python = venv / "bin" / "python"
    if not python.exists():
        make_venv(venv)
    wanting = what_is_wanting(python, requirements)
    if not wanting:
        return
    say(f"Installing {len(wanting)} packages of {requirements} into {venv} (a minute or two) …")
    install(python, requirements)
    if still := what_is_wanting(python, requirements):
        stop("The installer reported success, yet:\n  " + "\n  ".join(still))


def make_venv(venv: Path) -> None:
    """Make the virtual environment, or say why that cannot be."""
    free = shutil.disk_usage(venv.absolute().parent).free
    if free < LEAST_DISK:
        stop(f"Only {free >> 20} MB are free on this disk; the packages need 2 GB.")
    say(f"Making the virtual environment {venv} with Python {sys.version.split()[0]} …")
    done = subprocess.run([sys.executable, "-m", "venv", str(venv)], check=False)  # noqa: S603
    if done.returncode != 0:
        shutil.rmtree(venv, ignore_errors=True)
        stop(
            "Python's venv module does not work here. Debian, Ubuntu: apt-get install python3-venv"
        )


def what_is_wanting(python: Path, requirements: str) -> list[str]:
    """Return a line for every package that is missing or of another version."""
    done = subprocess.run(  # noqa: S603
        [str(python), "-c", CHECK, requirements],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        stop(f"{python} does not work:\n{done.stderr}")
    return done.stdout.splitlines()


def install(python: Path, requirements: str) -> None:
    """Install with uv where the environment has it, else with pip."""
    uv = python.with_name("uv")
    if uv.exists():
        command = [str(uv), "pip", "install", "--quiet", "--python", str(python)]
    else:
        command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    if subprocess.run([*command, "-r", requirements], cwd=PROJECT, check=False).returncode != 0:  # noqa: S603
        stop(f"The packages could not be installed; the lines above say why.{tools_wanting()}")


def tools_wanting() -> str:
    """Return a sentence on the compiler when it is the likely culprit."""
    absent = [tool for tool in ("gcc", "make") if shutil.which(tool) is None]
    if not absent:
        return ""
    tools = " and ".join(absent)
    return (
        f"\nMissing here: {tools}. Redis is compiled on the way; "
        "Debian, Ubuntu: apt-get install gcc make"
    )


def say(words: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def stop(words: str) -> None:
    """End with a sentence for a person."""
    sys.exit(f"\n{words}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
