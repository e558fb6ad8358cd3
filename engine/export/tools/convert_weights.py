#!/usr/bin/env python3
"""Weights of the published PyTorch networks to safetensors with the official names, and back.

    python3 convert_weights.py CHECKPOINT.pth WEIGHTS.safetensors [--key ema] [--drop REGEX ...]
    python3 convert_weights.py WEIGHTS.safetensors CHECKPOINT.pth

The first form reads a checkpoint (only tensors, nothing in the file is executed), takes the state dictionary out of it (or the one under
--key), removes the prefix that data-parallel training adds, and leaves out what --drop names. Without --drop the spare norms of HR-NAS blocks
('bns'), which never run, are left out: the lab's networks do not have them. PyTorch is needed (pip install torch); nothing else is.
"""
import argparse
import json
import re
import struct
import sys

# Spare norms of HR-NAS's blocks; `bns.0.weight` within a block.
DEFAULT_DROP = [r"(^|\.)bns\.\d+\."]
ELEMENT_BYTES = {"F64": 8, "F32": 4, "F16": 2, "BF16": 2, "I64": 8, "I32": 4, "I16": 2, "I8": 1, "U8": 1, "BOOL": 1}


def write_safetensors(path, tensors):
    """tensors: list of (name, dtype, shape, bytes), row-major."""
    header, offset = {}, 0
    for name, dtype, shape, data in tensors:
        header[name] = {"dtype": dtype, "shape": list(shape), "data_offsets": [offset, offset + len(data)]}
        offset += len(data)
    text = json.dumps(header).encode("utf-8")
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)))
        file.write(text)
        for _, _, _, data in tensors:
            file.write(data)


def read_safetensors(path):
    """List of (name, dtype, shape, bytes) in the order of the data; refuses lengths and offsets that do not fit the file."""
    with open(path, "rb") as file:
        content = file.read()
    if len(content) < 8:
        raise SystemExit(f"{path}: too short for a safetensors file")
    (length,) = struct.unpack("<Q", content[:8])
    if length > 100_000_000 or 8 + length > len(content):
        raise SystemExit(f"{path}: a header of {length} bytes does not fit")
    header = json.loads(content[8 : 8 + length])
    header.pop("__metadata__", None)
    data = content[8 + length :]
    result, expected = [], 0
    for name, info in sorted(header.items(), key=lambda item: item[1]["data_offsets"]):
        begin, end = info["data_offsets"]
        size = ELEMENT_BYTES[info["dtype"]]
        for extent in info["shape"]:
            size *= extent
        if begin != expected or end - begin != size or end > len(data):
            raise SystemExit(f"{path}: {name} lies at {begin}..{end}; expected {expected}..{expected + size}")
        result.append((name, info["dtype"], info["shape"], data[begin:end]))
        expected = end
    return result


def official_names(names, drop):
    """{name in the checkpoint: official name}: without the data-parallel prefix and without what is dropped."""
    patterns = [re.compile(pattern) for pattern in drop]
    plain = {name: re.sub(r"^module\.", "", name) for name in names}
    return {name: official for name, official in plain.items() if not any(pattern.search(official) for pattern in patterns)}


def state_dictionary(checkpoint, key):
    """The dictionary of tensors inside a checkpoint: under `key`, else under a usual name, else the checkpoint itself."""
    import torch

    for candidate in [key] if key else ["state_dict", "model", "net", None]:
        part = checkpoint if candidate is None else checkpoint.get(candidate)
        if isinstance(part, dict) and part and all(isinstance(value, torch.Tensor) for value in part.values()):
            return part
    raise SystemExit(f"no dictionary of tensors {'under ' + key if key else 'found'}; the checkpoint has: {', '.join(map(str, checkpoint))}")


def torch_types():
    import torch

    return {
        "F64": torch.float64, "F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16,
        "I64": torch.int64, "I32": torch.int32, "I16": torch.int16, "I8": torch.int8, "U8": torch.uint8, "BOOL": torch.bool,
    }


def pytorch_to_safetensors(source, target, key, drop):
    import torch

    state = state_dictionary(torch.load(source, map_location="cpu", weights_only=True), key)
    names = official_names(state, drop)
    codes = {dtype: code for code, dtype in torch_types().items()}
    tensors = []
    for name, official in names.items():
        value = state[name].detach().contiguous()
        flat = value.reshape(-1)  # a scalar becomes one element, so that it can be seen as bytes
        tensors.append((official, codes[value.dtype], value.shape, bytes(flat.view(torch.uint8).numpy())))
    write_safetensors(target, tensors)
    print(f"{target}: {len(tensors)} tensors, {len(state) - len(tensors)} left out")


def safetensors_to_pytorch(source, target):
    import torch

    types = torch_types()
    state = {}
    for name, dtype, shape, data in read_safetensors(source):
        state[name] = torch.frombuffer(bytearray(data), dtype=types[dtype]).reshape(shape)
    torch.save(state, target)
    print(f"{target}: {len(state)} tensors")


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source")
    parser.add_argument("target")
    parser.add_argument("--key", help="entry of the checkpoint that holds the tensors")
    parser.add_argument("--drop", action="append", metavar="REGEX", help="official names to leave out")
    options = parser.parse_args(arguments)
    to_safetensors = options.target.endswith(".safetensors")
    if to_safetensors == options.source.endswith(".safetensors"):
        parser.error("one of the two files must end in .safetensors")
    if to_safetensors:
        pytorch_to_safetensors(options.source, options.target, options.key, options.drop if options.drop is not None else DEFAULT_DROP)
    else:
        safetensors_to_pytorch(options.source, options.target)


if __name__ == "__main__":
    main(sys.argv[1:])
