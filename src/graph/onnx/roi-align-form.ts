/**
 * How RoIAlign is written: as ONNX's operator, or as GridSample and an average for execution providers
 * without RoiAlign, such as WebGPU.
 */
export type RoiAlignForm = 'operator' | 'gridSample';
