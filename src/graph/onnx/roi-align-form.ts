/**
 * How RoIAlign is written: as ONNX's operator, or as GridSample and an average, for execution providers that have no
 * RoiAlign, such as WebGPU.
 */
export type RoiAlignForm = 'operator' | 'gridSample';
