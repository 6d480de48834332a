"""Wrong uses of every command: exit status 2, one sentence, no traceback, nothing written."""

from __future__ import annotations

import socket
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from tests.studies.network.orthanc import free_port
from tests.ui.commands.test_command_line import commands, run

WRONG_USES = """
live --source no-such-file.mp4
live --source text.txt
live --source empty
live --headless --frames 1 --source text.txt
live --port {busy}
live --password short
live --host 0.0.0.0
live --headless --frames 1 --source phantom --report full
live --frames 3
live --headless --frames -1
live --rate 0
live --rate nan
live --igtl-out -4
live --prevalence 1.5
live --engine openvino-int3
live --engine server-int8
live --tls-certificate no-such.pem --tls-key no-such.pem
live --room Doe^Jane
rooms --store nonsense
rooms --folder no-such
doctor --bundle full
doctor --bundle text.txt/new.zip
engines extra
gallery --data no-such --folder new
gallery --data empty --folder full
bench engines --runs -1
bench loop --frames -1
bench loop --rate -5
bench loop --engine none
bench loop --engine server-fp32
bench engines --report full
bench loop --report full
bench peers --report full
bench peers --frames -1
calibrate latency
calibrate latency --source no-such.mp4
calibrate latency --loopback --delay -5
calibrate latency --loopback --pictures -5
calibrate latency --loopback --patience -5
calibrate latency --loopback --port {busy}
calibrate repeatability --source no-such.mp4
calibrate repeatability --frames -1
calibrate repeatability --every 0
calibrate repeatability --scan-area 1,2
calibrate probability
calibrate probability no-such.csv
calibrate probability text.txt
calibrate probability --back
evaluate suitability --bus-bra no-such --busi no-such
evaluate suitability --bus-bra empty --busi empty
evaluate sweep --sweeps -1
evaluate sweep --seconds -1
evaluate sweep --bus-bra no-such
evaluate ultrasound --data empty --layout busi --report x.json
evaluate ultrasound --data no-such --layout bus-bra --report x.json
evaluate ultrasound --data empty --layout pdf --report x.json
evaluate mammogram-words --report full
evaluate mammography-network --data empty --layout mias --model empty --report x.json
evaluate mammography-network --data empty --layout pdf --model empty --report x.json
evaluate density --data no-such --layout images+csv --report x.json
evaluate density --data empty --layout images+csv --report x.json
evaluate density --data empty --layout pdf --report x.json
evaluate descriptors --data no-such --table no-such.csv --report x.json
evaluate descriptors --data empty --table text.txt --report x.json
compare ultrasound --data no-such
compare segmentation --data no-such
compare tables --docs no-such
train unet --data no-such
train unet-classic --data no-such
train googlenet --data no-such
train alexnet --data no-such
train vgg19 --data no-such
train resnet18 --data no-such
train int8 --data no-such
train int8 --data empty --package empty
train unet --data empty
train googlenet --data text.txt
train cadx --data no-such
train cade --data no-such
train density --breasts 1
train mammography-cade --exams 2
train mammography-network --data no-such --layout mias --network resnet --model new --run new2
train mammography-network --data empty --layout mias --network vgg --model new --run new2
evaluate mammography-cade --report x.json --exams 1
simulate mammograms --out new --exams 0
simulate mammograms --out text.txt --exams 1
evaluate tomosynthesis-cade --report x.json --work y.jsonl --breasts 1
train tomosynthesis-cade --work new --breasts 2
evaluate bcs-dbt --data empty --report x.json
evaluate bcs-dbt --data empty --cade --report x.json
evaluate bcs-dbt --data empty --predictions text.txt --report x.json
evaluate dce --data no-such.csv --model tofts --report x.json
evaluate dce --data text.txt --model tofts --report x.json
evaluate dce --data text.txt --model kety --report x.json
evaluate tomosynthesis-network --model empty --report x.json
train tomosynthesis-network --data empty --model m --run r
evaluate mama-mia --data no-such --report x.json
evaluate mama-mia --data empty --report x.json
evaluate mama-mia --data empty --report x.json --network empty
evaluate breast-mri-lesions --report x.json --run new --women 1
evaluate breast-mri-lesions --report x.json --run new --model text.txt
train breast-mri-network --data empty --model m --run r
train breast-mri-network --data empty --model m --run r --target liver
train breast-mri-lesions --model x.json --run new --women 2
simulate mama-mia --out text.txt
simulate mama-mia --out new --exams 0
simulate breast-mri text.txt
simulate breast-mri new --exams 0
simulate breast-mri new --layout jpeg
simulate breast-mri new --orientation coronal
simulate breast-mri new --side both-of-them
simulate breast-mri new --phases 1
simulate breast-mri new --motion-mm 100
simulate breast-mri new --voxel-mm 0.01
simulate risk-cohort full
simulate risk-cohort text.txt
simulate risk-cohort new --women 3
simulate risk-cohort new --missing 2
simulate risk-cohort new --gaps never
train risk no-such --model x.json
train risk empty --model x.json
evaluate risk no-such --report x.json
evaluate risk empty --report x.json
evaluate risk empty --report full
simulate tomosynthesis --out new --cases 0
simulate tomosynthesis --out new --cases 1 --dose enormous
simulate tomosynthesis --out new --cases 1 --views LM
simulate tomosynthesis --out new --cases 1 --views CC,CC
simulate tomosynthesis --out text.txt --cases 1
study quality no-such
study quality text.txt
study quality empty
study quality text.txt/no-such
study read no-such --out new
study read text.txt --out new
study read empty --out new
study read empty --out full
study read text.txt --out new --prevalence 2
study read text.txt --out new --language fr
study read text.txt empty --out new
study read text.txt --out new --again
study read no-such --cluster local
study read text.txt --cluster local --language zh-CN
study read text.txt --cluster nowhere
study read text.txt --cluster 127.0.0.1:{free}
study set-aside --folder no-such
study deidentify no-such --out new
study deidentify empty --out full
study wrap no-such --out new
study wrap empty --out new
study wrap text.txt --out new
study wrap empty --out full
study wrap empty --out new --spacing 0
store check --store nonsense
store check --folder no-such
store check --head nonsense
store backup full
store backup text.txt/new.zip
store restore no-such.zip
store restore text.txt
store rollback
store rollback --to 0003
store retain --older-than -3
store delete-patient nobody
store delete-patient nobody --really
store search --state lost
store search --limit -1
models export full
models export text.txt
models export full --again
models export new --back-end openvino --for offline
models export new --precision fp16
models export new --instances 0
models export new --package empty
models export new --layout flat
pacs echo nowhere
pacs echo nowhere --pacs text.txt
pacs send no-such.dcm --to nowhere
pacs find --to nowhere
pacs find --to nowhere --most -1
pacs fetch 1.2.3 --from nowhere --out new
pacs receive --port {busy} --out empty
pacs receive --port {busy} --out new
pacs receive --port -1 --out new
pacs receive --port {free} --out text.txt/new
proof log --out log.csv
proof log --out full
proof log --out no-such/log.csv
proof log --out log.csv --folder no-such
proof log --out log.csv --store nonsense
proof pathology --csv no-such.csv
proof pathology --csv text.txt
proof pathology --csv empty
proof study --log no-such.csv --report x.json
proof study --log text.txt --report x.json
proof study --log empty --report x.json
proof study --log text.txt --report x.json --csv full
proof study --log text.txt --report x.json --reference 10
proof replay --scores no-such.csv --out x.csv
proof replay --scores text.txt --out x.csv
proof replay --scores empty --out x.csv
proof replay --scores text.txt --out x.csv --shift 9
risk bcrat --csv no-such.csv --report x.json
risk bcrat --csv text.txt --report x.json
risk bcrat --csv empty --report x.json
risk bcrat --csv text.txt --report x.json --out text.txt
risk woman
risk woman --age 19
risk woman --age 45 --years 60
risk woman --age 45 --years nan
risk woman --age nan
risk woman --age 45 --race blue
risk woman --age 45 --menarche 46
risk woman --age 45 --first-birth never
risk woman --age 45 --biopsies 0 --atypia
risk woman --age 45 --biopsies -1
risk woman --age 45 --outside text.txt
risk woman --facts no-such.json
risk woman --facts text.txt
risk woman --facts empty
risk canrisk-file --csv no-such.csv --out new.txt
risk canrisk-file --csv text.txt --out new.txt
risk canrisk-file --csv empty --out new.txt
account add who --role boss
account add a/b --role reader
account remove nobody
account password nobody
account list extra
"""
LINES = WRONG_USES.strip().splitlines()


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the command runs: a file that is no picture, an empty folder and one that is not."""
    for kind in ("config", "data", "cache", "state"):
        monkeypatch.setenv(f"XDG_{kind.upper()}_HOME", str(tmp_path / kind))
    work = tmp_path / "work"
    (work / "empty").mkdir(parents=True)
    (work / "full").mkdir()
    (work / "full" / "kept.txt").write_text("kept")
    (work / "text.txt").write_text("no picture")
    monkeypatch.chdir(work)
    return work


def test_every_command_has_a_wrong_use() -> None:
    leaves = {name.removeprefix("senoscope ") for name, each in commands() if not subs(each)}
    tried = {name for name in leaves for line in LINES if f"{line} ".startswith(f"{name} ")}
    assert tried == leaves


def subs(command: Any) -> dict[str, Any]:
    return dict(getattr(command, "commands", {}))


@pytest.mark.parametrize("line", LINES)
def test_a_wrong_use_is_told_at_once_and_writes_nothing(
    line: str, work: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def late(*_: object) -> None:
        raise AssertionError("It went to work before it looked at what was given.")

    monkeypatch.setattr("senoscope.ui.engine_record.new_trials", late)
    monkeypatch.setattr("senoscope.ui.commands.live_command._serve", late)
    monkeypatch.setattr(sys, "stdin", StringIO())
    before = sorted(work.rglob("*"))
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        status = run(monkeypatch, *line.format(busy=port, free=free_port()).split())
    said = capfd.readouterr().err
    assert status == 2, said
    assert is_one_sentence(said), said
    assert sorted(work.rglob("*")) == before


def is_one_sentence(said: str) -> bool:
    """Of Senoscope itself, or of the command line's own box, which stands after the usage."""
    if said.startswith("Usage: senoscope"):
        return "Error" in said
    return said.startswith("senoscope: ") and said.count("\n") == 1
