from __future__ import annotations

import io
import zipfile
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from exprlearn.runs.run_files import pack_arrays, unpack_arrays

NUMBERS = st.sampled_from(["<f4", "<f8", "<f2", "<i4", "<i8", "<u4", "|u1", "|b1"])


@given(NUMBERS, arrays.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4), st.booleans())
def test_arrays_come_back_as_they_were(dtype, shape, is_fortran):
    array = np.asarray(
        np.arange(np.prod(shape, dtype=int)).reshape(shape), dtype=dtype, order="F" if is_fortran else "C"
    )
    (back,) = unpack_arrays(pack_arrays({"a/b": array})).values()
    assert (back.dtype, back.shape) == (array.dtype, array.shape)
    assert back.tobytes() == array.tobytes()


def npy(shape, descr="'<f4'", content=b"", order="False"):
    header = f"{{'descr': {descr}, 'fortran_order': {order}, 'shape': {shape}, }}\n".encode()
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + content


def packed(*members, how=zipfile.ZIP_STORED):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", how) as archive:
        for number, member in enumerate(members):
            archive.writestr(f"{number}.npy", member)
    return stream.getvalue()


HEADERS = {
    "terabytes": npy("(1000000000000,)"),
    "nothing, 10^21 times": npy("(0, 1000000000000000000000)"),
    "nothing, 10^17 times": npy("(0, 100000000000000000, 100000000000000000)"),
    "texts": npy("(1,)", "'<U1'", b"abcd"),
    "objects": npy("(1,)", "'|O'", b"abcd"),
    "structures": npy("(1,)", "[('a', '<f4')]", b"abcd"),
    "brackets": npy("(" * 5000),
    "minus": npy("(" + "-" * 5000 + "1,)"),
    "too little": npy("(2,)", content=b"abcd"),
    "too much": npy("(1,)", content=b"abcdefgh"),
    "nothing": b"",
    "no header": b"\x93NUMPY",
}


def test_a_name_that_became_long_is_not_quoted_whole():
    data = bytearray(pack_arrays({"weights": np.zeros(20_000)}))
    # The two bytes that say how long the name is, in the header before the first array.
    data[26:28] = (60_000).to_bytes(2, "little")
    with pytest.raises(ValueError, match="no archive of arrays") as caught:
        unpack_arrays(bytes(data))
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize("name", HEADERS)
def test_a_header_that_promises_what_is_not_there_is_refused(name):
    with pytest.raises(ValueError, match=r"0\.npy|dimension|array"):
        unpack_arrays(packed(HEADERS[name]))


def test_a_bomb_is_refused_before_it_is_unpacked():
    bomb = packed(npy("(25000000,)", content=bytes(10**8)), how=zipfile.ZIP_DEFLATED)
    assert len(bomb) < 2 * 10**5
    with pytest.raises(ValueError, match="larger than the file"):
        unpack_arrays(bomb)


def test_members_that_are_packed_encrypted_or_packed_in_an_unknown_way_are_refused():
    whole = packed(npy("(1,)", content=b"abcd"))
    directory = whole.rindex(b"PK\x01\x02")
    for offset, value in ((8, 1), (10, 8), (10, 99), (10, 12)):
        data = bytearray(whole)
        data[directory + offset] = value
        with pytest.raises(ValueError, match="packed or encrypted"):
            unpack_arrays(bytes(data))


def test_an_array_without_its_archive_is_refused():
    with pytest.raises(ValueError, match="no archive of arrays"):
        unpack_arrays(npy("(1,)", content=b"abcd"))


@given(st.data())
def test_bytes_that_were_changed_are_read_or_refused(data):
    whole = bytearray(pack_arrays({"a": np.zeros(3, np.float32), "b": np.ones((2, 2), np.int64)}))
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    with suppress(ValueError):
        unpack_arrays(bytes(whole[: data.draw(st.integers(0, len(whole)))]))
