"""Writes test/golden/graph/operations.safetensors: what torch computes for every operation of the graph.

Run: /usr/bin/python3 test/oracle/operations.py
Tensors are named `case/input0`, `case/input1`, …, `case/output`; the metadata key `cases` is a JSON list of
{name, op, parameters, inputs, symbols} (see operation_cases.py). test/contract/operations.test.ts builds each case
as a graph and runs it.
"""
import json
import os

from operation_cases import cases
from safetensors_io import write_safetensors

OUT = os.path.join(os.path.dirname(__file__), "..", "golden", "graph", "operations.safetensors")

tensors, listed = {}, []
for name, op, parameters, inputs, function, symbols in cases:
    listed.append({"name": name, "op": op, "parameters": parameters, "inputs": len(inputs), "symbols": symbols})
    for i, value in enumerate(inputs):
        tensors[f"{name}/input{i}"] = value.numpy()
    # in double precision, so that the difference is the graph's own
    output = function(*(value.double() if value.is_floating_point() else value for value in inputs))
    tensors[f"{name}/output"] = (output.float() if output.is_floating_point() else output).detach().numpy()
write_safetensors(OUT, tensors, {"cases": json.dumps(listed)})
print(f"{len(cases)} cases, {os.path.getsize(OUT)} bytes")
