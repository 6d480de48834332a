"""Breast MRI read by programs a person wrote: tissue, motion, and lesions that take up contrast."""
