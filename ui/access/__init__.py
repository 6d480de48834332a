"""Who may do what, and what a request must pass first."""
