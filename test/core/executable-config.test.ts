import { describe, expect, it } from 'vitest';
import { canExecute, newExecutables } from '../../src/core/executable-config.ts';

describe('a setting that git may start a program for', () => {
  it.each([
    ['core.fsmonitor', '.git/watch'], ['core.hookspath', '.husky'], ['core.sshcommand', 'ssh -i x'], ['core.editor', 'vi'], ['core.pager', 'less'],
    ['core.askpass', 'x'], ['core.gitproxy', 'x'], ['core.alternaterefscommand', 'x'], ['sequence.editor', 'x'], ['pager.log', 'evil'],
    ['alias.st', '!evil'], ['alias.st', '-c core.pager=evil log'], ['credential.helper', '!evil'], ['credential.https://x.y/.helper', 'evil'],
    ['filter.lfs.process', 'x'], ['filter.a.b.smudge', 'x'], ['filter.a.clean', 'x'], ['merge.ours.driver', 'true'], ['diff.external', 'x'],
    ['diff.pdf.textconv', 'x'], ['diff.pdf.command', 'x'], ['difftool.x.cmd', 'x'], ['mergetool.x.path', 'x'], ['gpg.program', 'x'], ['gpg.ssh.program', 'x'],
    ['gpg.ssh.defaultkeycommand', 'x'], ['uploadpack.packobjectshook', 'x'], ['include.path', 'more'], ['includeif.gitdir:./worktrees/*.path', 'more'],
    ['interactive.difffilter', 'x'], ['remote.origin.uploadpack', 'x'], ['remote.origin.receivepack', 'x'], ['remote.origin.url', 'ext::sh -c evil'],
    ['url.ext::sh -c evil.insteadof', 'https://'], ['protocol.ext.allow', 'always'], ['submodule.a.update', '!evil'], ['trailer.x.command', 'x'],
    ['hook.x.command', 'x'], ['tar.tgz.command', 'x'], ['gc.recentobjectshook', 'x'], ['init.templatedir', 'x'], ['extensions.worktreeconfig', 'true'],
    ['sendemail.tocmd', 'x'], ['sendemail.work.cccmd', 'x'], ['lfs.customtransfer.x.path', 'x'],
  ])('is %s = %s', (key, value) => {
    expect(canExecute({ key, value })).toBe(true);
  });

  it.each([
    ['core.fsmonitor', 'true'], ['core.fsmonitor', ''], ['pager.log', 'false'], ['core.bare', 'false'], ['user.name', '!evil'], ['remote.origin.url', 'https://x.y'],
    ['submodule.a.update', 'merge'], ['protocol.ext.allow', 'never'], ['url.https://a.insteadof', 'ext::'], ['merge.ours.name', 'x'], ['branch.alias.remote', 'x'],
    ['filter.lfs.required', 'true'], ['notcore.editor', 'x'],
  ])('is not %s = %s', (key, value) => {
    expect(canExecute({ key, value })).toBe(false);
  });
});

it('new are settings that appeared, changed or got one more value, and not those that went away', () => {
  const baseline = [{ key: 'core.editor', value: 'vi' }, { key: 'core.pager', value: 'less' }, { key: 'credential.helper', value: 'store' }];
  const now = [
    { key: 'core.editor', value: 'evil' }, { key: 'credential.helper', value: 'store' }, { key: 'credential.helper', value: '!evil' },
    { key: 'merge.x.driver', value: 'evil' }, { key: 'user.name', value: 'somebody' },
  ];
  expect(newExecutables(baseline, now)).toEqual([now[0], now[2], now[3]]);
  expect(newExecutables(now, baseline)).toEqual([baseline[0], baseline[1]]);
});
