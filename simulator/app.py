"""All addresses of the simulator in one application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from simulator.alipay import gateway as alipay
from simulator.carriers import sf, subscribing
from simulator.cashier import doors as cashier
from simulator.control import doors as control
from simulator.control import rooms, switches
from simulator.house import House
from simulator.messages import sms
from simulator.unionpay import doors as unionpay
from simulator.wechat import doors as wechat

HERE = Path(__file__).parent


def build_app(house: House) -> Starlette:
    """Return the application that serves this house."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        await house.start()
        yield
        await house.stop()

    app = Starlette(
        routes=[
            *alipay.routes,
            *wechat.routes,
            *unionpay.routes,
            *sf.routes,
            *subscribing.routes,
            *sms.routes,
            *cashier.routes,
            *control.routes,
            *rooms.routes,
            *switches.routes,
            Route("/favicon.ico", _no_icon),
            Mount("/static", StaticFiles(directory=HERE / "static")),
        ],
        exception_handlers={404: _nothing_here},
        lifespan=lifespan,
    )
    app.state.house = house
    return app


async def _no_icon(request: Request) -> Response:
    return Response(status_code=204)


async def _nothing_here(request: Request, error: Exception) -> Response:
    return JSONResponse({"code": "NOT_FOUND", "message": f"nothing at {request.url.path}"}, 404)
