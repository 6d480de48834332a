"""How pynetdicom behaves in this program: it is settled once, for its settings are the process's.

Whoever uses pynetdicom imports it from here.
"""

from __future__ import annotations

import logging
import warnings

from pynetdicom import AE, _config, evt
from pynetdicom.association import Association

__all__ = ["AE", "Association", "evt"]

# A file goes out as it lies on the disk, piece by piece: else it is decoded and written anew.
_config.STORE_SEND_CHUNKED_DATASET = True
# Its log says what the other side sent, of any length and with any character, and tracebacks at
# every lost connection. What matters is said by this program's own errors.
_config.LOG_HANDLER_LEVEL = "none"
logging.getLogger("pynetdicom").setLevel(logging.CRITICAL + 1)


def _quotes_no_value(record: logging.LogRecord) -> bool:
    return not record.getMessage().startswith(_QUOTING)


# pydicom quotes what the other side sent where its kind of value does not allow it.
_QUOTING = "Invalid value for VR"
logging.getLogger("pydicom").addFilter(_quotes_no_value)
warnings.filterwarnings("ignore", message=_QUOTING)
