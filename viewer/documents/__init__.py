"""Documents without pictures: structured reports, waveforms, encapsulated files."""
