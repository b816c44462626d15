"""Facts about what people are told."""

from dataclasses import dataclass
from typing import ClassVar

from apps.core.bus import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateChanged(Event):
    """Another text, or another version of it, is in use."""

    names: ClassVar[tuple[str, ...]] = ("message.template",)
    template_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonTold(Event):
    names: ClassVar[tuple[str, ...]] = ("notification.send",)
    notification_id: int
