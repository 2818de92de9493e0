"""Writes and reads `.safetensors` files with plain numpy, so that the oracle needs no further package.

Format: 8 bytes little-endian length of the header, the header as JSON (name to dtype, shape, byte range),
then the tensors' bytes. Not run on its own: the other scripts of this folder import it.
"""
import json
import struct

import numpy as np

_NAMES = {
    np.dtype(np.float64): "F64",
    np.dtype(np.float32): "F32",
    np.dtype(np.float16): "F16",
    np.dtype(np.int64): "I64",
    np.dtype(np.int32): "I32",
    np.dtype(np.int8): "I8",
    np.dtype(np.uint8): "U8",
    np.dtype(np.bool_): "BOOL",
}
_DTYPES = {name: dtype for dtype, name in _NAMES.items()}


def write_safetensors(path, tensors, metadata=None):
    """Writes named arrays (numpy, or anything `np.asarray` takes) to `path`; metadata is str to str."""
    arrays = {name: np.ascontiguousarray(np.asarray(value)) for name, value in tensors.items()}
    header = {"__metadata__": metadata} if metadata else {}
    offset = 0
    for name, array in arrays.items():
        header[name] = {
            "dtype": _NAMES[array.dtype],
            # ascontiguousarray gives a scalar one dimension, which is the form wanted here
            "shape": list(array.shape),
            "data_offsets": [offset, offset + array.nbytes],
        }
        offset += array.nbytes
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)))
        file.write(text)
        for array in arrays.values():
            file.write(array.tobytes())


def read_safetensors(path):
    """Returns the named arrays of a file that `write_safetensors` wrote."""
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        data = file.read()
    header.pop("__metadata__", None)
    return {
        name: np.frombuffer(data[slice(*entry["data_offsets"])], _DTYPES[entry["dtype"]]).reshape(entry["shape"])
        for name, entry in header.items()
    }
