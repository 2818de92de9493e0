import { describeFullSize } from '../support/full-size-parity.ts';

// The shapes of pictures are the other model's matter.
describeFullSize('maskrcnn_resnet50_fpn_v2', ['large', 'nothing']);
