import protobuf from 'protobufjs/minimal.js';
import type { Tensor } from '../../core/tensor.ts';
import { type Dim, printDim } from '../dim.ts';
import type { Value } from '../graph.ts';

/**
 * The part of ONNX's wire format that this package writes; field numbers are those of `onnx.proto`
 * (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto).
 */
export type Attribute = number | readonly number[] | string | FloatAttribute | SubgraphAttribute;

/** A float; plain numbers are integers. */
export interface FloatAttribute {
  readonly float: number;
}

/** The body of a loop; it may use any tensor that is known at the loop's position. */
export interface SubgraphAttribute {
  readonly subgraph: Pick<OnnxModel, 'name' | 'inputs' | 'outputs' | 'nodes'>;
}

export interface OnnxNode {
  /** The operator; one that is not ONNX's own as `domain:operator`. */
  readonly type: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** A constant. */
export type OnnxTensor = Tensor | StoredTensor;

/** A constant of a type that the host does not compute with; float16 is given by its bits. */
export type StoredTensor =
  | { readonly dtype: 'float16'; readonly shape: readonly number[]; readonly data: Uint16Array }
  | { readonly dtype: 'float64'; readonly shape: readonly number[]; readonly data: Float64Array };

export interface OnnxModel {
  readonly name: string;
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  /** Name of an output before the others that is a sequence of tensors. */
  readonly sequence?: string;
  readonly nodes: readonly OnnxNode[];
  readonly initializers: ReadonlyMap<string, OnnxTensor>;
  readonly opset?: Opset;
  /** Version of the program that writes the model. */
  readonly producerVersion?: string;
  /** What tools can read about the model, by name. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** Versions of ONNX's operators that models can be written for → the version of the format that came with them. */
const irVersions = { 17: 8, 18: 8, 19: 9, 20: 9, 21: 10 } as const;

export type Opset = keyof typeof irVersions;

export const opsets = Object.keys(irVersions).map(Number) as Opset[];

/** The oldest one, which all ONNX Runtime providers support. */
export const defaultOpset: Opset = 17;

/** Enough bytes for the nodes and names of most graphs. */
const roomBesideWeights = 2 ** 18;

/** TensorProto.DataType */
export const dataTypes: Readonly<Record<OnnxTensor['dtype'], number>> = {
  float32: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  float64: 11,
};
/** AttributeProto.AttributeType */
const attributeTypes = { float: 1, int: 2, string: 3, graph: 5, ints: 7 };

type Writer = protobuf.Writer;

/** The bytes of a ModelProto. */
export function encodeModel(model: OnnxModel): Uint8Array {
  const writer = new protobuf.Writer();
  // Allocated at once: a growing writer would copy the weights several times.
  writer.buf = new Uint8Array(bytesOf(model.initializers) + roomBesideWeights);
  const { opset = defaultOpset } = model;
  int(writer, 1, irVersions[opset]);
  text(writer, 2, 'mask-rcnn');
  if (model.producerVersion) text(writer, 3, model.producerVersion);
  message(writer, 7, (graph) => encodeGraph(graph, model));
  message(writer, 8, (operatorSet) => int(operatorSet, 2, opset));
  for (const domain of new Set(model.nodes.map(({ type }) => domainOf(type)))) {
    if (domain === '') continue;
    message(writer, 8, (operatorSet) => {
      text(operatorSet, 1, domain);
      int(operatorSet, 2, 1);
    });
  }
  for (const [key, value] of Object.entries(model.metadata ?? {})) {
    message(writer, 14, (entry) => {
      text(entry, 1, key);
      text(entry, 2, value);
    });
  }
  return writer.finish(true);
}

function bytesOf(initializers: OnnxModel['initializers']): number {
  return [...initializers.values()].reduce((sum, { data }) => sum + data.byteLength, 0);
}

function encodeGraph(writer: Writer, model: OnnxModel): void {
  for (const node of model.nodes) message(writer, 1, (proto) => encodeNode(proto, node));
  text(writer, 2, model.name);
  for (const [name, tensor] of model.initializers) {
    message(writer, 5, (proto) => encodeTensor(proto, name, tensor));
  }
  for (const value of model.inputs) message(writer, 11, (proto) => encodeValueInfo(proto, value));
  const { sequence } = model;
  if (sequence) message(writer, 12, (proto) => encodeSequenceInfo(proto, sequence));
  for (const value of model.outputs) message(writer, 12, (proto) => encodeValueInfo(proto, value));
}

function encodeNode(writer: Writer, node: OnnxNode): void {
  for (const input of node.inputs) text(writer, 1, input);
  for (const output of node.outputs) text(writer, 2, output);
  text(writer, 3, node.outputs[0]);
  const domain = domainOf(node.type);
  text(writer, 4, domain === '' ? node.type : node.type.slice(domain.length + 1));
  for (const [name, value] of Object.entries(node.attributes)) {
    message(writer, 5, (proto) => encodeAttribute(proto, name, value));
  }
  if (domain !== '') text(writer, 7, domain);
}

/** Empty for ONNX's own operators. */
function domainOf(type: string): string {
  return type.slice(0, Math.max(type.indexOf(':'), 0));
}

function encodeAttribute(writer: Writer, name: string, value: Attribute): void {
  text(writer, 1, name);
  if (typeof value === 'number') {
    int(writer, 3, value);
    int(writer, 20, attributeTypes.int);
  } else if (typeof value === 'string') {
    text(writer, 4, value);
    int(writer, 20, attributeTypes.string);
  } else if ('float' in value) {
    writer.uint32(tag(2, 5)).float(value.float);
    int(writer, 20, attributeTypes.float);
  } else if ('subgraph' in value) {
    message(writer, 6, (graph) => encodeGraph(graph, { ...value.subgraph, initializers: new Map() }));
    int(writer, 20, attributeTypes.graph);
  } else {
    for (const element of value) int(writer, 8, element);
    int(writer, 20, attributeTypes.ints);
  }
}

function encodeTensor(writer: Writer, name: string, { dtype, shape, data }: OnnxTensor): void {
  for (const extent of shape) int(writer, 1, extent);
  int(writer, 2, dataTypes[dtype]);
  text(writer, 8, name);
  writer.uint32(tag(9, 2)).bytes(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}

function encodeValueInfo(writer: Writer, { name, dtype, shape }: Value): void {
  text(writer, 1, name);
  message(writer, 2, (type) => {
    message(type, 1, (tensorType) => {
      int(tensorType, 1, dataTypes[dtype]);
      message(tensorType, 2, (shapeProto) => {
        for (const dim of shape) message(shapeProto, 1, (proto) => encodeDim(proto, dim));
      });
    });
  });
}

/** A sequence of float32 tensors of any shape. */
function encodeSequenceInfo(writer: Writer, name: string): void {
  text(writer, 1, name);
  message(writer, 2, (type) => {
    message(type, 4, (sequenceType) => {
      message(sequenceType, 1, (elementType) => {
        message(elementType, 1, (tensorType) => int(tensorType, 1, dataTypes.float32));
      });
    });
  });
}

function encodeDim(writer: Writer, dim: Dim): void {
  if (typeof dim === 'number') int(writer, 1, dim);
  else text(writer, 2, printDim(dim));
}

function message(writer: Writer, field: number, encode: (writer: Writer) => void): void {
  writer.uint32(tag(field, 2)).fork();
  encode(writer);
  writer.ldelim();
}

function int(writer: Writer, field: number, value: number): void {
  writer.uint32(tag(field, 0)).int64(value);
}

function text(writer: Writer, field: number, value: string): void {
  writer.uint32(tag(field, 2)).string(value);
}

function tag(field: number, wireType: number): number {
  return (field << 3) | wireType;
}
