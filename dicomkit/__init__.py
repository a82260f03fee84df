"""Pure DICOM and pixel library: pydicom, numpy, imagecodecs and isal; never Django."""
