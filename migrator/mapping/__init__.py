"""What a mapping file says, and doing it: Records in, Drafts out.

    mapping = load_mapping(path, read_table=read_table)
    survey = mapping.survey()
    for record in records: survey.look(record)
    orders = survey.decide()
    drafts = (apply(record, mapping, orders) for record in records)

`apply` is pure and picklable. No file of an export is opened here, and no id of Featurebase known.
"""

from migrator.mapping.apply import apply, is_left_out
from migrator.mapping.compose import compose
from migrator.mapping.coverage import Becomes, Coverage, ValueMap, ValueUse, as_written
from migrator.mapping.dates import DayMonth
from migrator.mapping.decided import with_decisions
from migrator.mapping.draft import names_author
from migrator.mapping.draft_columns import PEOPLE_HEADER, PEOPLE_TABLE, DraftColumn, DraftedMapping
from migrator.mapping.file_rules import FilesPlan
from migrator.mapping.load import ReadTable, load_mapping, load_mapping_text
from migrator.mapping.mapping import Mapping
from migrator.mapping.names import SaidName
from migrator.mapping.people_rules import PeoplePlan
from migrator.mapping.prune import prune
from migrator.mapping.readings import Reading, Times, TimesLook
from migrator.mapping.references import References, Rewriter, Target
from migrator.mapping.rules import Orders
from migrator.mapping.schema import mapping_schema
from migrator.mapping.suggest import ColumnFacts, Suggestion, names_a_key, suggest
from migrator.mapping.survey import DateEvidence, Survey
from migrator.mapping.vocabulary import Meaning

__all__ = [
    "PEOPLE_HEADER",
    "PEOPLE_TABLE",
    "Becomes",
    "ColumnFacts",
    "Coverage",
    "DateEvidence",
    "DayMonth",
    "DraftColumn",
    "DraftedMapping",
    "FilesPlan",
    "Mapping",
    "Meaning",
    "Orders",
    "PeoplePlan",
    "ReadTable",
    "Reading",
    "References",
    "Rewriter",
    "SaidName",
    "Suggestion",
    "Survey",
    "Target",
    "Times",
    "TimesLook",
    "ValueMap",
    "ValueUse",
    "apply",
    "as_written",
    "compose",
    "is_left_out",
    "load_mapping",
    "load_mapping_text",
    "mapping_schema",
    "names_a_key",
    "names_author",
    "prune",
    "suggest",
    "with_decisions",
]
