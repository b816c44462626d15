from django.db import migrations

from apps.core.append_only import append_only

LEVELS = """
CREATE FUNCTION catalog_category_levels() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM catalog_category child JOIN catalog_category above ON above.id = child.parent_id
        WHERE (child.id = NEW.id OR above.id = NEW.id) AND child.level <> above.level + 1
    ) THEN
        RAISE EXCEPTION 'category % is not one level below its parent', NEW.id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER catalog_category_levels AFTER INSERT OR UPDATE OF parent_id, level
ON catalog_category DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION catalog_category_levels();
"""
UNDO_LEVELS = """
DROP TRIGGER catalog_category_levels ON catalog_category;
DROP FUNCTION catalog_category_levels();
"""


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_initial")]

    operations = [
        migrations.RunSQL(LEVELS, UNDO_LEVELS),
        append_only("catalog_spumove"),
        append_only("catalog_pricechange"),
    ]
