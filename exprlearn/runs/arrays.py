"""Arrays in one file, as `numpy.savez` writes them: what is read is as large as the file and no larger.

A header of a few bytes can promise terabytes, and packed bytes can hold a thousand times as many. `savez` packs
nothing, so that everything a header promises must stand behind it.
"""

from __future__ import annotations

import io
import math
import re
import zipfile
from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

# The one way in which `numpy.save` writes the header of an array of booleans, integers or floats.
_HEADER = re.compile(
    rb"\x93NUMPY\x01\x00..\{'descr': '([<|](?:b1|[iu][1248]|f[248]))', 'fortran_order': (False|True), "
    rb"'shape': \(((?:[0-9]{1,18}, ?){0,31}(?:[0-9]{1,18})?)\), \} *\n",
    re.DOTALL,
)
_ENCRYPTED = 1


def pack_arrays(arrays: Mapping[str, Any]) -> bytes:
    """Return arrays, by name, as the bytes of an npz file."""
    packed = io.BytesIO()
    np.savez(packed, allow_pickle=False, **{name: np.asarray(value) for name, value in arrays.items()})
    return packed.getvalue()


def unpack_arrays(data: bytes) -> dict[str, NDArray[Any]]:
    """Return the arrays, by name, of the bytes of an npz file; they cannot be written to.

    Raises:
        ValueError: the bytes are none, or not what `pack_arrays` writes.

    >>> unpack_arrays(pack_arrays({"bias": np.zeros(2, np.float32)}))
    {'bias': array([0., 0.], dtype=float32)}
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            members = packed.infolist()
            if sum(member.file_size for member in members) > len(data):
                raise ValueError("its arrays are larger than the file")
            return {member.filename.removesuffix(".npy"): _array(packed, member) for member in members}
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, OverflowError) as error:
        raise ValueError(f"no archive of arrays ({error})") from error


def _array(packed: zipfile.ZipFile, member: zipfile.ZipInfo) -> NDArray[Any]:
    name = member.filename[:80]
    if member.flag_bits & _ENCRYPTED or member.compress_type != zipfile.ZIP_STORED:
        raise ValueError(f"{name} is packed or encrypted, which no array is")
    content = packed.read(member)
    header = _HEADER.match(content)
    if header is None or not header.end() == 10 + int.from_bytes(content[8:10], "little"):
        raise ValueError(f"{name} is no array of numbers")
    dtype = np.dtype(header[1].decode())
    order: Literal["C", "F"] = "F" if header[2] == b"True" else "C"
    shape = tuple(int(size) for size in header[3].replace(b",", b" ").split())
    if math.prod(shape) * dtype.itemsize != len(content) - header.end():
        raise ValueError(f"{name} holds {len(content) - header.end()} bytes, which are not {shape} of {dtype}")
    values: NDArray[Any] = np.frombuffer(content, dtype, offset=header.end()).reshape(shape, order=order)
    return values
