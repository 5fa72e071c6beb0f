"""Examples as files, training, comparison, promotion: what the studio works on."""
