"""As what a unit is served: notices so far get the side that follows from what they are about."""

from django.db import migrations, models

# The rooms above may not be there yet: then there are no notices either.
BACKFILL = """
DO $$ BEGIN
    IF to_regclass('providers_filing') IS NOT NULL THEN
        UPDATE notices_notice n SET side = CASE WHEN f.unit_id = n.to_unit_id THEN 'provider' ELSE 'authority' END
        FROM providers_filing f
        WHERE n.subject_type = 'providers.filing' AND f.id = n.subject_id AND n.to_person_id IS NULL;
    END IF;
    IF to_regclass('users_userfiling') IS NOT NULL THEN
        UPDATE notices_notice n SET side = CASE WHEN f.unit_id = n.to_unit_id THEN 'institution' ELSE 'authority' END
        FROM users_userfiling f
        WHERE n.subject_type = 'users.userfiling' AND f.id = n.subject_id AND n.to_person_id IS NULL;
    END IF;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("notices", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="notice",
            name="side",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "All of the unit"),
                    ("provider", "As a provider"),
                    ("authority", "As an authority"),
                    ("institution", "As an institution"),
                ],
                db_default="",
                default="",
                max_length=12,
                verbose_name="as",
            ),
        ),
        migrations.RunSQL(BACKFILL, migrations.RunSQL.noop),
    ]
