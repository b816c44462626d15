from django.db import migrations

from apps.core.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("payments", "0002_channels")]

    operations = [
        migrations.AlterModelOptions(
            name="payment",
            options={
                "permissions": [
                    ("configure_channels", "Can switch and configure payment channels"),
                    ("recheck_payment", "Can ask the channel again about a payment that does not match"),
                ],
                "verbose_name": "payment",
                "verbose_name_plural": "payments",
            },
        ),
        append_only("payments_channelcall"),
    ]
