import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CommitId } from '../../src/core/ids.ts';
import { openGit } from '../../src/git/git.ts';
import { pushCommit } from '../../src/git/remote.ts';
import { scratch, script, type Scratch } from '../support/scratch.ts';

/** A scratch with an empty `origin`, and a `lost` that takes what is pushed and hangs up before it says so, as over HTTP. */
function withRemotes(): { made: Scratch; push: (remote: string) => Promise<boolean> } {
  const made = scratch();
  const origin = join(made.folder, 'origin.git');
  made.git(['init', '-q', '--bare', origin]);
  made.git(['remote', 'add', 'origin', origin]);
  made.git(['remote', 'add', 'lost', `lost::${origin}`]);
  const folder = join(made.folder, 'helpers');
  script(join(folder, 'git-remote-lost'), `#!/bin/sh
while read -r line; do
  case "$line" in
  capabilities) printf 'push\\noption\\n\\n' ;;
  list*) echo ;;
  option*) echo ok ;;
  push*)
    git push -q "$2" "\${line#push }"
    exit 128
    ;;
  esac
done
`);
  const git = openGit(made.repo, { ...made.env, PATH: `${folder}:${made.env['PATH'] ?? ''}` });
  const tip = made.git(['rev-parse', 'main']) as CommitId;
  return { made, push: (remote) => pushCommit(git, { remote, branch: 'main', tip: null }, tip) };
}

describe('a push that fails', () => {
  // Seen to be called refused, by git's "failed to push some refs", with the commit on the remote.
  it('its answer lost on the way: nobody knows whether it arrived', async () => {
    const { made, push } = withRemotes();
    await expect(push('lost')).rejects.toMatchObject({ code: 'push-unknown' });
    expect(made.git(['ls-remote', '--heads', 'origin'])).toContain('refs/heads/main');
  });

  it('ended by the pre-push hook: refused, whatever the hook says', async () => {
    const { made, push } = withRemotes();
    script(join(made.repo, '.git', 'hooks', 'pre-push'), '#!/bin/sh\necho "fatal: the remote end hung up unexpectedly: stale info" >&2\nexit 1\n');
    await expect(push('origin')).rejects.toMatchObject({ code: 'push-refused' });
  });

  it('a pre-push hook that passes, and the answer lost: nobody knows', async () => {
    const { made, push } = withRemotes();
    script(join(made.repo, '.git', 'hooks', 'pre-push'), '#!/bin/sh\nexit 0\n');
    await expect(push('lost')).rejects.toMatchObject({ code: 'push-unknown' });
  });

  it('refused by the remote\'s hook: refused', async () => {
    const { made, push } = withRemotes();
    script(join(made.folder, 'origin.git', 'hooks', 'pre-receive'), '#!/bin/sh\nexit 1\n');
    await expect(push('origin')).rejects.toMatchObject({ code: 'push-refused' });
  });
});
