"""The language that a user chose for the pages."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_rights_stamp")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="language",
            field=models.CharField(
                blank=True,
                help_text="Of the pages; left blank, what the browser asks for.",
                max_length=12,
                verbose_name="language",
            ),
        ),
    ]
