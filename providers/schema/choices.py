"""Choices of the form. Stages, user groups and functions are those that the registry searches."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.enums import Province
from registry.enums import Function, Stage, UserGroup

UNIT_KINDS = (
    ("enterprise", _("Enterprise")),
    ("school", _("School")),
    ("university", _("University")),
    ("authority", _("Education authority")),
    ("affiliated", _("Affiliated unit")),
    ("social", _("Social organisation")),
)
PROVINCES = tuple(Province.choices)
#: "Primary" alone is also a word of account pages, so the label says more.
STAGES = tuple(
    (value, _("Primary school") if value == "primary" else label) for value, label in Stage.choices
)
USER_GROUPS = tuple(UserGroup.choices)
FUNCTIONS = tuple(Function.choices)

#: Discipline subjects (Beijing notice 2 (2); three foreign languages) and others.
DISCIPLINE_SUBJECTS = (
    ("morality_law", _("Morality and law")),
    ("chinese", _("Chinese language and literature")),
    ("history", _("History")),
    ("geography", _("Geography")),
    ("mathematics", _("Mathematics")),
    ("english", _("Foreign language: English")),
    ("japanese", _("Foreign language: Japanese")),
    ("russian", _("Foreign language: Russian")),
    ("physics", _("Physics")),
    ("chemistry", _("Chemistry")),
    ("biology", _("Biology")),
)
OTHER_SUBJECTS = (
    ("sports_health", _("Sport and health")),
    ("arts", _("Arts (music, fine arts)")),
    ("practice", _("Integrated practice (information technology, labour)")),
    ("other_subject", _("Another subject")),
    ("no_subject", _("No subject (management, communication and the like)")),
)
SUBJECTS = DISCIPLINE_SUBJECTS + OTHER_SUBJECTS
DISCIPLINE_STAGES = ("primary", "junior", "senior")

MLPS_LEVELS = (("1", _("Level 1")), ("2", _("Level 2")), ("3", _("Level 3")), ("4", _("Level 4")))
CHARGES = (("free", _("Free of charge")), ("partly", _("Partly charged")), ("charged", _("Charged")))
REAL_NAME = (
    ("mobile", _("Mobile number")),
    ("id_number", _("Identity number")),
    ("school_account", _("Account issued by the school")),
    ("third_party", _("Verified account of another platform")),
    ("no_accounts", _("The app has no accounts")),
)
COLLECTION_MANNERS = (
    ("entered", _("Entered by the user")),
    ("automatic", _("Collected automatically by the device")),
    ("imported", _("Imported from the school")),
    ("third_party", _("Obtained from a third party")),
)
STORES = (
    ("apple", _("Apple App Store")),
    ("huawei", _("Huawei AppGallery")),
    ("xiaomi", _("Xiaomi app store")),
    ("oppo", _("OPPO app store")),
    ("vivo", _("vivo app store")),
    ("tencent", _("Tencent MyApp")),
    ("website", _("Own website")),
    ("other", _("Another store")),
)
TRAINER_KINDS = (
    ("teacher", _("Teacher (discipline)")),
    ("other", _("Teacher (other)")),
    ("foreign", _("Foreign trainer")),
)
CANCEL_REASONS = (
    ("ended", _("The service has ended")),
    ("merged", _("Merged into another app")),
    ("transferred", _("Transferred to another unit")),
    ("out_of_scope", _("No longer an educational app")),
    ("other", _("Another reason")),
)
CHANGED_PARTS = (
    ("unit", _("The unit")),
    ("system", _("The business system")),
    ("app", _("The app")),
    ("function", _("Functions or content")),
    ("information", _("Personal information collected")),
    ("other", _("Something else")),
)
