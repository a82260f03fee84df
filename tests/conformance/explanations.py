"""Why a judge is known to disagree on a file, with the section of the standard that decides.

Rows: pattern of the file name, judge, explanation. The generator of the table complains about rows that nothing needs.
"""

DCMTK, GDCM, PYDICOM = "DCMTK, display", "GDCM, decoded values", "pydicom, decoded values"

_ROUNDED_PRODUCTS = (
    "DCMTK rounds each product of the colour matrix before it adds them. Our colours are within half a level of the "
    "matrix in PS3.3 C.7.6.3.1.2, and equal to pydicom's."
)
_SUBSAMPLED_RGB = (
    "The attribute says RGB, the codestream has subsampled its second and third component, which only luminance and "
    "colour differences can be (PS3.5 8.2.1). Read so, the picture has the colours of SC_rgb_jpeg_dcmtk.dcm; read as "
    "the attribute says, its red is (76, 85, 255)."
)
_SAMPLES_OF_32_BITS = (
    "A sample of 32 bits in big endian: the judge exchanges the bytes of each word of 16 bits (PS3.5 6.2, OW), we and "
    "pydicom those of the sample (PS3.5 7.3). The file is the dose of rtdose.dcm, which only the latter gives."
)
_RUN_LENGTH_BYTES = (
    "GDCM puts the bytes of 16 and 32-bit colour together in another order than PS3.5 G.2 writes them (most "
    "significant byte first, sample by sample). DCMTK and pydicom see the colours that we see."
)

_SUPPLEMENTAL = (
    "DCMTK does not know supplemental palettes and shows the map in grey. All its values are in colour (PS3.3 C.7.6.23, "
    "Pixel Presentation is COLOR); the colours are those that pydicom finds in the palette."
)

EXPLANATIONS: list[tuple[str, str, str]] = [
    ("SC_ybr_full_uncompressed.dcm", DCMTK, _ROUNDED_PRODUCTS),
    ("YBR_FULL-RLE.dcm", DCMTK, _ROUNDED_PRODUCTS),
    ("SC_rgb_jpeg_lossy_gdcm.dcm", DCMTK, _SUBSAMPLED_RGB),
    ("SC_rgb_jpeg_lossy_gdcm.dcm", GDCM, _SUBSAMPLED_RGB),
    ("SC_rgb_jpeg_lossy_gdcm.dcm", PYDICOM, _SUBSAMPLED_RGB),
    ("rtdose_expb*.dcm", DCMTK, _SAMPLES_OF_32_BITS),
    ("rtdose_expb*.dcm", GDCM, _SAMPLES_OF_32_BITS),
    ("*.2022071112144703157113445.dcm", DCMTK, _SUPPLEMENTAL),
    ("*.2022071112144709702713453.dcm", DCMTK, _SUPPLEMENTAL),
    ("SC_rgb_rle_16bit.dcm", GDCM, _RUN_LENGTH_BYTES),
    ("SC_rgb_rle_32bit.dcm", GDCM, _RUN_LENGTH_BYTES),
]
