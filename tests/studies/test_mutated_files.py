import json
import logging
import random
import warnings
from pathlib import Path

import pydicom

from senoscope.studies.quality.study_quality import quality_of
from tests.studies.study_builders import read

SAMPLES = Path(pydicom.__file__).parent / "data" / "test_files"
LARGEST = 300_000


def mutated(chance: random.Random, content: bytes) -> bytes:
    """Cut off, flipped, shortened or lengthened, most often in the header."""
    changed = bytearray(content)
    at = chance.randrange(132, min(len(changed), 3000))
    length = chance.randrange(1, 50)
    match chance.randrange(4):
        case 0:
            del changed[chance.randrange(len(changed)) :]
        case 1:
            for _ in range(length):
                changed[chance.randrange(132, min(len(changed), 4000))] = chance.randrange(256)
        case 2:
            del changed[at : at + length]
        case _:
            changed[at:at] = chance.randbytes(length)
    return bytes(changed)


def test_each_of_a_thousand_mutated_files_is_read_or_left_out_with_a_line(tmp_path: Path) -> None:
    logging.disable(logging.CRITICAL)
    chance = random.Random(7)
    samples = [each for each in sorted(SAMPLES.glob("*.dcm")) if each.stat().st_size < LARGEST]
    assert len(samples) > 50
    outcomes = {"read": 0, "left out": 0}
    try:
        for _ in range(1000):
            path = tmp_path / "mutated"
            path.write_bytes(mutated(chance, chance.choice(samples).read_bytes()))
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                studies, left_out = read(path)
            for study in studies:
                json.dumps(quality_of(study, left_out).as_json())
            assert sum(len(study.images) for study in studies) + len(left_out) == 1
            outcomes["left out" if left_out else "read"] += 1
    finally:
        logging.disable(logging.NOTSET)
    assert min(outcomes.values()) > 100
