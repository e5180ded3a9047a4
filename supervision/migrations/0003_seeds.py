"""Complaint categories, the notice on complaints, letter templates: where there are none yet."""

from django.db import migrations


def fill(apps, schema_editor):
    from supervision.seeds import fill

    fill(*(apps.get_model("supervision", name) for name in ("ComplaintCategory", "ComplaintGuide", "LetterTemplate")))


class Migration(migrations.Migration):
    dependencies = [("supervision", "0002_guards")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
