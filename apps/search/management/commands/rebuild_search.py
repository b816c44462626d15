from typing import Any

from django.core.management.base import BaseCommand
from tqdm import tqdm

from apps.catalog.models import Spu
from apps.search.backends import backend
from apps.search.services import rebuild


class Command(BaseCommand):
    help = "Write every search document anew. The shop goes on searching meanwhile; may be interrupted."

    def handle(self, *args: Any, **options: Any) -> None:
        with tqdm(total=Spu.objects.count(), unit="SPU", disable=None) as bar:
            for looked_at in rebuild():
                bar.update(looked_at)
        known = sum(1 for _ in backend().list_known())
        self.stdout.write(f"The search knows {known} products now.")
