import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import lianqiao.registry.models.agreements


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Person",
            fields=[
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("account", models.CharField(max_length=60, unique=True)),
                ("name", models.CharField(blank=True, default="", max_length=100)),
                ("email", models.EmailField(blank=True, default="", max_length=254)),
                (
                    "language",
                    models.CharField(
                        choices=[("zh-hans", "Chinese"), ("en", "English")], default="zh-hans", max_length=8
                    ),
                ),
                ("is_active", models.BooleanField(default=True)),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["account"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("language__in", ["zh-hans", "en"])), name="person_language_known"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Agreement",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("reference", models.CharField(max_length=80, unique=True)),
                ("title_zh", models.CharField(max_length=200)),
                ("title_en", models.CharField(max_length=200)),
                ("node_a", models.CharField(max_length=12)),
                ("agency_a", models.CharField(help_text="Code of the leading agency of node a", max_length=40)),
                ("node_b", models.CharField(max_length=12)),
                ("agency_b", models.CharField(help_text="Code of the leading agency of node b", max_length=40)),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField(blank=True, null=True)),
                ("text", models.JSONField()),
                ("digest", models.CharField(max_length=64, unique=True)),
                (
                    "state",
                    models.CharField(
                        choices=[("proposed", "Proposed"), ("in_force", "Signed by both"), ("ended", "Ended")],
                        default="proposed",
                        max_length=8,
                    ),
                ),
                ("signature_a", models.CharField(blank=True, default="", max_length=200)),
                ("kid_a", models.CharField(blank=True, default="", max_length=64)),
                ("signature_b", models.CharField(blank=True, default="", max_length=200)),
                ("kid_b", models.CharField(blank=True, default="", max_length=64)),
                (
                    "ended_on",
                    models.DateField(blank=True, help_text="First day on which it no longer holds", null=True),
                ),
                ("ended_reason", models.CharField(blank=True, default="", max_length=500)),
            ],
            options={
                "ordering": ["reference"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["proposed", "in_force", "ended"])),
                        name="agreement_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("node_a", models.F("node_b")), _negated=True), name="agreement_two_nodes"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state", "proposed"),
                            ("state", "ended"),
                            models.Q(
                                models.Q(("signature_a", ""), _negated=True),
                                models.Q(("signature_b", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="agreement_in_force_signed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_on__isnull", True), ("ends_on__gte", models.F("starts_on")), _connector="OR"
                        ),
                        name="agreement_dates_ordered",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="EnterpriseImport",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("file_name", models.CharField(max_length=200)),
                ("file_digest", models.CharField(max_length=64)),
                ("began_at", models.DateTimeField()),
                ("rows", models.PositiveIntegerField()),
                ("undone_at", models.DateTimeField(blank=True, null=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["-began_at"],
            },
        ),
        migrations.CreateModel(
            name="RegimeText",
            fields=[
                ("digest", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("regime", models.CharField(max_length=64)),
                ("version", models.PositiveIntegerField()),
                ("parent", models.CharField(blank=True, max_length=64)),
                ("text", models.TextField()),
            ],
            options={
                "ordering": ["regime", "version"],
                "indexes": [models.Index(fields=["regime"], name="regime_text_regime")],
            },
        ),
        migrations.CreateModel(
            name="Region",
            fields=[
                ("name_zh", models.CharField(max_length=200)),
                ("name_en", models.CharField(max_length=200)),
                ("code", models.CharField(max_length=6, primary_key=True, serialize=False)),
                ("node_code", models.CharField(db_index=True, max_length=12)),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="registry.region",
                    ),
                ),
            ],
            options={
                "ordering": ["code"],
            },
        ),
        migrations.CreateModel(
            name="Enterprise",
            fields=[
                ("name_zh", models.CharField(max_length=200)),
                ("name_en", models.CharField(max_length=200)),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("uscc", models.CharField(blank=True, default="", max_length=18)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("private", "Private enterprise"),
                            ("foreign_invested", "Foreign-invested enterprise"),
                            ("inward", "Enterprise from another region"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "origin",
                    models.CharField(
                        blank=True, default="", help_text="The investor's, ISO 3166-1 alpha-2", max_length=2
                    ),
                ),
                ("address", models.CharField(blank=True, default="", max_length=300)),
                (
                    "merged_into",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merged",
                        to="registry.enterprise",
                    ),
                ),
                (
                    "root",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="family_rows",
                        to="registry.enterprise",
                    ),
                ),
                (
                    "imported_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="enterprises",
                        to="registry.enterpriseimport",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="enterprises", to="registry.region"
                    ),
                ),
            ],
            options={
                "ordering": ["name_zh"],
                "indexes": [models.Index(fields=["name_zh"], name="enterprise_name_zh")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("uscc", ""), _negated=True), fields=("uscc",), name="enterprise_uscc_unique"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["private", "foreign_invested", "inward"])),
                        name="enterprise_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("merged_into__isnull", True), ("root__isnull", True)),
                            models.Q(
                                ("merged_into__isnull", False),
                                ("root__isnull", False),
                                models.Q(("root", models.F("id")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="enterprise_merged_has_root",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Agency",
            fields=[
                ("name_zh", models.CharField(max_length=200)),
                ("name_en", models.CharField(max_length=200)),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("code", models.SlugField(max_length=40, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("complaint_centre", "Complaint centre"),
                            ("department", "Department"),
                            ("federation", "Federation or chamber"),
                            ("workstation", "Service workstation"),
                            ("office", "Office"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "path",
                    models.CharField(
                        help_text="Codes from the root to this agency: /root/child/", max_length=400, unique=True
                    ),
                ),
                ("uscc", models.CharField(blank=True, default="", max_length=18)),
                (
                    "letter_code",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="Its mark in the numbers of documents, such as 川外投",
                        max_length=20,
                    ),
                ),
                ("address", models.CharField(blank=True, default="", max_length=300)),
                ("phone", models.CharField(blank=True, default="", max_length=60)),
                ("email", models.EmailField(blank=True, default="", max_length=254)),
                ("active", models.BooleanField(default=True)),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="registry.agency",
                    ),
                ),
                (
                    "upper",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="objections_from",
                        to="registry.agency",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="agencies", to="registry.region"
                    ),
                ),
            ],
            options={
                "ordering": ["path"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("uscc", ""), _negated=True), fields=("uscc",), name="agency_uscc_unique"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["complaint_centre", "department", "federation", "workstation", "office"])
                        ),
                        name="agency_kind_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Target",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("programme", models.CharField(max_length=40)),
                ("limit", models.CharField(max_length=16)),
                ("amount", models.PositiveIntegerField()),
                ("unit", models.CharField(max_length=16)),
                ("since", models.DateField()),
            ],
            options={
                "ordering": ["programme", "limit", "since"],
                "constraints": [
                    models.UniqueConstraint(fields=("programme", "limit", "since"), name="target_once"),
                    models.CheckConstraint(condition=models.Q(("amount__gte", 1)), name="target_positive"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Absence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("since", models.DateField()),
                ("until", models.DateField()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="absences",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["person_id", "since", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("until__isnull", True), ("until__gte", models.F("since")), _connector="OR"),
                        name="absence_dates_ordered",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="AdoptedCalendar",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField()),
                ("region", models.CharField(blank=True, max_length=6)),
                ("text", models.TextField()),
                ("digest", models.CharField(max_length=64)),
                ("adopted_at", models.DateTimeField()),
                ("undone_at", models.DateTimeField(blank=True, null=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("undone_at__isnull", True)),
                        fields=("year", "region", "digest"),
                        name="calendar_adopted_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ApiToken",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("name", models.CharField(max_length=100)),
                ("scopes", models.JSONField()),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="tokens", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("created_at"))), name="token_expires_later"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Clause",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ref", models.CharField(max_length=16)),
                ("from_agency", models.CharField(max_length=40)),
                ("to_agency", models.CharField(max_length=40)),
                ("from_node", models.CharField(max_length=12)),
                ("to_node", models.CharField(max_length=12)),
                ("programmes", models.JSONField()),
                ("categories", models.JSONField(blank=True, default=list)),
                ("shares", models.JSONField(blank=True, default=list)),
                ("answer_amount", models.PositiveIntegerField(blank=True, null=True)),
                ("answer_unit", models.CharField(blank=True, default="", max_length=16)),
                ("carries", models.BooleanField(default=True)),
                ("joint_triggers", models.JSONField(blank=True, default=list)),
                (
                    "lets",
                    models.JSONField(
                        default=lianqiao.registry.models.agreements.only_hand_over,
                        help_text="hand_over, consult, task, objection",
                    ),
                ),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="clauses", to="registry.agreement"
                    ),
                ),
            ],
            options={
                "ordering": ["agreement_id", "ref"],
                "indexes": [models.Index(fields=["from_agency", "to_node"], name="clause_from_to")],
                "constraints": [
                    models.UniqueConstraint(fields=("agreement", "ref"), name="clause_ref_unique"),
                    models.CheckConstraint(
                        condition=models.Q(("from_node", models.F("to_node")), _negated=True), name="clause_two_nodes"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answer_amount__isnull", True), ("answer_unit", "")),
                            models.Q(("answer_amount__gte", 1), models.Q(("answer_unit", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="clause_answer_has_unit",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Competence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "region",
                    models.CharField(blank=True, default="", help_text="Prefix of the division code", max_length=6),
                ),
                (
                    "area",
                    models.CharField(
                        blank=True, default="", help_text="Service area without a division code", max_length=40
                    ),
                ),
                ("programme", models.CharField(max_length=40)),
                ("category", models.CharField(blank=True, default="", max_length=64)),
                (
                    "level",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "Any level"),
                            ("province", "Province"),
                            ("prefecture", "Prefecture or city"),
                            ("county", "County or district"),
                        ],
                        default="",
                        max_length=10,
                    ),
                ),
                ("since", models.DateField()),
                ("until", models.DateField(blank=True, null=True)),
                ("basis", models.CharField(blank=True, default="", max_length=300)),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="competences", to="registry.agency"
                    ),
                ),
            ],
            options={
                "ordering": ["programme", "region", "category", "since", "id"],
                "indexes": [models.Index(fields=["programme", "region"], name="competence_programme_region")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("level__in", ["", "province", "prefecture", "county"])),
                        name="competence_level_known",
                    ),
                    models.UniqueConstraint(
                        fields=("region", "area", "programme", "category", "level", "agency", "since"),
                        name="competence_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("area", ""), ("region", ""), _connector="OR"),
                        name="competence_region_or_area",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("until__isnull", True), ("until__gte", models.F("since")), _connector="OR"),
                        name="competence_dates_ordered",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Delegation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("roles", models.JSONField()),
                ("matters", models.JSONField(blank=True, default=list)),
                ("deputy", models.BooleanField(default=False)),
                ("since", models.DateField()),
                ("until", models.DateField()),
                (
                    "revoked_on",
                    models.DateField(blank=True, help_text="First day on which it no longer holds", null=True),
                ),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="delegations", to="registry.agency"
                    ),
                ),
                (
                    "giver",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="delegations_given",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "taker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="delegations_taken",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["taker_id", "since", "id"],
                "indexes": [models.Index(fields=["taker", "until"], name="delegation_taker")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("giver", models.F("taker")), _negated=True), name="delegation_two_people"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("until__isnull", True), ("until__gte", models.F("since")), _connector="OR"),
                        name="delegation_dates_ordered",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DutyDone",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("duty", models.CharField(max_length=40)),
                ("due_on", models.DateField()),
                ("done_at", models.DateTimeField()),
                (
                    "note",
                    models.CharField(
                        blank=True, default="", help_text="Where it can be found: number of the report", max_length=500
                    ),
                ),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="duties_done", to="registry.agency"
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["due_on", "pk"],
                "constraints": [models.UniqueConstraint(fields=("agency", "duty", "due_on"), name="duty_done_once")],
            },
        ),
        migrations.CreateModel(
            name="Contact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100)),
                ("position", models.CharField(blank=True, default="", max_length=100)),
                ("phone", models.CharField(blank=True, default="", max_length=60)),
                ("email", models.EmailField(blank=True, default="", max_length=254)),
                ("since", models.DateField()),
                ("until", models.DateField(blank=True, null=True)),
                (
                    "event",
                    models.CharField(
                        blank=True, default="", help_text="Digest of the event that entered it", max_length=64
                    ),
                ),
                (
                    "enterprise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="contacts", to="registry.enterprise"
                    ),
                ),
            ],
            options={
                "ordering": ["enterprise_id", "since", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("until__isnull", True), ("until__gte", models.F("since")), _connector="OR"),
                        name="contact_dates_ordered",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="EnterpriseAssociation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("since", models.DateField()),
                ("until", models.DateField(blank=True, null=True)),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="member_enterprises",
                        to="registry.agency",
                    ),
                ),
                (
                    "enterprise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="associations",
                        to="registry.enterprise",
                    ),
                ),
            ],
            options={
                "ordering": ["agency_id", "enterprise_id", "since", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("until__isnull", True)),
                        fields=("enterprise", "agency"),
                        name="association_open_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("until__isnull", True), ("until__gte", models.F("since")), _connector="OR"),
                        name="association_dates_ordered",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="EnterpriseMember",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "capacity",
                    models.CharField(choices=[("owner", "Owner or principal"), ("agent", "Agent")], max_length=8),
                ),
                ("powers", models.JSONField(blank=True, default=list)),
                ("matters", models.JSONField(blank=True, default=list)),
                ("wording", models.CharField(blank=True, default="", max_length=1000)),
                (
                    "claimed",
                    models.BooleanField(
                        default=False, help_text="By the person's own word, which no officer has confirmed yet"
                    ),
                ),
                ("since", models.DateField()),
                ("until", models.DateField(blank=True, null=True)),
                (
                    "enterprise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="members", to="registry.enterprise"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="enterprises",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["enterprise_id", "since", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("until__isnull", True)),
                        fields=("person", "enterprise", "capacity"),
                        name="enterprise_member_open_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("capacity__in", ["owner", "agent"])), name="enterprise_capacity_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("capacity", "agent"), _negated=True), ("until__isnull", False), _connector="OR"
                        ),
                        name="enterprise_agent_bounded",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("until__isnull", True), ("until__gte", models.F("since")), _connector="OR"),
                        name="enterprise_member_dates_ordered",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ErasureRequest",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("what", models.JSONField()),
                ("asked_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "Waiting for a decision"), ("refused", "Refused"), ("erased", "Erased")],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("ground", models.CharField(blank=True, default="", max_length=32)),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "enterprise",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.enterprise",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-asked_at"],
                "indexes": [
                    models.Index(condition=models.Q(("state", "waiting")), fields=["asked_at"], name="erasure_waiting")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("enterprise__isnull", True), ("person__isnull", True), _connector="XOR"),
                        name="erasure_of_one_subject",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FormerCode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=30)),
                ("until", models.DateField(blank=True, help_text="Last day on which it held, if known", null=True)),
                (
                    "enterprise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="former_codes",
                        to="registry.enterprise",
                    ),
                ),
            ],
            options={
                "ordering": ["enterprise_id", "code"],
                "constraints": [models.UniqueConstraint(fields=("enterprise", "code"), name="former_code_once")],
            },
        ),
        migrations.CreateModel(
            name="IdempotentAnswer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=100)),
                ("request_digest", models.CharField(max_length=64)),
                ("status", models.PositiveSmallIntegerField()),
                ("body", models.TextField()),
                ("created_at", models.DateTimeField(db_index=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("person", "key"), name="idempotent_answer_once")],
            },
        ),
        migrations.CreateModel(
            name="MatchKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.BigIntegerField()),
                (
                    "enterprise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="match_keys", to="registry.enterprise"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("key", "enterprise"), name="match_key_once")],
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("intake", "Intake officer"),
                            ("handler", "Handler"),
                            ("lead", "Lead"),
                            ("supervisor", "Supervisor"),
                            ("liaison", "Liaison officer"),
                            ("admin", "System administrator"),
                            ("security", "Security administrator"),
                            ("audit", "Audit administrator"),
                        ],
                        max_length=16,
                    ),
                ),
                ("since", models.DateField()),
                ("until", models.DateField(blank=True, null=True)),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="memberships", to="registry.agency"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["agency_id", "role", "since", "id"],
                "indexes": [models.Index(fields=["agency", "role"], name="membership_agency_role")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("until__isnull", True)),
                        fields=("person", "agency", "role"),
                        name="membership_open_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "role__in",
                                ["intake", "handler", "lead", "supervisor", "liaison", "admin", "security", "audit"],
                            )
                        ),
                        name="membership_role_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("until__isnull", True), ("until__gte", models.F("since")), _connector="OR"),
                        name="membership_dates_ordered",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AdoptedRegime",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("since", models.DateField()),
                ("until", models.DateField(blank=True, null=True)),
                ("adopted_at", models.DateTimeField()),
                ("evidence", models.JSONField(blank=True, default=dict)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "text",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="adoptions", to="registry.regimetext"
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("until__isnull", True), ("until__gte", models.F("since")), _connector="OR"),
                        name="adopted_regime_dates_ordered",
                    )
                ],
            },
        ),
    ]
