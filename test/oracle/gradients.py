"""Writes test/golden/graph/gradients.safetensors: torch's gradients of every differentiable operation of the graph.

Run: /usr/bin/python3 test/oracle/gradients.py
The cases and their inputs are those of operations.safetensors. For each case that torch can differentiate:
`case/cotangent`, a random gradient of the output, and `case/gradient0`, … of those inputs that are not
integers. test/contract/gradients.test.ts differentiates the same graphs.
"""
import os

import torch

from operation_cases import cases
from safetensors_io import write_safetensors

OUT = os.path.join(os.path.dirname(__file__), "..", "golden", "graph", "gradients.safetensors")

torch.manual_seed(8)
tensors = {}
for name, op, parameters, inputs, function, symbols in cases:
    operands = [value.double().requires_grad_() if value.is_floating_point() else value for value in inputs]
    output = function(*operands)
    if not output.requires_grad:
        continue
    cotangent = torch.randn(output.shape)
    wanted = [i for i, value in enumerate(operands) if value.is_floating_point()]
    gradients = torch.autograd.grad(output, [operands[i] for i in wanted], cotangent.double(), allow_unused=True)
    tensors[f"{name}/cotangent"] = cotangent.numpy()
    for i, gradient in zip(wanted, gradients):
        if gradient is not None:
            tensors[f"{name}/gradient{i}"] = gradient.float().numpy()
write_safetensors(OUT, tensors)
print(f"{len(tensors)} tensors, {os.path.getsize(OUT)} bytes")
