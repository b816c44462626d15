from django.db import migrations

from apps.logistics.known_carriers import write_known_carriers


def add_carriers(apps, _schema_editor):
    write_known_carriers(apps.get_model("logistics", "Carrier").objects)


class Migration(migrations.Migration):
    dependencies = [("logistics", "0001_carriers_and_freight")]

    operations = [migrations.RunPython(add_carriers, migrations.RunPython.noop)]
