"""The PACS on the other side: sending, searching, fetching and receiving."""
