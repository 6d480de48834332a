"""The words of the field as frozen types. Imports numpy only."""
