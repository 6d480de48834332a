"""The studies page's desk, jobs and routes."""
