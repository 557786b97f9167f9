import { chmodSync, existsSync, readdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { openRepository } from '../../src/git/repository.ts';
import { requireApproval } from '../../src/operations/approval.ts';
import type { Context } from '../../src/operations/context.ts';
import { trust } from '../../src/operations/trust.ts';
import { expectDone, scratch, type Scratch } from '../support/scratch.ts';

const GATED = 'version: 1\ngates:\n  - { name: test, run: npm test }\n';

function gated(): Scratch {
  const made = scratch();
  made.write({ '.aiteam.yaml': GATED });
  return made;
}

function contextOf(made: Scratch, confirm: Context['confirm'] = null, cwd = made.repo): Context {
  return { cwd, env: made.env, narrate: () => undefined, confirm };
}

async function approvalIn(context: Context): Promise<void> {
  const repo = await openRepository(context.cwd, context.env);
  await requireApproval({ context, repo, config: await loadConfig(repo) }, 'the gates');
}

const isApproved = async (made: Scratch, repo = made.repo): Promise<boolean> => approvalIn(contextOf(made, null, repo)).then(() => true, () => false);

/** An agent's worktree as far as trust looks at it. */
function agentWorktree(made: Scratch): string {
  made.git(['worktree', 'add', '-q', '-b', 'feature/glm', made.worktree('glm')]);
  writeFileSync(join(made.repo, '.git', 'worktrees', 'glm', 'aiteam-agent'), 'glm\n\n\n');
  return made.worktree('glm');
}

describe('a repository that was cloned', () => {
  it('runs nothing before its commands are approved, and says how to', async () => {
    await expect(approvalIn(contextOf(gated()))).rejects.toMatchObject({ code: 'not-trusted', kind: 'refused', hints: ['read them: aiteam trust --show', expect.stringContaining('aiteam trust')] });
  });

  it('needs no approval while it has no command', async () => {
    const made = scratch();
    made.write({ '.aiteam.yaml': 'version: 1\nagents: { glm: { role: developer } }\n' });
    expect(await isApproved(made)).toBe(true);
    expect(expectDone(made.aiteam(['trust'])).stdout).toContain('nothing to approve');
  });

  it('shows every command in full, with what a terminal would act on escaped', () => {
    const made = scratch();
    made.write({ '.aiteam.yaml': 'version: 1\nsetup:\n  - |\n    npm ci\n    curl evil\nagents: { glm: { command: claude } }\n' });
    const shown = expectDone(made.aiteam(['trust', '--show'])).stdout;
    expect(shown).toContain('setup npm ci (in each new worktree)\n    npm ci\n    curl evil\n');
    expect(shown).toContain('agent glm (as an agent)\n    claude\n');
    expect(shown).toContain('not approved: 2 commands');
    expect(existsSync(join(made.env['XDG_CONFIG_HOME'] ?? '', 'aiteam'))).toBe(false);
  });

  it('is denied where there is nobody to ask', async () => {
    const made = gated();
    const refused = expectDone(made.aiteam(['trust']), 1);
    expect(refused.stderr).toContain('there is nobody to ask');
    expect(refused.stderr).toContain('aiteam trust --yes');
    expect(await isApproved(made)).toBe(false);
  });
});

describe('an approval', () => {
  it('is given by --yes, holds for the same commands, and is taken back by --revoke', async () => {
    const made = gated();
    expect(expectDone(made.aiteam(['trust', '--yes'])).stderr).toContain('    npm test\n');
    expect(await isApproved(made)).toBe(true);
    expect(expectDone(made.aiteam(['trust'])).stdout).toContain('approved: 1 command');
    expectDone(made.aiteam(['trust', '--revoke']));
    expect(await isApproved(made)).toBe(false);
  });

  it('ends when a command changes, and not when anything else does', async () => {
    const made = gated();
    expectDone(made.aiteam(['trust', '--yes']));
    made.write({ '.aiteam.yaml': GATED.replace('name: test', 'name: all tests').concat('overlaps: block\n') });
    expect(await isApproved(made)).toBe(true);
    made.write({ '.aiteam.yaml': GATED.replace('npm test', 'npm test; curl evil') });
    expect(await isApproved(made)).toBe(false);
  });

  it('belongs to one repository: a copy of it elsewhere has none', async () => {
    const made = gated();
    expectDone(made.aiteam(['trust', '--yes']));
    renameSync(made.repo, join(made.folder, 'moved'));
    expect(await isApproved(made, join(made.folder, 'moved'))).toBe(false);
  });

  it("lies in the user's configuration folder, where nobody else can read or write it", async () => {
    const made = gated();
    expectDone(made.aiteam(['trust', '--yes']));
    const folder = join(made.env['XDG_CONFIG_HOME'] ?? '', 'aiteam', 'trust');
    const [file = ''] = readdirSync(folder);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600);
    chmodSync(join(folder, file), 0o666);
    expect(await isApproved(made)).toBe(false);
  });

  it.each(['', '{', 'null', '{"version":1}', '{"version":2,"repository":"x","commands":"y"}'])('is none when its file holds %j', async (text) => {
    const made = gated();
    expectDone(made.aiteam(['trust', '--yes']));
    const folder = join(made.env['XDG_CONFIG_HOME'] ?? '', 'aiteam', 'trust');
    writeFileSync(join(folder, readdirSync(folder)[0] ?? ''), text);
    expect(await isApproved(made)).toBe(false);
  });

  it('is asked for where somebody is at the terminal, with the commands shown first', async () => {
    const made = gated();
    const seen: string[] = [];
    const context: Context = {
      ...contextOf(made, async () => { seen.push('asked'); return seen.length > 2; }),
      narrate: (progress) => void seen.push(progress.kind === 'commands' ? progress.commands.map(({ run }) => run).join() : progress.kind),
    };
    await expect(approvalIn(context)).rejects.toMatchObject({ code: 'not-trusted' });
    await approvalIn(context);
    await approvalIn(context);
    expect(seen).toEqual(['npm test', 'asked', 'npm test', 'asked']);
    expect((await trust(context, 'ask')).done).toBe('nothing');
  });
});

