import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { buildProgram } from '../../src/cli/program.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const manifest = JSON.parse(read('package.json'));

interface Workflow {
  on: object;
  jobs: Record<string, { steps: { uses?: string; run?: string }[] }>;
}

describe('the community files', () => {
  const workflows = readdirSync(join(root, '.github', 'workflows'));

  it.each(workflows)('%s runs what is there, with actions of a fixed major version', (name) => {
    const { on, jobs }: Workflow = parse(read(`.github/workflows/${name}`));
    expect(on).toBeTypeOf('object');
    const steps = Object.values(jobs).flatMap((job) => job.steps);
    expect(steps.length).toBeGreaterThan(0);
    for (const { uses, run = '' } of steps) {
      if (uses !== undefined) expect(uses).toMatch(/^actions\/[\w-]+@v\d+$/);
      for (const [, script] of run.matchAll(/npm run ([\w:-]+)/g))
        expect(manifest.scripts).toHaveProperty([script]);
      for (const [, path] of run.matchAll(/bash (\S+)/g)) expect(existsSync(join(root, path))).toBe(true);
    }
  });

  it('publishes a tagged version with provenance, without a stored token', () => {
    const text = read('.github/workflows/release.yml');
    const { jobs } = parse(text) as Workflow & { jobs: Record<string, { permissions: object }> };
    expect(jobs.publish.permissions).toEqual({ contents: 'read', 'id-token': 'write' });
    expect(text).toContain('npm publish --provenance');
    expect(text).not.toContain('secrets.');
  });

  it.each(['bug.yml', 'accuracy.yml', 'feature.yml'])('the issue form %s asks for something', (name) => {
    const form = parse(read(`.github/ISSUE_TEMPLATE/${name}`));
    expect(form).toMatchObject({ name: expect.any(String), description: expect.any(String) });
    const ids = form.body.map(({ id }: { id: string }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(
      form.body.some((field: { validations?: { required: boolean } }) => field.validations?.required),
    ).toBe(true);
  });

  it('cites this version under its licence', () => {
    const citation = parse(read('CITATION.cff'));
    expect(citation).toMatchObject({
      version: manifest.version,
      license: manifest.license,
      'cff-version': '1.2.0',
    });
  });
});

describe('the Dockerfile', () => {
  const lines = read('Dockerfile').replaceAll('\\\n', ' ').split('\n');
  const json = (word: string): string[] =>
    JSON.parse(lines.find((line) => line.includes(`${word} [`))!.replace(/^[^[]*/, ''));

  it('names its base image, and runs without root', () => {
    const bases = lines.filter((line) => line.startsWith('FROM'));
    expect(bases.map((line) => line.split(' ')[1])).toEqual(Array(2).fill('node:22-bookworm-slim'));
    expect(lines.indexOf('USER node')).toBeGreaterThan(lines.lastIndexOf(bases[1]));
  });

  it('starts the command with options that it has, on the port that is looked at', async () => {
    expect(json('ENTRYPOINT')[0]).toMatch(/\/mask-rcnn$/);
    const args = lines.findLast((line) => line.startsWith('CMD'))!.slice('CMD '.length);
    const program = await buildProgram(JSON.parse(args));
    let options: object = {};
    for (const command of program.commands) {
      command.action(() => {
        options = command.opts();
      });
    }
    await program.parseAsync(JSON.parse(args), { from: 'user' });
    expect(options).toMatchObject({ host: '0.0.0.0', port: 8080 });
    expect(lines).toContain('EXPOSE 8080');
    expect(lines.find((line) => line.startsWith('HEALTHCHECK'))).toContain("'http://127.0.0.1:8080/healthz'");
  });
});
