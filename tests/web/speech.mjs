// A voice for Chromium on Debian: speech-dispatcher with espeak-ng, on its own socket, speaking into a file.

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const program = '/usr/bin/speech-dispatcher';
const module = '/usr/lib/speech-dispatcher-modules/sd_espeak-ng';
const settings = '/etc/speech-dispatcher/modules/espeak-ng.conf';

/** Resolves to null where the packages are missing; else to what Chromium needs (env, args), heard(): how many bytes
 * of sound were spoken so far, and close(). */
export async function startSpeech() {
  if (![program, module, settings].every(existsSync)) return null;
  const folder = await mkdtemp(join(tmpdir(), 'inkling-speech-'));
  const socket = join(folder, 'socket');
  const sound = join(folder, 'spoken.raw');
  await writeFile(join(folder, 'speechd.conf'), `LogLevel 1
LogDir "${folder}"
CommunicationMethod "unix_socket"
SocketPath "${socket}"
AudioOutputMethod "alsa"
AudioALSADevice "default"
AddModule "espeak-ng" "${module}" "${settings}"
DefaultModule espeak-ng
DisableAutoSpawn
`);
  await writeFile(join(folder, 'asound.conf'),
    `pcm.!default { type file file "${sound}" format "raw" slave.pcm { type null } }\n`);
  const server = spawn(program, ['-s', '-C', folder, '-S', socket, '-P', join(folder, 'pid'), '-t', '0'],
    { stdio: 'ignore', env: { ...process.env, ALSA_CONFIG_PATH: join(folder, 'asound.conf') } });
  for (let i = 0; i < 100 && !existsSync(socket); ++i) await new Promise((done) => setTimeout(done, 50));
  if (!existsSync(socket)) throw new Error('speech-dispatcher does not start');
  return {
    env: { SPEECHD_ADDRESS: `unix_socket:${socket}` },
    args: ['--enable-speech-dispatcher'],
    heard: () => stat(sound).then(({ size }) => size, () => 0),
    async close() {
      const ended = new Promise((done) => server.once('exit', done));
      server.kill();
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
