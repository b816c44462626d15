"""Cursor pages, newest first unless a view says otherwise."""

from rest_framework.pagination import CursorPagination


class KeysetPagination(CursorPagination):
    """Pages that stay stable while rows are added, and as fast on page 10,000 as on page 1."""

    page_size = 20
    max_page_size = 100
    page_size_query_param = "page_size"
    ordering = "-pk"
