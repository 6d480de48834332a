"""How a copy says by which rules it was made: CID 7050 of PS3.16."""

from __future__ import annotations

BASIC, PIXELS, CONTENT, DESCRIPTORS = "113100", "113101", "113104", "113105"
MODIFIED_DATES, CHARACTERISTICS = "113107", "113108"
METHODS = {
    BASIC: "Basic Application Confidentiality Profile",
    PIXELS: "Clean Pixel Data Option",
    CONTENT: "Clean Structured Content Option",
    DESCRIPTORS: "Clean Descriptors Option",
    MODIFIED_DATES: "Retain Longitudinal Temporal Information Modified Dates Option",
    CHARACTERISTICS: "Retain Patient Characteristics Option",
}
"""Of those that are used here, by code."""
