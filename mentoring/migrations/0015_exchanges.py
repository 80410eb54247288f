import django.db.models.deletion
from django.db import migrations, models


def name_kinds_by_their_days(apps, schema_editor):
    """Triads and projects had a label and nothing else; what they take in days says what they are."""
    HostOffer = apps.get_model("mentoring", "HostOffer")
    named = HostOffer.objects.exclude(kind="exchange")
    named.filter(days_needed=1).exclude(kind="day").update(kind="day")
    named.filter(days_needed__gte=2).exclude(kind="residency").update(kind="residency")


class Migration(migrations.Migration):

    dependencies = [
        ('mentoring', '0014_heads_asked_and_reminded'),
    ]

    operations = [
        migrations.AddField(
            model_name='placement',
            name='in_return_for',
            field=models.OneToOneField(blank=True, help_text='Of an exchange: the visit that this one returns.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='returned_by', to='mentoring.placement'),
        ),
        migrations.AddField(
            model_name='placement',
            name='one_way',
            field=models.CharField(blank=True, choices=[('', 'Not asked'), ('asked', 'Asked whether it goes ahead one-way'), ('kept', 'Goes ahead one-way')], help_text='Once the other half is called off.', max_length=5),
        ),
        migrations.RunPython(name_kinds_by_their_days, migrations.RunPython.noop),
        migrations.AlterField(
            model_name='hostoffer',
            name='kind',
            field=models.CharField(choices=[('day', 'A day’s shadowing'), ('residency', 'A residency of several days'), ('exchange', 'An exchange: each visits the other')], default='day', max_length=10),
        ),
        migrations.AddConstraint(
            model_name='hostoffer',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(models.Q(('kind', 'day'), _negated=True), ('days_needed', 1), _connector='OR'), models.Q(models.Q(('kind', 'residency'), _negated=True), ('days_needed__gte', 2), _connector='OR')), name='mentoring_hostoffer_kind_fits_its_days'),
        ),
    ]
