import { describeFullSize } from '../support/full-size-parity.ts';

describeFullSize('maskrcnn_resnet50_fpn', ['landscape', 'portrait', 'nothing', 'large']);
