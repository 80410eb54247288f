"""The audit trail becomes append-only in the database."""

from django.db import migrations


def install(apps, schema_editor):
    from mentoring.trust import triggers

    triggers.install(schema_editor.connection)


def remove(apps, schema_editor):
    from mentoring.trust import triggers

    triggers.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("mentoring", "0001_initial")]
    operations = [migrations.RunPython(install, remove)]
