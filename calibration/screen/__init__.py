"""What a grabbed scanner screen says: where the tissue is, and how deep."""
