"""A store that speaks S3: files are fetched, hashed, and refused without telling a secret."""

import hashlib

import boto3
import pytest
from servers import declare, refused, s3  # noqa: F401 (a fixture)

from pmlib.data import place

STORAGE = 'storage = {{ key = "${{S3_KEY}}", secret = "${{S3_SECRET}}", endpoint_url = "{}" }}\n'


@pytest.fixture
def market(s3, monkeypatch):  # noqa: F811
    """A bucket, and the settings that lead to it."""
    monkeypatch.setenv("S3_KEY", "AKIACANARY")
    monkeypatch.setenv("S3_SECRET", "canary/+secret")
    client = boto3.client(
        "s3", endpoint_url=s3, region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="y"
    )
    client.create_bucket(Bucket="market")
    return client, STORAGE.format(s3)


def test_a_file_is_fetched_and_its_change_is_seen(market, tmp_path):
    client, storage = market
    client.put_object(Bucket="market", Key="a/new sales.csv", Body=b"firm\nAcme\n")
    table = declare(tmp_path, storage + 'url = "s3://market/a/new sales.csv"')
    with place.opened(tmp_path, "sales", table) as opened:
        ((file, name),) = opened.files
        assert (file.name, name) == ("new sales.csv", "s3://market/a/new sales.csv")
        assert file.read_bytes() == b"firm\nAcme\n"
    assert opened.sha256 == hashlib.sha256(b"firm\nAcme\n").hexdigest() == place.digest(tmp_path, "sales")
    client.put_object(Bucket="market", Key="a/new sales.csv", Body=b"firm\nBolt\n")
    assert place.digest(tmp_path, "sales") not in (opened.sha256, "missing")
    client.delete_object(Bucket="market", Key="a/new sales.csv")
    assert place.digest(tmp_path, "sales") == "missing"


REFUSED = {
    "s3://market/no.csv": "is not there",
    "s3://no-such-bucket/x.csv": "is not there",
    "s3://market/*.csv": "is not there",
    "s3://market": "cannot be fetched (ParamValidationError",
}


@pytest.mark.parametrize("url", REFUSED)
def test_what_is_not_there_is_refused(market, tmp_path, url):
    table = declare(tmp_path, f'{market[1]}url = "{url}"')
    with refused() as said, place.opened(tmp_path, "sales", table):
        pass
    assert said[0].startswith(f"{url} {REFUSED[url]}")


def test_a_store_out_of_reach_is_refused_without_the_secret(market, tmp_path):
    table = declare(tmp_path, STORAGE.format("http://127.0.0.1:1") + 'url = "s3://market/${S3_SECRET}.csv"')
    with refused() as said, place.opened(tmp_path, "sales", table):
        pass
    assert "s3://market/${S3_SECRET}.csv cannot be fetched (EndpointConnectionError" in said[0]
    assert "canary" not in said[0].lower()
