"""One child of the supervisor: started, missed, started again, ended with all that is its own."""

import os
import sys
import time

import psutil
import pytest

from emshop.stack import children
from emshop.stack.children import Child, how, stop_all
from emshop.stack.roster import Part


def child_of(tmp_path, code, name="part"):
    part = Part(name, [sys.executable, "-c", code], {"EXTRA": "x"}, lambda: True)
    return Child(part, dict(os.environ), tmp_path)


def wait_for(condition):
    until = time.monotonic() + 10
    while not condition() and time.monotonic() < until:
        time.sleep(0.02)
    return condition()


def test_child_that_dies_is_told_of_and_comes_back_after_growing_pauses(tmp_path, monkeypatch):
    monkeypatch.setattr(children, "FIRST_PAUSE", 0.1)
    child = child_of(
        tmp_path, "import os; print('last words', os.environ['EXTRA'], flush=True); os._exit(3)"
    )
    child.start()
    assert wait_for(child.has_died)

    words = child.look_after()

    assert "part ended (exit code 3)" in words
    assert "last words x" in words
    assert child.look_after() == ""
    first = child.pause
    assert wait_for(lambda: child.look_after() == "" and not child.again_at)
    assert wait_for(child.has_died)
    child.look_after()
    assert child.pause == 2 * first


def test_stopping_ends_children_and_what_they_left_behind(tmp_path):
    stubborn = child_of(
        tmp_path,
        "import signal, subprocess, sys, time\n"
        "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); time.sleep(60)",
        "stubborn",
    )
    stubborn.start()
    assert wait_for(lambda: "ready" in stubborn.log.read_text())
    group = [one for one in psutil.process_iter() if _group(one) == stubborn.process.pid]
    assert len(group) >= 2

    children.STOP_PATIENCE, before = 0.5, children.STOP_PATIENCE
    try:
        stop_all([stubborn])
    finally:
        children.STOP_PATIENCE = before

    assert wait_for(lambda: not any(one.is_running() and one.status() != "zombie" for one in group))


def _group(process):
    try:
        return os.getpgid(process.pid)
    except ProcessLookupError:
        return None


@pytest.mark.parametrize(
    ("code", "words"), [(-9, "killed by SIGKILL"), (-15, "killed by SIGTERM"), (2, "exit code 2")]
)
def test_ends_are_put_in_words(code, words):
    assert how(code) == words


def test_child_that_never_started_is_stopped_without_ado(tmp_path):
    child = child_of(tmp_path, "pass")

    stop_all([child])

    assert child.look_after() == ""
