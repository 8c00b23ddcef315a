"""What a mapping file says, and doing it: Records in, Drafts out.

    mapping = load_mapping(path, read_table=read_table)
    survey = mapping.survey()
    for record in records: survey.look(record)
    orders = survey.decide()
    drafts = (apply(record, mapping, orders) for record in records)

`apply` is pure and picklable. No file of an export is opened here, and no id of Featurebase known.
"""

from migrator.mapping.apply import apply
from migrator.mapping.dates import DayMonth
from migrator.mapping.load import ReadTable, load_mapping, load_mapping_text
from migrator.mapping.mapping import Mapping
from migrator.mapping.names import SaidName
from migrator.mapping.rules import Orders
from migrator.mapping.survey import DateEvidence, Survey

__all__ = [
    "DateEvidence",
    "DayMonth",
    "Mapping",
    "Orders",
    "ReadTable",
    "SaidName",
    "Survey",
    "apply",
    "load_mapping",
    "load_mapping_text",
]
