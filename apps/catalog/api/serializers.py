from typing import Any

from rest_framework import serializers


class CategorySerializer(serializers.Serializer[Any]):
    """A category and what is below it."""

    slug = serializers.CharField()
    name = serializers.CharField()
    level = serializers.IntegerField()
    image = serializers.CharField(source="image_url", help_text="Empty if there is none.")
    children = serializers.SerializerMethodField()

    def get_children(self, node: Any) -> list[dict[str, Any]]:
        return [CategorySerializer(child).data for child in node.children]
