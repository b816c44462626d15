from django.db import migrations

from apps.core.append_only import CREATE_FUNCTION


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]
    operations = [migrations.RunSQL(CREATE_FUNCTION, migrations.RunSQL.noop)]
