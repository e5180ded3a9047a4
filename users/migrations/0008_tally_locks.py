"""An act that moves no count of its unit holds the unit's place with a lock that an act that does passes by.

Before, two transactions that each first did the one and then the other to filings of the same units (``FOR SHARE``,
then ``FOR NO KEY UPDATE``) waited for each other. Now only a unit that moves to another place waits for either, and
asks for the row as a whole.
"""

from django.db import migrations

RELOCK = """
DO $$
DECLARE v_name text;
BEGIN
  FOREACH v_name IN ARRAY ARRAY['users_filings_insert', 'users_filings_update', 'users_filings_delete'] LOOP
    EXECUTE replace(pg_get_functiondef(v_name::regproc), '{before}', '{after}');
  END LOOP;
END $$;
"""

STAND = """
CREATE OR REPLACE FUNCTION users_stand(p_unit bigint) RETURNS void LANGUAGE sql AS $$
  {hold}
  INSERT INTO users_unitstanding(unit_id, place, counts, named, systems, selected, handed_in, in_use)
  SELECT u.id, users_place(u.path, u.kind),
    u.active AND u.parent_id IS NOT NULL AND u.kind IN ('school', 'university', 'affiliated'),
    u.functional_department <> '' AND jsonb_typeof(u.responsible_persons) = 'array'
      AND jsonb_array_length(u.responsible_persons) > 0,
    0, 0, 0, 0
  FROM accounts_unit u WHERE u.id = p_unit
  ON CONFLICT (unit_id) DO UPDATE SET place = EXCLUDED.place, counts = EXCLUDED.counts, named = EXCLUDED.named
  WHERE (users_unitstanding.place, users_unitstanding.counts, users_unitstanding.named)
    IS DISTINCT FROM (EXCLUDED.place, EXCLUDED.counts, EXCLUDED.named)
$$;
"""
#: a move waits for every act that counts under the old place
HOLD = """SELECT 1 FROM users_unitstanding s JOIN accounts_unit u ON u.id = s.unit_id
  WHERE s.unit_id = p_unit AND s.place IS DISTINCT FROM users_place(u.path, u.kind) FOR UPDATE OF s;"""
SHARE, KEY_SHARE = "ORDER BY unit_id FOR SHARE", "ORDER BY unit_id FOR KEY SHARE"


class Migration(migrations.Migration):
    dependencies = [("users", "0007_tally_by_statement")]

    operations = [
        migrations.RunSQL(
            STAND.format(hold=HOLD) + RELOCK.format(before=SHARE, after=KEY_SHARE),
            RELOCK.format(before=KEY_SHARE, after=SHARE) + STAND.format(hold=""),
        )
    ]
