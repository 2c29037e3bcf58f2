import path from 'node:path'

/** The executable that Prisma's CLI runs instead of downloading the schema engine. */
export const engineExecutable = path.join(import.meta.dirname, 'schema-engine')

/**
 * The environment for Prisma's CLI: that of this process, with the engine named (any existing file prevents
 * the download), this Node first in the path, and telemetry off.
 */
export function prismaEnvironment(more: Record<string, string> = {}): NodeJS.ProcessEnv {
  return {
    ...process.env,
    PATH: `${path.dirname(process.execPath)}${path.delimiter}${process.env.PATH ?? ''}`,
    PRISMA_SCHEMA_ENGINE_BINARY: engineExecutable,
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
    CHECKPOINT_DISABLE: '1',
    ...more,
  }
}
