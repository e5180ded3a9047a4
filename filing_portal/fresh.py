"""Brings a database up to date; an empty one at once instead of migration by migration.

Migrating an empty database costs Django half a minute of computing, since it renders all models anew after
every step. For an empty database tables are made from the models as they are now, which
``makemigrations --check`` holds equal to the migrations; the SQL and the Python of the migrations (triggers,
functions, seeds) are then run in their order, and all migrations are recorded as applied. A test compares the
two ways, column by column and trigger by trigger. A database that holds anything is migrated as ever.
"""

from __future__ import annotations

from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.operations import RunPython, RunSQL
from django.db.migrations.recorder import MigrationRecorder
from django.test.utils import override_settings

_LOCK = 0x66700008  # advisory lock: two that start at once do not both fill the database


def bring_up_to_date() -> bool:
    """Fills an empty database, migrates any other. Returns whether it was empty.

    What fails half-way leaves an empty database empty: everything is done in one transaction.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        try:
            empty = not connection.introspection.table_names(cursor)
            if empty:
                _fill()
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])
    if empty or _something_to_apply():
        call_command("migrate", verbosity=0, interactive=False)
    return empty


def _something_to_apply() -> bool:
    """Whether a migration waits. Where none does, Django's command renders all models for seconds and does nothing."""
    executor = MigrationExecutor(connection)
    executor.loader.check_consistent_history(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _fill() -> None:
    with connection.schema_editor(atomic=True) as editor:
        with override_settings(MIGRATION_MODULES={config.label: None for config in apps.get_app_configs()}):
            call_command("migrate", run_syncdb=True, verbosity=0, interactive=False)
        executor = MigrationExecutor(connection)
        state = executor.loader.project_state()
        for migration, _backwards in executor.migration_plan(executor.loader.graph.leaf_nodes()):
            for operation in migration.operations:
                if isinstance(operation, RunSQL) and not operation.state_operations:
                    operation.database_forwards(migration.app_label, editor, state, state)
                elif isinstance(operation, RunPython):
                    operation.code(apps, editor)  # type: ignore[arg-type]
        recorder = MigrationRecorder(connection)
        recorder.ensure_schema()
        for app, name in executor.loader.disk_migrations:
            if not recorder.migration_qs.filter(app=app, name=name).exists():
                recorder.record_applied(app, name)
