"""What each status and each problem code means, in words for somebody who has never seen them.

The problem itself carries its message and its way out for one row; here stands what all rows with
that code have in common. `tests/reports/test_meanings.py` holds this table and the code base together.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from migrator.model import Status

STATUS_MEANINGS: Mapping[Status, str] = MappingProxyType(
    {
        Status.CREATED: "in, with everything that belongs to it",
        Status.UPDATED: "in, and brought up to date",
        Status.UNCHANGED: "in, and the export says nothing new",
        Status.SKIPPED: "left out by your rules",
        Status.REJECTED: "not sent: something must be corrected first",
        Status.FAILED: "sent, and refused by Featurebase",
        Status.IN_DOUBT: "sent, and no answer came: looked for before anything is sent again",
        Status.PENDING: "not sent yet",
    }
)

REASON_FORGOTTEN = "why is not known any more: `forget` dropped it with the personal data"
"""Stands where a ledger gives no reason for a row that is not in."""

ANSWER_MEANINGS: Mapping[str, str] = MappingProxyType(
    {
        "200": "done",
        "201": "created",
        "202": "taken in, to be done",
        "204": "done",
        "400": "the request was refused as it is",
        "401": "the key was not accepted",
        "403": "the key may not do this",
        "404": "not there",
        "408": "took too long",
        "409": "in conflict with something else",
        "413": "too large",
        "422": "the values were refused",
        "429": "too many requests: waited for, and sent again",
        "500": "a fault in Featurebase",
        "502": "a fault on the way",
        "503": "not available just then",
        "504": "no answer in time",
    }
)
"""What an HTTP status means for a migration."""

MEANINGS: Mapping[str, str] = MappingProxyType(
    {
        # the export itself
        "broken-quote": "A quotation mark stands where a table cannot have one, so that cells may be torn.",
        "damaged-text": "Letters are broken in the export already, as by a wrong encoding when it was saved.",
        "digits-lost": "A spreadsheet has rounded a long number, so that its last digits are gone.",
        "duplicate-json-key": "The same key stands twice in one record; the last one counts.",
        "error-cell": "A cell holds a spreadsheet error such as #N/A; it is read as blank.",
        "formula-without-value": "A cell holds a formula whose result was never saved; it is read as blank.",
        "lone-surrogate": "A character was cut in half; a replacement sign stands in its place.",
        "not-a-date": "A cell is shown as a date, and its number is none; the number itself is read.",
        "not-an-object": "A record is not made of names and values, so that nothing can be found in it.",
        "nul-character": "A row holds characters that no text has, as in a damaged or cut file.",
        "private-description": "A ticket began with a private note, and is brought with that as a note.",
        "row-too-long": "A row has more cells than there are columns; values may stand in the wrong ones.",
        "row-too-short": "A row has fewer cells than there are columns; values may stand in the wrong ones.",
        "too-deeply-nested": "A record is nested deeper than any ticket is, so that it is not read.",
        # the ticket's own id
        "duplicate-key": "Two rows claim the same ticket number; only the first of them can be moved.",
        "key-digits-lost": "A spreadsheet turned a ticket's own number into something like 1.23E+15.",
        "key-missing": "A row has no ticket number of its own, so that it could not be recognised later.",
        # what the mapping makes of a value
        "boolean-unreadable": "A value that should say yes or no says neither.",
        "markup-unknown": "A text says of itself that it is written in a markup that nobody knows.",
        "not-a-text": "The mapping asks for a text where the export has an object with several parts.",
        "number-unreadable": "A value that should be a number is none.",
        "several-values": "The export has several values where only one can be used.",
        "template-failed": "A template of the mapping could not be filled in from this row.",
        "text-damaged": "A text holds half a character; a replacement sign stands in its place.",
        "requester-is-agent": "Of a ticket only the agent who entered it is known, who became its author.",
        "requester-unknown": "Who wrote a ticket is a number that no list of people explains.",
        "text-too-long": "A text is longer than the mapping's rules can work on.",
        "value-missing": "A value is blank, and the mapping says that it must not be.",
        "value-unmapped": "The export uses a value that the mapping file says nothing about.",
        # a newer export, or rows that come back
        "cannot-update": "Something changed in the export that Featurebase cannot change in a ticket.",
        "not-to-correct": "A row was given back that is not among those to be corrected.",
        "not-updated": "Something changed in the export, and stays as it is until --update is given.",
        # title, content, author
        "author-email-invalid": "The author's address is not an e-mail address.",
        "author-is-admin": "The author's address belongs to one of your own team in Featurebase.",
        "author-missing": "Nothing in the row says who wrote the ticket.",
        "author-name-too-long": "The author's name is longer than Featurebase accepts.",
        "author-user-id-too-long": "The author's own id is longer than Featurebase accepts.",
        "body-large": "A ticket is unusually large; sending it takes longer than others.",
        "body-too-large": "A ticket is larger than Featurebase accepts.",
        "html-cleaned": "Something unsafe or out of reach was taken out of a formatted text.",
        "html-too-deep": "A formatted text is nested deeper than any that a person wrote.",
        "picture-invalid": "The author's picture is not a web address; it is left out.",
        "privacy-unknown": "Nothing says whether a message was public, so that it is kept private.",
        "title-long": "A ticket's subject is very long, and Featurebase may refuse it.",
        "title-missing": "A ticket has no subject.",
        "title-too-short": "A ticket's subject is shorter than the two characters that Featurebase demands.",
        # dates
        "created-at-invalid": "The moment at which a ticket was created cannot be told.",
        "date-ambiguous": "A date can be read with the day first or with the month first.",
        "date-out-of-range": "A date lies so far in the past or the future that it cannot be meant.",
        "date-unreadable": "A value that should be a date is none that the mapping knows how to read.",
        "time-ambiguous": "A time happened twice, when clocks were set back; the earlier one is taken.",
        "time-nonexistent": "A time never happened, as clocks were set forward; the hour after it is taken.",
        "timezone-missing": "A time has no zone, so that the moment it means is not known.",
        "timezone-unknown": "A row names a time zone that does not exist.",
        # what the workspace knows
        "assignee-ambiguous": "Several people of the workspace have the name that a ticket is assigned to.",
        "assignee-fallback": "The workspace has nobody by that name; the mapping says what happens then.",
        "category-ambiguous": "Several categories of the workspace have that name.",
        "category-fallback": "The workspace has no such category; the mapping says which is taken instead.",
        "company-ambiguous": "Several companies of the workspace have that name.",
        "company-fallback": "The workspace has no such company; the mapping says what happens then.",
        "status-ambiguous": "Several statuses of the workspace have that name.",
        "status-fallback": "The workspace has no such status; the mapping says which is taken instead.",
        "assignee-unknown": "The workspace has nobody by the name or address that a ticket is assigned to.",
        "category-missing": "Nothing says which category a ticket belongs to.",
        "category-unknown": "The workspace has no ticket category of that name.",
        "company-unknown": "The workspace has no company of that name.",
        "status-by-stage": "No status has that name; the one that means the same stage of work is taken.",
        "status-unknown": "The workspace has no ticket status of that name.",
        # custom fields and files
        "field-ambiguous": "Several ticket fields of the workspace have that name.",
        "file-refused": "Featurebase refused files; each is named and linked in the text instead.",
        "image-on-old-helpdesk": "A picture in a text lies on the old helpdesk, and goes when that goes.",
        "option-ambiguous": "Several choices of a selection field have that name.",
        "option-fallback": "A selection field does not offer that value; the mapping says what happens then.",
        "checkbox-invalid": "A field that is ticked or not was given something else than yes or no.",
        "field-date-invalid": "A date field was given something that is no date.",
        "field-not-attached": "A field exists, but the ticket's category does not show it.",
        "field-required": "The workspace wants a field filled in that the export leaves blank.",
        "field-too-long": "A field was given more than it can hold.",
        "field-twice": "The mapping fills the same field twice.",
        "field-type": "A field was given something that its type cannot hold.",
        "field-unknown": "The workspace has no ticket field of that name.",
        "file-blocked": "A file is a program or a script, which Featurebase does not accept.",
        "file-changed": "A file of the export is not the one any more that was checked; it was not sent.",
        "file-expired": "In the place of a file there is a web page, such as a login.",
        "file-forbidden": "A file is only given to those who log in, so that Featurebase cannot fetch it.",
        "file-gone": "A file is not at its address any more.",
        "file-insecure": "A file's address does not begin with https, so that Featurebase cannot fetch it.",
        "file-missing": "The export names a file that it does not bring along.",
        "file-of-private-message": "A private message's file was kept out of a field that customers may see.",
        "file-only-linked": "A file found no field and no note to travel with, and is only linked.",
        "file-outside-export": "The export names a file outside of itself; such files are never read.",
        "file-too-large": "A file is larger than Featurebase accepts.",
        "file-unfetched": "A file that Featurebase cannot download could not be fetched for it either.",
        "file-unreachable": "The server that has a file does not give it.",
        "file-unreadable": "A file of the export is damaged, or may not be read.",
        "file-without-address": "The export names a file, and does not say where it is; it is only named.",
        "file-without-field": "A file must be uploaded, and the workspace has no field that takes it.",
        "file-without-room": "A ticket has more files to upload than its fields take.",
        "files-in-a-change": "Files of several fields follow in a second request.",
        "files-single": "A field that holds one file was given several; the others go elsewhere.",
        "files-too-many": "A field was given more files than it can take; the others go elsewhere.",
        "number-decimal-comma": "A number is written with a comma where Featurebase wants a point.",
        "number-digits-lost": "A number has more digits than a number field can keep.",
        "number-invalid": "A number field was given something that is no number.",
        "number-leading-zeros": "A number begins with zeros, which a number field does not keep.",
        "option-unknown": "A selection field of the workspace does not offer that value.",
        # the thread
        "author-placeholder": "Nothing tells who wrote; a placeholder stands in, the text names them.",
        "thread-in-content": "There was no conversation, so the messages became part of the ticket's text.",
        "agent-fallback": "An agent is not in the workspace; another speaks, and the text names the author.",
        "agent-unknown": "A message is from somebody who is not in the workspace, and nobody may stand in.",
        "agent-unchecked": "Whether the workspace knows an agent was not checked.",
        "fallback-agent-ambiguous": "Several admins have the name of the one who shall stand in.",
        "fallback-agent-unknown": "The workspace has no such admin to stand in for agents who have left.",
        "notes-only-category": "Such a ticket has no customer to talk to, so public messages become notes.",
        "reply-author-email-invalid": "A message's author has an unusable address; another speaks for them.",
        "reply-author-missing": "A message has no author with an address; another speaks for them.",
        "reply-undated": "Messages carry no date of their own; they get the date of what came before them.",
    }
)


def meaning(code: str, message: str) -> str:
    """What a code means; for one that nobody has described, the message of its first problem."""
    return MEANINGS.get(code, message)


def why_left_out(what: str) -> str:
    """Why something that the export has does not come over, by the name under which it is counted."""
    if what.startswith("field "):
        return "the workspace has no such field, and the mapping says that it may be left out"
    if what.endswith(" without a match"):
        return "the workspace does not know the value, and the mapping says that it may be left out"
    return LEFT_OUT.get(what, "see the warnings of its rows in results.csv")


LEFT_OUT: Mapping[str, str] = MappingProxyType(
    {
        "author picture": "it has no web address",
        "files": "they cannot travel; each is named in its ticket's text or in a warning",
    }
)
