"""The pages of the control room and the two inboxes."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from simulator.carriers.parcels import NAMES
from simulator.cashier.pages import trouble_page
from simulator.control import listing
from simulator.house import house_of
from simulator.knobs import CHANNELS, KINDS
from simulator.pages import render

SHOWN = 25
MESSAGES_SHOWN = 200


async def control_room(request: Request) -> Response:
    """Show the book, the notices, the knobs and the parcels."""
    house = house_of(request)
    world = house.world
    payments = list(reversed(world.payments.values()))[:SHOWN]
    notices = list(reversed(world.notices.values()))[:SHOWN]
    parcels = list(reversed(world.parcels.values()))[:SHOWN]
    return render(
        request,
        "control.html",
        totals=listing.totals(world),
        payments=[(payment, listing.settled_refunds(world, payment)) for payment in payments],
        notices=[(notice, world.attempts_of(notice)) for notice in notices],
        parcels=[(parcel, house.depot.is_over(parcel)) for parcel in parcels],
        carriers=NAMES,
        knobs=list(world.knobs.values()),
        kinds=KINDS,
        channels=CHANNELS,
        scale=house.pace.scale,
        complaint=request.query_params.get("complaint", ""),
    )


async def phone(request: Request) -> Response:
    return _inbox(request, "sms", "phone.html")


async def mailbox(request: Request) -> Response:
    return _inbox(request, "mail", "mail.html")


async def mail(request: Request) -> Response:
    """Show one mail; its HTML runs nothing and loads nothing from the shop's origin."""
    message = house_of(request).world.messages.get(request.path_params["key"])
    if message is None or message.kind != "mail":
        return trouble_page(request, "", "404", "There is nothing at this address")
    return render(request, "letter.html", message=message)


def _inbox(request: Request, kind: str, template: str) -> Response:
    to = request.query_params.get("to", "").strip()
    messages = [
        message
        for message in reversed(house_of(request).world.messages.values())
        if message.kind == kind and to in message.to
    ]
    return render(request, template, messages=messages[:MESSAGES_SHOWN], to=to)


routes = [
    Route("/", control_room),
    Route("/phone/", phone),
    Route("/mail/", mailbox),
    Route("/mail/{key}", mail),
]
