"""What the studies page shows of breast MRI."""
