from django.db import migrations

CHANNELS = {"ALIPAY": 10, "WECHAT": 20, "UNIONPAY": 30}


def add_channels(apps, schema_editor):
    """Each channel has its row from the start; one without keys is offered to nobody."""
    channel = apps.get_model("payments", "PaymentChannel")
    for provider, priority in CHANNELS.items():
        channel.objects.get_or_create(provider=provider, defaults={"priority": priority})


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_initial")]

    operations = [migrations.RunPython(add_channels, migrations.RunPython.noop)]
