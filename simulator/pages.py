"""Renders pages in the reader's language."""

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from simulator import clock, numbers
from simulator.texts import CHINESE

LANGUAGES = ("zh", "en")
YEAR = 365 * 24 * 3600

_environment = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_environment.filters["yuan"] = numbers.grouped
_environment.filters["moment"] = lambda seconds: clock.spoken(clock.at(seconds))


def language_of(request: Request) -> str:
    """Return `zh` or `en`: asked for, remembered, or what the browser prefers."""
    for wish in (request.query_params.get("lang"), request.cookies.get("lang")):
        if wish in LANGUAGES:
            return wish
    return "en" if request.headers.get("accept-language", "").lower().startswith("en") else "zh"


def render(request: Request, template: str, *, status: int = 200, **context: Any) -> HTMLResponse:
    """Return a page."""
    language = language_of(request)

    def t(text: str, **values: Any) -> str:
        translated = CHINESE.get(text, text) if language == "zh" else text
        return translated.format(**values) if values else translated

    html = _environment.get_template(template).render(
        t=t,
        language=language,
        other_language="en" if language == "zh" else "zh",
        path=request.url.path,
        shop_url=request.app.state.house.config.shop_url,
        **context,
    )
    response = HTMLResponse(html, status)
    response.headers["Cache-Control"] = "no-store"
    if request.query_params.get("lang") in LANGUAGES:
        response.set_cookie("lang", language, max_age=YEAR, samesite="lax")
    return response
