"""Radiomic features by IBSI definitions, in parity with pyradiomics; numpy and OpenCV only."""
