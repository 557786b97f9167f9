import { spawnSync } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { scratch } from '../support/scratch.ts';

const HERE = fileURLToPath(new URL('../..', import.meta.url));

/** The files that the project's own lint settings refuse, of these files. */
function refusedFiles(files: Readonly<Record<string, string>>): string[] {
  const project = scratch();
  copyFileSync(join(HERE, '.oxlintrc.json'), join(project.folder, '.oxlintrc.json'));
  project.write(files, project.folder);
  const oxlint = spawnSync(process.execPath, [join(HERE, 'node_modules/oxlint/bin/oxlint'), '--deny-warnings', '--format', 'json', 'src'], {
    cwd: project.folder, env: project.env, encoding: 'utf8',
  });
  const { diagnostics } = JSON.parse(oxlint.stdout) as { diagnostics: { filename: string; code: string }[] };
  return [...new Set(diagnostics.filter(({ code }) => /restricted-(imports|globals)/.test(code)).map(({ filename }) => filename))].sort();
}

const importing = (module: string): string => `import * as used from '${module}';\nexport const answer = used;\n`;

// Each was seen to fail with that layer's rule taken out of .oxlintrc.json.
test('an import that goes up a layer is refused', () => {
  const forbidden = {
    'src/core/node.ts': importing('node:fs'),
    'src/core/package.ts': importing('execa'),
    'src/core/up.ts': importing('../git/git.ts'),
    'src/core/deep/up.ts': importing('../../state/journal.ts'),
    'src/core/clock.ts': 'export const now = (): number => Date.now();\n',
    'src/process/up.ts': importing('../git/git.ts'),
    'src/git/up.ts': importing('../state/journal.ts'),
    'src/git/starts.ts': importing('node:child_process'),
    'src/state/up.ts': importing('../operations/context.ts'),
    'src/state/sideways.ts': importing('../config/load.ts'),
    'src/config/sideways.ts': importing('../state/journal.ts'),
    'src/launch/up.ts': importing('../operations/context.ts'),
    'src/operations/up.ts': importing('../cli/program.ts'),
    'src/operations/starts.ts': importing('execa'),
    'src/operations/deep/up.ts': importing('../../cli/program.ts'),
    'src/cli/starts.ts': importing('node:child_process'),
    'src/cli/render/decides.ts': importing('../../state/journal.ts'),
    'src/main.ts': importing('execa'),
  };
  expect(refusedFiles(forbidden)).toEqual(Object.keys(forbidden).sort());
});

test('an import that goes down a layer, or to core, is let through', () => {
  expect(refusedFiles({
    'src/core/rule.ts': importing('./ids.ts'),
    'src/process/run.ts': importing('../core/text.ts'),
    'src/git/git.ts': importing('../process/run.ts'),
    'src/state/journal.ts': importing('../git/refs.ts'),
    'src/config/load.ts': importing('../git/objects.ts'),
    'src/launch/tmux.ts': importing('../state/journal.ts'),
    'src/operations/add.ts': importing('../config/load.ts'),
    'src/cli/commands/add.ts': importing('../../operations/add.ts'),
    'src/cli/render/add.ts': importing('../../core/ids.ts'),
  })).toEqual([]);
});
