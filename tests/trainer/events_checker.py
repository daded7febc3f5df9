"""Reads TensorBoard event files with nothing of ours, record by record: events_checker.py FILE...

Checks both checksums of every record and every protobuf field, and prints one JSON object a file:
{"scalars": {tag: [[step, value], ...]}, "histograms": {...}, "images": {...}, "restarts": [step, ...]}
"""
import json
import struct
import sys
import zlib


def crc32c(data):
    """Bit by bit, as RFC 3720 defines it."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def masked(data):
    crc = crc32c(data)
    return (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF


def records(data):
    at = 0
    while at < len(data):
        assert len(data) - at >= 12, f"a header cut short at byte {at}"
        (length,) = struct.unpack_from("<Q", data, at)
        (crc,) = struct.unpack_from("<I", data, at + 8)
        assert crc == masked(data[at : at + 8]), f"the length's checksum at byte {at}"
        body = data[at + 12 : at + 12 + length]
        assert len(body) == length and len(data) >= at + 16 + length, f"a record cut short at byte {at}"
        (crc,) = struct.unpack_from("<I", data, at + 12 + length)
        assert crc == masked(body), f"the record's checksum at byte {at}"
        yield body
        at += 16 + length


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, at


def fields(data):
    at, found = 0, []
    while at < len(data):
        key, at = varint(data, at)
        number, wire = key >> 3, key & 7
        if wire == 0:
            value, at = varint(data, at)
        elif wire == 1:
            (value,), at = struct.unpack_from("<d", data, at), at + 8
        elif wire == 2:
            size, at = varint(data, at)
            value, at = data[at : at + size], at + size
            assert len(value) == size
        elif wire == 5:
            (value,), at = struct.unpack_from("<f", data, at), at + 4
        else:
            raise AssertionError(f"wire type {wire}")
        found.append((number, value))
    return found


def doubles(data):
    return list(struct.unpack(f"<{len(data) // 8}d", data))


def png_size(data):
    assert data[:8] == b"\x89PNG\r\n\x1a\n", "no PNG"
    width, height, depth, colour = struct.unpack_from(">IIBB", data, 16)
    rows, at = b"", 8
    while at < len(data):
        (size,) = struct.unpack_from(">I", data, at)
        kind, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + size]
        assert struct.unpack_from(">I", data, at + 8 + size)[0] == zlib.crc32(kind + body)
        rows += body if kind == b"IDAT" else b""
        at += 12 + size
    assert (depth, colour) == (8, 2) and len(zlib.decompress(rows)) == height * (1 + 3 * width)
    return [width, height]


def read(path):
    result = {"scalars": {}, "histograms": {}, "images": {}, "restarts": []}
    with open(path, "rb") as file:
        events = [fields(body) for body in records(file.read())]
    assert dict(events[0])[3] == b"brain.Event:2", "the first event says no version"
    for event in map(dict, events[1:]):
        assert event[1] > 1e9, "no time"
        step = event.get(2, 0)
        if 7 in event:
            assert fields(event[7]) == [(1, 1)]
            result["restarts"].append(step)
            continue
        for number, value in fields(event[5]):
            assert number == 1
            value = dict(fields(value))
            tag = value[1].decode()
            if 2 in value:
                result["scalars"].setdefault(tag, []).append([step, value[2]])
            elif 4 in value:
                image = dict(fields(value[4]))
                assert png_size(image[4]) == [image[2], image[1]]
                result["images"].setdefault(tag, []).append([step, [image[2], image[1]]])
            else:
                h = dict(fields(value[5]))
                limits, buckets = doubles(h[6]), doubles(h[7])
                assert len(limits) == len(buckets) and limits == sorted(limits)
                assert sum(buckets) == h.get(3), "the buckets do not add up"
                assert limits[-1] >= h.get(2, 0) and h.get(5, 0) >= 0
                result["histograms"].setdefault(tag, []).append([step, h[3]])
    return result


for path in sys.argv[1:]:
    print(json.dumps(read(path)))
