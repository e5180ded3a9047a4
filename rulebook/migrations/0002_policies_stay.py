"""A published policy version is never edited or deleted: filings were judged by it."""

from django.db import migrations

SQL = """
CREATE FUNCTION rulebook_policy_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'policy versions are never changed; publish a new one' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER rulebook_policy_stays BEFORE UPDATE OR DELETE ON rulebook_policyversion
    FOR EACH ROW EXECUTE FUNCTION rulebook_policy_stays();
"""
BACK = """
DROP TRIGGER rulebook_policy_stays ON rulebook_policyversion;
DROP FUNCTION rulebook_policy_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("rulebook", "0001_initial")]
    operations = [migrations.RunSQL(SQL, BACK)]
