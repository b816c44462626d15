"""The pages of the control room."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from simulator.control import listing
from simulator.house import house_of
from simulator.knobs import KINDS
from simulator.pages import render

SHOWN = 25


async def control_room(request: Request) -> Response:
    """Show the book, the notices, the knobs and the parcels."""
    world = house_of(request).world
    payments = list(reversed(world.payments.values()))[:SHOWN]
    notices = list(reversed(world.notices.values()))[:SHOWN]
    return render(
        request,
        "control.html",
        totals=listing.totals(world),
        payments=[(payment, listing.settled_refunds(world, payment)) for payment in payments],
        notices=[(notice, world.attempts_of(notice)) for notice in notices],
        knobs=list(world.knobs.values()),
        kinds=KINDS,
        scale=house_of(request).pace.scale,
    )


routes = [Route("/", control_room)]
