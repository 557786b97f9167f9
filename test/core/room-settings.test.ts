import { expect, it } from 'vitest';
import { roomSettings, type ScopedSetting } from '../../src/core/room-settings.ts';

const setting = (key: string, value: string, scope = 'local'): ScopedSetting => ({ key, value, scope });

it('what changes a merge and runs nothing enters the room; drivers are named with their command', () => {
  const { merging, drivers, promisors, fetching } = roomSettings([
    setting('merge.renames', 'false', 'global'), setting('core.eol', 'crlf'), setting('core.fsmonitor', '/bin/evil'), setting('filter.x.clean', '/bin/evil'),
    setting('merge.x.name', 'X'), setting('merge.x.driver', 'x %A'), setting('merge.half.name', 'half'), setting('merge.x.recursive', 'binary'), setting('remote.origin.url', 'https://example.org'),
  ]);
  expect(merging.map(({ key }) => key)).toEqual(['merge.renames', 'core.eol', 'merge.x.recursive']);
  expect([...drivers]).toEqual([['x', 'x %A'], ['half', null]]);
  expect({ promisors, fetching }).toEqual({ promisors: [], fetching: [] });
});

it('settings that choose another strategy are told apart from those that only change the commit', () => {
  const { unheeded } = roomSettings([setting('branch.main.mergeoptions', '--no-ff --log'), setting('branch.x.mergeoptions', '--no-ff -Xours'), setting('pull.twohead', 'ort'), setting('pull.twohead', 'resolve')]);
  expect(unheeded).toEqual([{ key: 'branch.x.mergeoptions', value: '--no-ff -Xours' }, { key: 'pull.twohead', value: 'resolve' }]);
});

it('a partial clone brings its remote\'s address, and how servers are reached from the user\'s own files only', () => {
  const { promisors, fetching } = roomSettings([
    setting('credential.helper', 'store', 'global'), setting('credential.helper', '!evil'), setting('core.sshcommand', 'evil'), setting('url.ext::evil.insteadof', 'https:'),
    setting('remote.origin.url', 'https://example.org'), setting('remote.origin.uploadpack', 'evil'), setting('remote.origin.promisor', 'true'), setting('remote.other.url', 'x'),
  ]);
  expect(promisors).toEqual(['origin']);
  expect(fetching).toEqual([
    { key: 'credential.helper', value: 'store' }, { key: 'remote.origin.url', value: 'https://example.org' }, { key: 'remote.origin.promisor', value: 'true' },
  ]);
});
