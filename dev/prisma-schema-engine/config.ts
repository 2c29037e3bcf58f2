import path from 'node:path'

/** The executable that Prisma's CLI runs instead of the schema engine it would download. */
export const engineExecutable = path.join(import.meta.dirname, 'schema-engine')

/**
 * The environment of a child that runs Prisma's CLI: this process's own, with the engine named (any existing file
 * stops the download), this Node first in the path, and no call home.
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
