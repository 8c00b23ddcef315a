"""Every sample is recognised as what it is, whatever its files are called, and by nobody else."""

import shutil

import pytest

from migrator.readers.blobs import OnDisk
from migrator.readers.helpdesks import TABLES, TREES
from migrator.readers.json_shape import look_at
from tests.conftest import ROOT
from tests.readers.support import opened

RELATED = {"freshservice": {"freshdesk"}}
"""Who may be claimed by whom as well: the more particular reader is asked first."""
SAMPLES = sorted(path for path in (ROOT / "samples").iterdir() if path.is_dir() and path.name != "helpdesk")


def is_of(sample, helpdesk):
    """`servicenow-json` is an export of ServiceNow."""
    return f"{sample.name}-".startswith(f"{helpdesk}-")


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.name)
def test_a_sample_is_recognised_as_what_it_is(sample):
    source = opened(sample)
    assert is_of(sample, source.helpdesk)
    assert source.why


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.name)
def test_the_names_of_files_do_not_matter(sample, tmp_path):
    for number, path in enumerate(sorted(sample.iterdir())):
        shutil.copy(path, tmp_path / f"download ({number}){path.suffix}")
    assert is_of(sample, opened(tmp_path).helpdesk)


def test_a_home_made_table_is_nobodys():
    assert opened(ROOT / "samples" / "helpdesk" / "tickets.csv").helpdesk == ""


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.name)
def test_no_other_helpdesk_claims_a_sample(sample):
    """The order in which readers are asked must not decide whose export something is."""
    files = [look_at(OnDisk(path)) for path in sorted(sample.iterdir()) if path.suffix == ".json"]
    source = opened(sample)
    claims = {each.product or each.name for each in TREES if files and each.recognise(files)}
    claims |= {
        each.product or each.name for each in TABLES if source.columns and each.recognise(source.columns)
    }
    assert claims <= {source.helpdesk} | RELATED.get(source.helpdesk, set())
