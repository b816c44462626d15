"""The sample application as granian serves it."""

import django

from emshop.front.front import Front
from emshop.front.tests.sample import build

django.setup()
bridge, pool = build(threads=4, most_lent=8)
application = Front(pages=bridge, sockets=bridge, start=pool.start, stop=lambda: pool.stop(5))
