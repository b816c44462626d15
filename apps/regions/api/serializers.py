from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from apps.core.api.fields import CleanCharField
from apps.regions.models import Region

CODE_LENGTH = 6


class RegionSerializer(serializers.ModelSerializer[Region]):
    parent = serializers.CharField(  # type: ignore[assignment]  # DRF takes it off the class
        source="parent_id", allow_null=True
    )
    is_leaf = serializers.BooleanField(
        help_text="Nothing to choose below: an address may end here."
    )

    class Meta:
        model = Region
        fields = ["code", "parent", "name", "level", "is_leaf"]


class RegionDetailSerializer(RegionSerializer):
    path = serializers.ListField(
        child=serializers.DictField(child=serializers.CharField()),
        help_text="Code and name of each level, the province first.",
    )

    class Meta(RegionSerializer.Meta):
        fields = [*RegionSerializer.Meta.fields, "path"]


class RegionFilterSerializer(serializers.Serializer[Any]):
    parent = CleanCharField(  # type: ignore[assignment]  # DRF takes it off the class
        max_length=CODE_LENGTH,
        required=False,
        default="",
        allow_blank=True,
        help_text="Code of a region; without it, the provinces.",
    )

    def validate_parent(self, value: str) -> str:
        if value and not (len(value) == CODE_LENGTH and value.isascii() and value.isdigit()):
            raise serializers.ValidationError(_("A region's code has six digits."))
        return value