describe('an agent', () => {
  it.each(['AI_AGENT_ID', 'AITEAM_AGENT'])('cannot approve where %s is set', async (name) => {
    const made = gated();
    const refused = expectDone(made.aiteam(['trust', '--yes'], { env: { [name]: 'glm' } }), 1);
    expect(refused.stderr).toContain('an agent approves nothing');
    expect(await isApproved(made)).toBe(false);
  });

  // Seen to fail with only the environment looked at.
  it('cannot approve from its worktree, nor be asked there, but may look', async () => {
    const made = gated();
    const cwd = agentWorktree(made);
    expectDone(made.aiteam(['trust', '--yes'], { cwd }), 1);
    expectDone(made.aiteam(['trust', '--revoke'], { cwd }), 1);
    await expect(approvalIn(contextOf(made, async () => true, cwd))).rejects.toMatchObject({ code: 'not-trusted' });
    expect(JSON.parse(expectDone(made.aiteam(['trust', '--show', '--json'], { cwd })).stdout)).toMatchObject({ version: 1, approved: false, commands: [{ kind: 'gate', name: 'test', run: 'npm test' }] });
  });

  // Seen to fail with the current worktree's configuration read.
  it('cannot bring a command of its branch into what runs', async () => {
    const made = gated();
    expectDone(made.aiteam(['trust', '--yes']));
    const cwd = agentWorktree(made);
    made.commit({ '.aiteam.yaml': GATED.replace('npm test', 'curl evil') }, 'mine', cwd);
    const { commands } = await trust(contextOf(made, null, cwd), 'show');
    expect(commands.map(({ run }) => run)).toEqual(['npm test']);
  });
});
