"""The record: its tables, functions and triggers."""

from django.conf import settings
from django.db import migrations

from cases.migrating import Together
from cases.migrations.record.functions import AFTER_TABLES, BEFORE_TABLES
from cases.migrations.record.history import KEPT
from cases.migrations.record.making import history, writes_history
from cases.migrations.record.tables import TABLES
from cases.migrations.record.triggers import TRIGGERS


def history_tables():
    return [history(model, kept) for model, kept in KEPT.items()]


def history_triggers():
    for model, kept in KEPT.items():
        # A citation has no case before its trigger finds it.
        yield from writes_history(model, kept, "root_id" if model == "Citation" else None)


class Migration(migrations.Migration):
    initial = True
    # Those of before 1.0, in one: docs/upgrading.md.
    replaces = [
        ("cases", "0002_functions"),
        ("cases", "0003_record"),
        ("cases", "0004_closed_hearing"),
        ("cases", "0005_again"),
        ("cases", "0006_consents_taken_back"),
        ("cases", "0007_hiding"),
        ("cases", "0008_erasure_orders"),
        ("cases", "0009_held"),
        ("cases", "0010_publisher"),
        ("cases", "0011_acting"),
        ("cases", "0012_approving"),
        ("cases", "0013_withheld_known"),
        ("cases", "0014_time_of_statement"),
        ("cases", "0015_named"),
        ("cases", "0016_search"),
        ("cases", "0017_status"),
        ("cases", "0018_confirmed_contract"),
        ("cases", "0019_counts"),
        ("cases", "0020_sightings"),
        ("cases", "0021_sentences"),
        ("cases", "0022_seals"),
        ("cases", "0023_named_is_who_acts"),
        ("cases", "0024_together"),
        ("cases", "0025_files"),
        ("cases", "0026_quotes"),
        ("cases", "0027_commits"),
        ("cases", "0028_made_by"),
        ("cases", "0029_slips"),
        ("cases", "0030_start_page"),
        ("cases", "0031_publications"),
        ("cases", "0032_plain_words"),
        ("cases", "0033_copies"),
        ("cases", "0034_duplicates"),
        ("cases", "0035_kept_names"),
        ("cases", "0036_next_edition"),
        ("cases", "0037_search_citations"),
        ("cases", "0038_designations"),
        ("cases", "0039_own_category"),
        ("cases", "0040_personal_details"),
        ("cases", "0041_ways_out"),
        ("cases", "0042_ways_out_triggers"),
        ("cases", "0043_names_on_one_line"),
        ("cases", "0044_places"),
        ("cases", "0045_what_texts_say"),
        ("cases", "0046_leaves_and_transfers"),
        ("cases", "0047_told_by_consent"),
        ("cases", "0048_court_cases"),
        ("cases", "0049_charge_decisions"),
        ("cases", "0050_codes_of_ones_own"),
        ("cases", "0051_listed_names"),
        ("cases", "0052_officials"),
        ("cases", "0053_related_cases"),
    ]
    dependencies = [
        ("cases", "0001_dates"),
        ("tracker", "0001_documents"),  # its triggers call hold_back()
        # After the record each of their steps would take long: it renders all that an account has to do with.
        ("account", "0009_emailaddress_unique_primary_email"),
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("mfa", "0003_authenticator_type_uniq"),
        ("pghistory", "0007_auto_20250421_0444"),
        ("usersessions", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        *BEFORE_TABLES,
        Together([*TABLES, *history_tables()]),
        Together([*history_triggers(), *TRIGGERS]),
        *AFTER_TABLES,
    ]
