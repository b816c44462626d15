from django.db import migrations

# The planner thinks little of the price of looking into a long tsvector and reads them all; only the
# index may answer this.
MATCHING = """
CREATE FUNCTION search_matching(question tsquery) RETURNS SETOF bigint
LANGUAGE sql STABLE PARALLEL SAFE ROWS 500
SET search_path = pg_catalog, public SET enable_seqscan = off AS $$
    SELECT spu_id FROM search_searchdocument WHERE tokens @@ question
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("search", "0001_initial")]

    operations = [migrations.RunSQL(MATCHING, "DROP FUNCTION search_matching(tsquery);")]
