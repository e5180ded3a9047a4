"""Keys of calls are kept in one place for all interfaces."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0006_call_keys'),
    ]

    operations = [
        migrations.CreateModel(
            name='KeyedCall',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=64)),
                ('digest', models.CharField(max_length=64)),
                ('result', models.BigIntegerField(null=True)),
                ('at', models.DateTimeField(db_index=True, verbose_name='at')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.unit')),
            ],
            options={
                'verbose_name': 'call with a key',
                'verbose_name_plural': 'calls with a key',
                'constraints': [models.UniqueConstraint(fields=('person', 'unit', 'key'), name='call_key_once')],
            },
        ),
        migrations.RemoveConstraint(model_name='importbatch', name='import_call_once'),
        migrations.RemoveConstraint(model_name='invitation', name='invitation_call_once'),
        migrations.RemoveField(model_name='importbatch', name='call_key'),
        migrations.RemoveField(model_name='invitation', name='call_key'),
    ]
