import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { programEnvironment } from '@argyle/kit/testing/own-process'
import { waitUntil } from '../../e2e/wait-until.ts'
import { root } from '../../repository.ts'
import { freePorts } from '../../stack/free-ports.ts'
import type { ComposeService } from '../compose-file.ts'

type ImageProcess = {
  readonly child: ChildProcess
  /** Status of `/health/ready` once it is 200. */
  readonly ready: number | null
  readonly url: string
}

/**
 * Starts the files of an image with the command and environment of docker-compose.yml; only addresses are
 * local.
 * @param folder the output of `assemble`
 * @throws Error with the output of a process that exited
 */
export async function startImage(
  folder: string,
  { command = [], environment: own }: Pick<ComposeService, 'command' | 'environment'>,
  addresses: Readonly<Record<string, string>>,
): Promise<ImageProcess> {
  const [program = '', ...args] = command
  if (program !== 'node') throw new Error(`the command starts ${JSON.stringify(program)}, not node`)
  const PORT = await freePort()
  const env = { ...programEnvironment(), ...own, HOST: '127.0.0.1', PORT, ...addresses }
  const child = spawn(path.join(root, 'node_modules/.bin/node'), args, { cwd: folder, env, stdio: 'pipe' })
  let output = ''
  child.stdout.on('data', (chunk) => (output += chunk))
  child.stderr.on('data', (chunk) => (output += chunk))
  const ready = await waitUntil(
    async () => {
      if (child.exitCode !== null) throw new Error(`${folder} ended:\n${output}`)
      return fetch(`http://127.0.0.1:${PORT}/health/ready`).then(
        ({ status }) => status,
        () => null,
      )
    },
    (status) => status === 200,
  ).catch((error: unknown) => {
    child.kill('SIGKILL')
    throw error
  })
  return { child, ready, url: `http://127.0.0.1:${PORT}` }
}

/** @returns the exit code */
export async function stop(child: ChildProcess): Promise<number | null> {
  child.kill('SIGTERM')
  await once(child, 'exit')
  return child.exitCode
}

/** A port that no outgoing connection of another process takes before its server listens. */
export async function freePort(): Promise<string> {
  return String((await freePorts(1))[0])
}
