"""docs/api.md promises to work as it stands."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from apps.accounts.tests.factories import a_district
from apps.checkout.tests.factories import a_sku
from apps.orders.models import OrderStatus, Trade

BLOCK = re.compile(r"^```bash\n(.*?)^```", re.MULTILINE | re.DOTALL)
SECONDS = 120


@pytest.mark.journey
@pytest.mark.usefixtures("channels")
@pytest.mark.django_db(transaction=True)
def test_the_quick_start_takes_a_stranger_to_a_paid_order(live_server, simulator, settings_of_site):
    a_district()
    sku = a_sku(price="25.00", stock=5)
    call_command("rebuild_search", verbosity=0)
    settings_of_site(live_server.url)
    script = "\n".join(BLOCK.findall((Path(settings.BASE_DIR) / "docs/api.md").read_text()))

    ended = subprocess.run(
        [shutil.which("bash"), "-euo", "pipefail", "-c", script],
        env=os.environ | {"SHOP": live_server.url, "SIMULATOR": simulator.url},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )

    assert ended.returncode == 0, ended.stdout + ended.stderr
    trade = Trade.objects.get()
    assert f"{trade.number} is PAID" in ended.stdout
    order = trade.orders.get()
    assert (order.status, order.lines.get().sku_id) == (OrderStatus.PAID, sku.pk)


@pytest.fixture
def settings_of_site(settings):
    """Let channels send their notices to the live server of the test."""

    def use(url):
        settings.SITE_URL = url
        settings.ALLOWED_HOSTS = ["*"]

    return use
