"""Public sets of mammograms, each read in the layout its authors published."""
