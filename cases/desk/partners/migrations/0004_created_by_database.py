from django.db import migrations, models
from django.db.models.functions import Now


class Migration(migrations.Migration):
    dependencies = [("partners", "0003_sent_and_confirmed")]
    operations = [
        migrations.AlterField(
            model_name="partnerskey",
            name="created",
            field=models.DateTimeField(db_default=Now(), db_index=True, editable=False),
        ),
    ]
