"""The doctor's facts as one JSON document, versioned by its `schema`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from migrator.featurebase import Directory, KeySeen
from migrator.reports.doctor_text import KEEP_PAUSED, PAUSE_BEFORE
from migrator.runner.doctor import Diagnosis
from migrator.runner.findings import Finding, is_healthy
from migrator.runner.learnt import Learnt, Probed
from migrator.runner.lessons import lessons, options_to_use

DOCTOR_SCHEMA = "migrator.doctor/1"


def doctor_document(diagnosis: Diagnosis, probed: Probed | None = None) -> dict[str, object]:
    """Every fact that was found. `learnt` is null without a probe; its nulls are what nobody could tell."""
    taught = lessons(probed) if probed else ()
    return {
        "schema": DOCTOR_SCHEMA,
        "healthy": is_healthy((*diagnosis.findings, *taught)),
        "address": diagnosis.address,
        "version": diagnosis.version,
        "keys": [_key(each) for each in diagnosis.keys],
        "clock_offset_s": round(diagnosis.offset_s, 1),
        "workspace": {
            **_lists(diagnosis.directory),
            "companies": {"count": diagnosis.companies, "more": diagnosis.more_companies},
        },
        "checks": _findings(diagnosis.findings),
        "pause_before": list(PAUSE_BEFORE),
        "keep_paused": list(KEEP_PAUSED),
        "learnt": _learnt(probed.learnt) if probed else None,
        "lessons": _findings(taught),
        "left_behind": [asdict(each) for each in probed.left_behind] if probed else [],
        "contact": probed.contact if probed else "",
        "use": list(options_to_use(probed.learnt)) if probed else [],
    }


def _findings(findings: Sequence[Finding]) -> list[dict[str, object]]:
    return [asdict(each) for each in findings]


def _key(key: KeySeen) -> dict[str, object]:
    return {"accepted": key.accepted, **asdict(key.allowance)}


def _lists(directory: Directory) -> dict[str, object]:
    """The lists with their ids; of admins no addresses, which nobody needs here."""
    return {
        "categories": [
            {"id": each.id, "name": each.name, "kind": each.kind} for each in directory.categories
        ],
        "statuses": [asdict(each) for each in directory.statuses],
        "fields": [asdict(each) for each in directory.fields],
        "admins": {
            "count": len(directory.admins),
            "without_email": sum(not each.email for each in directory.admins),
        },
    }


def _learnt(learnt: Learnt) -> dict[str, object]:
    facts = asdict(learnt)
    return {**facts, **facts.pop("messages")}
