from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import migrations
from django.db.models.functions import Upper


def parts_of_text(model: str, *fields: str, name: str) -> migrations.AddIndex:
    columns = [OpClass(Upper(field), name="gin_trgm_ops") for field in fields]
    return migrations.AddIndex(model, GinIndex(*columns, name=name))


class Migration(migrations.Migration):
    dependencies = [("cases", "0036_next_edition")]
    operations = [
        parts_of_text("citation", "quote", "locator", name="citation_search"),
        parts_of_text("claimant", "name", "role_as_stated", name="claimant_search"),
    ]
