from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from apps.backoffice.demo.loading.goods import load_goods
from apps.backoffice.demo.loading.people import load_people
from apps.backoffice.demo.loading.pictures import load_pictures
from apps.backoffice.demo.loading.sellers import load_sellers
from apps.backoffice.demo.loading.shelves import load_banners
from apps.backoffice.demo.loading.stock import load_stock
from apps.backoffice.demo.reading import MEDIA_DIR, read_catalogue
from apps.catalog.models import Sku, Spu
from apps.regions.services import load_regions, read_regions


class Command(BaseCommand):
    help = (
        "Fill the shop with the demo's sellers, goods, stock and people. May be repeated: what is there "
        "stays as it is, what is missing is added."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--even-over-https",
            action="store_true",
            help="load it although the shop is served over https: everybody knows the passwords",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.IS_HTTPS and not options["even_over_https"]:
            raise CommandError(
                "This shop looks like a real one (EMSHOP_SITE_URL is https), and everybody knows the "
                "passwords of the demo. Say --even-over-https if you mean it."
            )
        load_regions(read_regions())
        merchants = load_sellers()
        self._follow("pictures", load_pictures(), sum(1 for _ in MEDIA_DIR.rglob("*.webp")))
        self._follow("goods", load_goods(merchants), len(read_catalogue()[1]))
        load_banners()
        skus = Sku.objects.filter(merchant__in=merchants.values()).count()
        self._follow("stock", load_stock(merchants), skus)
        people = load_people(merchants)
        self.stdout.write(f"The demo shop has {Spu.objects.count()} SPUs and {skus} SKUs.")
        for role, contact, password in people:
            self.stdout.write(f"  {role}: {contact} / {password}")

    def _follow(self, label: str, steps: Iterable[int], total: int) -> None:
        with tqdm(total=total, desc=label, file=self.stderr, disable=None) as bar:
            for count in steps:
                bar.update(count)
