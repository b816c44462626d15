import factory

from apps.accounts.models import Address, User
from apps.regions.models import Region


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    phone = factory.Sequence(lambda n: f"138{n:08d}")
    nickname = factory.Sequence(lambda n: f"shopper {n}")

    @factory.post_generation
    def password(self, create, extracted, **kwargs):
        self.set_password(extracted or "calm-river-42")
        if create:
            self.save()


def a_district(code="330106"):
    """西湖区, with its city and province, unless the regions are loaded."""
    for each, parent, name, level in (
        ("330000", None, "浙江省", 1),
        ("330100", "330000", "杭州市", 2),
        ("330106", "330100", "西湖区", 3),
        ("330108", "330100", "滨江区", 3),
    ):
        Region.objects.get_or_create(
            code=each, defaults={"parent_id": parent, "name": name, "level": level}
        )
    return Region.objects.get(code=code)


class AddressFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Address

    user = factory.SubFactory(UserFactory)
    recipient = "王小明"
    phone = "13912345678"
    region = factory.LazyFunction(a_district)
    street = "文三路 100 号"
    is_default = False
