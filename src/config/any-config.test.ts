import { describe, expect, it } from 'vitest';
import { parseAnyModelConfig } from './any-config.ts';
import { architectureNamed } from './architectures.ts';
import { presetConfig } from './presets.ts';
import { semanticPreset } from './semantic.ts';

const ant = [{ id: 1, name: 'ant' }];
const detector = presetConfig(architectureNamed('maskrcnn_resnet18_fpn'), ant);
const fcn = semanticPreset('fcn_resnet50', ant);

describe('a configuration of any kind', () => {
  it('has a kind', () => {
    expect(detector.kind).toBe('detector');
    expect(fcn.kind).toBe('fcn');
    expect(parseAnyModelConfig('a', detector)).toEqual(detector);
    expect(parseAnyModelConfig('a', fcn)).toEqual(fcn);
  });

  it('gets its kind if an older version wrote it', () => {
    const { kind: _detector, ...oldDetector } = detector;
    const { kind: _fcn, ...oldFcn } = fcn;
    expect(parseAnyModelConfig('a', oldDetector)).toEqual(detector);
    expect(parseAnyModelConfig('a', oldFcn)).toEqual(fcn);
  });

  it.each<[unknown, RegExp]>([
    [{ ...detector, kind: 'ssd' }, /^a: kind: expected detector or fcn, got "ssd"$/],
    [{ ...detector, kind: 'fcn' }, /^a: .*unknown key structure/],
    [{ ...fcn, kind: 'detector' }, /^a: .*unknown key auxiliary/],
    ['text', /^a: /],
  ])('that is wrong is refused by one line: %#', (value, message) => {
    expect(() => parseAnyModelConfig('a', value)).toThrow(message);
  });
});
