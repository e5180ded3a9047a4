"""Which entries show the same ICP filing is asked at each check of a filing: an index instead of the whole register."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("registry", "0002_guard")]

    operations = [
        migrations.RunSQL(
            "CREATE INDEX entry_icp ON registry_entry ((public ->> 'icp_number') text_pattern_ops)",
            "DROP INDEX entry_icp",
        ),
    ]
