"""Finding units by any two characters of their names: pairs of characters under an inverted index."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION accounts_name_marks(name text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(array_agg(DISTINCT substr(t, i, n)), '{}')
    FROM translate(name, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz') AS t,
        generate_series(1, length(name)) AS i, generate_series(1, 2) AS n
    WHERE i + n - 1 <= length(name)
$$;
CREATE INDEX accounts_unit_name_marks ON accounts_unit USING gin (accounts_name_marks(name));
"""
BACKWARD = """
DROP INDEX accounts_unit_name_marks;
DROP FUNCTION accounts_name_marks(text);
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_token_scope_partner")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
