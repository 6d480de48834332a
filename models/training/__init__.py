"""Data sets, augmentation, fitting, export and quantisation. Needs the [train] extra."""
