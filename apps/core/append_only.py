"""
Tables that only grow: a trigger refuses UPDATE and DELETE, whoever asks (rule R8).

One exception: while sealed values get new keys (``core.rotation``), the same words under another key are written.
"""

from django.db import migrations

CREATE_FUNCTION = """
CREATE OR REPLACE FUNCTION emshop_append_only() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND current_setting('emshop.resealing', true) = TG_TABLE_NAME THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""


def append_only(table: str) -> migrations.RunSQL:
    """Return the migration operation that makes a table append-only."""
    name = f"{table}_append_only"
    return migrations.RunSQL(
        f"""{CREATE_FUNCTION}
        CREATE TRIGGER {name} BEFORE UPDATE OR DELETE ON {table}
        FOR EACH ROW EXECUTE FUNCTION emshop_append_only();""",
        f"DROP TRIGGER {name} ON {table};",
    )
