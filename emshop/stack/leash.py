"""
Run a command that dies with its parent, and never as root when asked.

    python -I leash.py [--signal N] [--unprivileged] -- COMMAND …

PostgreSQL refuses to run as root, so a root user's server runs as `nobody`. Where `nobody` could
not even reach the files (a checkout below /root), it may pass through folders, and only that.
"""

import ctypes
import os
import pwd
import signal
import sys

PR_SET_PDEATHSIG = 1
PR_SET_SECUREBITS = 28
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_RAISE = 2
SECBIT_NO_SETUID_FIXUP = 1 << 2
CAP_DAC_OVERRIDE = 1
CAP_DAC_READ_SEARCH = 2
LINUX_CAPABILITY_VERSION_3 = 0x20080522


def main(arguments: list[str]) -> None:
    """Read the options, prepare this process, become the command."""
    split = arguments.index("--")
    options, command = arguments[:split], arguments[split + 1 :]
    deadly = (
        int(options[options.index("--signal") + 1]) if "--signal" in options else signal.SIGTERM
    )
    parent = os.getppid()
    if "--unprivileged" in options and os.geteuid() == 0:
        become_nobody(may_pass="--may-pass" in options)
    die_with_parent(deadly, parent)
    os.execvp(command[0], command)  # noqa: S606  # there is no shell to be afraid of


def die_with_parent(deadly: int, parent: int) -> None:
    """Ask the kernel for a signal when the parent dies (Linux; elsewhere the parent tidies up)."""
    if sys.platform == "linux":
        _libc().prctl(PR_SET_PDEATHSIG, deadly, 0, 0, 0)
        if os.getppid() != parent:
            sys.exit(1)


def become_nobody(*, may_pass: bool) -> None:
    """Drop root for good; keep the right to pass through folders when asked."""
    nobody = pwd.getpwnam("nobody")
    passing = _capability_to_pass() if may_pass else None
    if passing is not None:
        _check(_libc().prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP, 0, 0, 0))
    os.setgroups([])
    os.setgid(nobody.pw_gid)
    os.setuid(nobody.pw_uid)
    if passing is not None:
        _keep_only(passing)
        _check(_libc().prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, passing, 0, 0))


def _capability_to_pass() -> int:
    with open("/proc/self/status", encoding="ascii") as status:
        held = next(int(line.split()[1], 16) for line in status if line.startswith("CapPrm:"))
    return CAP_DAC_READ_SEARCH if held >> CAP_DAC_READ_SEARCH & 1 else CAP_DAC_OVERRIDE


def _keep_only(capability: int) -> None:
    header = (ctypes.c_uint32 * 2)(LINUX_CAPABILITY_VERSION_3, 0)
    mask = 1 << capability
    data = (ctypes.c_uint32 * 6)(
        mask, mask, mask, 0, 0, 0
    )  # effective, permitted, inheritable; high halves
    _check(_libc().capset(header, data))


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _check(result: int) -> None:
    if result != 0:
        code = ctypes.get_errno()
        sys.exit(
            "PostgreSQL cannot run as root, and this system does not let an ordinary account "
            f"reach these files ({os.strerror(code)}). Move the checkout out of root's home folder "
            "(for example to /opt), or run as an ordinary user."
        )


if __name__ == "__main__":
    main(sys.argv[1:])
