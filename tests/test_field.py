"""The field report: its pages are what its data says, and archives are unpacked as they should be."""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from benchmarks import archives, field
from benchmarks.comparison import renewed
from benchmarks.field import Finding, Package


def test_pages_are_what_the_records_say() -> None:
    made = field.blocks(field.packages(), field.findings())
    for name in field.PAGES:
        text = (field.ROOT / name).read_text(encoding="utf-8")
        assert renewed(text, made) == text, f"{name} is stale; `python -m benchmarks.field --write` writes it anew"


def test_each_round_stands_in_the_report() -> None:
    report = (field.ROOT / "docs" / "field-report.md").read_text(encoding="utf-8")
    assert all(f"<!-- round {package.round} -->" in report for package in field.packages())


def test_each_finding_has_a_verdict() -> None:
    known = {package.distribution for package in field.packages()}
    found = field.findings()
    assert all(finding.verdict in ("true", "false") and finding.why for finding in found)
    assert {finding.distribution for finding in found} <= known
    assert len({finding[:3] for finding in found}) == len(found)


def test_packages_are_told_apart() -> None:
    known = [archives.normal(package.distribution) for package in field.packages()]
    assert len(set(known)) == len(known)


def test_verdicts_stay_and_what_is_gone_is_told() -> None:
    read = Finding("shop", "VT101", "shop/cart.py:7:5", "true", "awaited in both branches")
    gone = Finding("shop", "VT401", "shop/cart.py:9:5", "false", "a mock")
    new = Finding("shop", "VT103", "shop/cart.py:11:5", "?", "")
    seen = read._replace(verdict="?", why="")
    assert field.compared([seen, new], [read, gone]) == ([read, new], [gone])


def test_tables_of_a_round() -> None:
    known = [Package(1, name, "1.0", f"{name}-1.0.tar.gz", 2, 1000) for name in ("shop", "bank", "mail")]
    found = [Finding("shop", "VT101", f"shop/cart.py:{line}:5", "true", "awaited again") for line in (7, 9)]
    text = field.blocks(known, found)["round 1"]
    assert "3 packages, 6 modules, 3,000 lines: 2 findings." in text
    assert "| shop 1.0 | 2 | 2 | 0 |" in text
    assert "None in bank 1.0 and mail 1.0." in text
    assert "| VT101 | shop | `shop/cart.py:7:5`, `:9:5` | true | awaited again |" in text


FILES: Mapping[str, bytes] = {
    "shop/cart.py": b"import asyncio\n",
    "shop/py.typed": b"",
    "shop/logo.png": b"...",
    "pyproject.toml": b"[project]\n",
    "PKG-INFO": b"Name: shop\nRequires-Dist: Big_Bank>=2; extra == 'all'\nRequires-Dist: mail\n",
}


def _wheel(names: Mapping[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        for name, content in names.items():
            packed.writestr(name, content)
    return file.getvalue()


def _tape(names: Mapping[str, bytes]) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as packed:
        for name, content in names.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            packed.addfile(member, io.BytesIO(content))
    return file.getvalue()


@pytest.mark.parametrize("archive", ["shop-1.0-py3-none-any.whl", "shop-1.0.tar.gz", "shop-1.0.zip"])
def test_sources_are_unpacked(archive: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wheel = archive.endswith(".whl")
    names = {name if wheel else f"shop-1.0/{name}": content for name, content in FILES.items()}
    names["../evil.py" if wheel else "shop-1.0/../../evil.py"] = b"print()\n"
    content = _tape(names) if archive.endswith(".gz") else _wheel(names)
    monkeypatch.setattr(archives, "_fetched", lambda *_: content)
    place = archives.unpacked("shop", archive, tmp_path / "all", "")
    found = {path.relative_to(place).as_posix() for path in place.rglob("*") if path.is_file()}
    assert found == FILES.keys() - {"shop/logo.png"}
    assert not list(tmp_path.rglob("evil.py"))
    assert archives.requirements(place) == {"big-bank", "mail"}


def test_what_is_unpacked_is_not_fetched_again(tmp_path: Path) -> None:
    (tmp_path / "shop-1.0.tar.gz").mkdir()
    assert archives.unpacked("shop", "shop-1.0.tar.gz", tmp_path, "nowhere") == tmp_path / "shop-1.0.tar.gz"
