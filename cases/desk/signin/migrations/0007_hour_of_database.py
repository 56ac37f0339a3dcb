from django.db import migrations, models
from django.db.models.functions import Now


class Migration(migrations.Migration):
    dependencies = [("signin", "0006_own_language")]
    operations = [
        migrations.AlterField(
            model_name="accountevent",
            name="at",
            field=models.DateTimeField(db_default=Now(), verbose_name="when"),
        ),
    ]
