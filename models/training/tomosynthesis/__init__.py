"""Networks for tomosynthesis: three classes, alone and with the mammogram."""
