"""Pictures that come through forms of the back office: drawn anew like all others (rule R25)."""

import uuid
from typing import Any

from django import forms
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile

from apps.catalog.rendering import EXTENSIONS, UnreadablePicture, reencode


class RedrawingForm(forms.ModelForm[Any]):
    """A form whose uploaded pictures are drawn anew, under random names."""

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        for name, value in list(data.items()):
            if isinstance(self.fields.get(name), forms.ImageField) and isinstance(
                value, UploadedFile
            ):
                data[name] = self._redrawn(name, value)
        return data

    def _redrawn(self, name: str, upload: UploadedFile[Any]) -> Any:
        upload.seek(0)
        try:
            content, kind = reencode(upload)
        except UnreadablePicture as problem:
            self.add_error(name, str(problem))
            return None
        return ContentFile(content, f"{uuid.uuid4().hex}.{EXTENSIONS[kind]}")
