"""What followed for persons stands apart from the circular."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("supervision", "0005_accountability_guards")]

    operations = [migrations.RemoveField(model_name="circular", name="accountability")]
