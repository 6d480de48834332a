"""What a reading of breast MRI becomes: segments and maps of the volume, and what is measured."""
