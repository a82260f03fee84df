"""Pure DICOM and pixel library: pydicom, numpy, imagecodecs and isal; never Django."""

import logging
import warnings

from pydicom import config as _pydicom_config

# What pydicom says of a malformed file quotes attribute values, which are patient data and have no place in a log. It
# sets its logger's level when it is imported, so this must come after.
logging.getLogger(_pydicom_config.logger.name).setLevel(logging.CRITICAL)
warnings.filterwarnings("ignore", category=UserWarning, module="pydicom")
