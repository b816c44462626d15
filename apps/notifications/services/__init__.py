"""Commands: tell people, write the texts, note what was read."""

from apps.notifications.services.reading import change_preference, mark_all_read, mark_read
from apps.notifications.services.telling import News, tell
from apps.notifications.services.texts import TextDraft, UnknownWord, save_text, use_text

__all__ = [
    "News",
    "TextDraft",
    "UnknownWord",
    "change_preference",
    "mark_all_read",
    "mark_read",
    "save_text",
    "tell",
    "use_text",
]
