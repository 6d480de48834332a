"""What others would do with the same networks: one way one file, to measure Senoscope beside."""
