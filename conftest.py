"""Every test runs on real servers. What a test may ask for stands in emshop/tests/fixtures/."""

import os
from contextlib import ExitStack

import django
import hypothesis
import pytest
from django.conf import settings

from emshop.stack.for_tests import (
    environment_of_worker,
    environment_with_simulator,
    test_environment,
)
from emshop.stack.places import StackError

SLOW_MACHINE = [hypothesis.HealthCheck.too_slow]  # a busy machine is no fault of the code
FIXTURES = (
    "emshop.tests.fixtures.house",
    "emshop.tests.fixtures.simulator",
    "emshop.tests.fixtures.people",
    "emshop.tests.fixtures.pages",
    "emshop.tests.fixtures.laws",
    "emshop.tests.fixtures.payments",
    "emshop.tests.fixtures.regions",
)


def pytest_configure(config: pytest.Config) -> None:
    """Start the servers, point the settings at them, then load Django."""
    if config.getoption("help"):
        return
    if hasattr(config, "workerinput"):
        os.environ.update(environment_of_worker(config.workerinput["workerid"]))
    else:
        _or_say_why(lambda: _start_servers(config))
    if hasattr(config, "workerinput") or not config.getoption("numprocesses", None):
        _or_say_why(lambda: os.environ.update(environment_with_simulator()))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "emshop.settings")
    django.setup()
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # WhiteNoise looks there at its start
    hypothesis.settings.register_profile("shop", deadline=None, suppress_health_check=SLOW_MACHINE)
    hypothesis.settings.load_profile("shop")
    if config.getoption("numprocesses", None):
        # Workers inherit the environment; with this in it pytest-django would load the settings in them before
        # each has been pointed at its own Redis databases and its own simulator.
        os.environ.pop("DJANGO_SETTINGS_MODULE")
    for module in FIXTURES:
        config.pluginmanager.import_plugin(module)


def _start_servers(config: pytest.Config) -> None:
    stack = ExitStack()
    config.add_cleanup(stack.close)
    os.environ.update(stack.enter_context(test_environment()))


def _or_say_why(step) -> None:
    try:
        step()
    except StackError as error:
        pytest.exit(str(error), returncode=3)
