"""Small parts of the design system that a template cannot say by itself."""

import json
from collections.abc import Iterator

from django import template
from django.core.paginator import Page
from django.core.serializers.json import DjangoJSONEncoder
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from apps.core.secrets import mask_phone

register = template.Library()


@register.simple_tag
def icon(name: str, label: str = "", look: str = "") -> SafeString:
    """Draw an icon of the sprite; silent for screen readers unless it gets a label."""
    classes = f"icon icon--{look}" if look else "icon"
    address = f"{static('icons/sprite.svg')}#{name}"
    if label:
        return format_html(
            '<svg class="{}" role="img" aria-label="{}"><use href="{}"></use></svg>',
            classes,
            label,
            address,
        )
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}"></use></svg>', classes, address
    )


LEVEL_ICONS = {"success": "circle-check", "warning": "triangle-alert", "error": "circle-alert"}


@register.filter
def level_icon(level: str) -> str:
    """Name the icon of a message by its level."""
    return LEVEL_ICONS.get(level, "info")


@register.filter
def input_kind(bound_field: object) -> str:
    """Tell field.html how to lay a field out: check, choices or text."""
    kind = getattr(getattr(bound_field, "field", None), "widget", None)
    return getattr(kind, "input_type", "") or "text"


@register.filter
def page_numbers(page: Page[object]) -> Iterator[str | int]:
    """List the numbers worth showing around a page, with gaps."""
    return page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)


SCRIPT_ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


@register.simple_tag
def json_ld(data: object) -> SafeString:
    """Write structured data as a block that browsers do not run and nothing inside can close."""
    text = json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False).translate(SCRIPT_ESCAPES)
    return mark_safe(f'<script type="application/ld+json">{text}</script>')  # noqa: S308 (escaped above)


@register.filter
def masked_phone(phone: str) -> str:
    """Show as much of a phone number as a page may."""
    return mask_phone(phone) if phone else ""
