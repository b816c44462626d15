"""What to call a browser or an app, from the line it says about itself."""

from django.utils.translation import gettext as _

# The more special name first: Edge also says Chrome, Chrome also says Safari.
_PROGRAMS = (
    ("MicroMessenger", "WeChat"),
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def describe_device(agent: str) -> str:
    """Return e.g. “Chrome · Windows”."""
    program = next((name for mark, name in _PROGRAMS if mark in agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    known = " · ".join(name for name in (program, system) if name)
    return known or agent.split("/", maxsplit=1)[0][:40] or _("unknown device")
