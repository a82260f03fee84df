import dimse.hosts
import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_users_facilities_memberships'),
    ]

    operations = [
        migrations.CreateModel(
            name='ApplicationEntity',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ae_title', models.CharField(error_messages={'unique': 'An application entity with that title exists already.'}, help_text='As the device sends it; upper and lower case differ.', max_length=16, unique=True, validators=[django.core.validators.RegexValidator('\\A[!-\\[\\]-~](?:[ -\\[\\]-~]{0,14}[!-\\[\\]-~])?\\Z', 'Enter 1 to 16 ASCII characters without a backslash.')], verbose_name='AE title')),
                ('host', models.CharField(help_text='The IP address or host name that it calls from, and under which it can be reached.', max_length=253, validators=[dimse.hosts.validate_host])),
                ('port', models.PositiveIntegerField(help_text='Where it listens; not used for what it sends.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(65535)])),
                ('may_store', models.BooleanField(default=False, verbose_name='may store')),
                ('may_query', models.BooleanField(default=False, verbose_name='may query')),
                ('may_retrieve', models.BooleanField(default=False, verbose_name='may retrieve')),
                ('may_use_worklist', models.BooleanField(default=False, verbose_name='may use the worklist')),
                ('is_active', models.BooleanField(default=True, help_text='An inactive entity is refused.', verbose_name='active')),
                ('description', models.CharField(blank=True, help_text='Room, maker, whom to call.', max_length=200)),
                ('last_seen_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('facility', models.ForeignKey(help_text='To which the studies that it sends belong.', on_delete=django.db.models.deletion.PROTECT, related_name='application_entities', to='accounts.facility')),
            ],
            options={
                'verbose_name_plural': 'application entities',
                'ordering': ['ae_title'],
                'indexes': [models.Index(fields=['facility', 'ae_title'], name='ae_by_facility')],
                'constraints': [models.CheckConstraint(condition=models.Q(('ae_title', ''), _negated=True), name='ae_title_not_empty'), models.CheckConstraint(condition=models.Q(('host', ''), _negated=True), name='ae_host_not_empty'), models.CheckConstraint(condition=models.Q(('port__gte', 1), ('port__lte', 65535)), name='ae_port_in_range')],
            },
        ),
    ]
