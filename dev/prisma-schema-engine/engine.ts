// Tested in ../migrate/migrate.int.test.ts: the engine works on databases.

import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils'
import { SchemaEngine } from '@prisma/schema-engine-wasm'
import { createTargetDatabase } from './connection.ts'
import { engineAdapterFactory } from './engine-adapter.ts'
import { renameInternalChar } from './internal-char.ts'
import type { Methods } from './json-rpc.ts'
import { isAboutChange } from './unique-warning.ts'

// The engine's methods; their names on the wire are those of the object, with one exception.
const methods = [
  'applyMigrations',
  'createMigration',
  'dbExecute',
  'devDiagnostic',
  'diagnoseMigrationHistory',
  'diff',
  'ensureConnectionValidity',
  'evaluateDataLoss',
  'introspect',
  'introspectSql',
  'markMigrationApplied',
  'markMigrationRolledBack',
  'reset',
  'schemaPush',
] as const

/**
 * The schema engine compiled to WebAssembly by Prisma, with the methods that its CLI calls.
 * @param url the database; sessions are opened on demand
 * @param datamodels paths and texts of the Prisma schema's files
 */
export function openEngine(url: string, datamodels: [string, string][]): Methods {
  renameInternalChar()
  // The WebAssembly calls this global on a panic; its message is more useful than "unreachable executed".
  Object.assign(globalThis, {
    PRISMA_WASM_PANIC_REGISTRY: { set_message: (message: string) => process.stderr.write(`${message}\n`) },
  })
  let engine: Promise<SchemaEngine> | undefined
  const opened = () => {
    const adapter = bindMigrationAwareSqlAdapterFactory(engineAdapterFactory(url))
    engine ??= SchemaEngine.new(
      { datamodels: datamodels.length > 0 ? datamodels : undefined },
      () => {},
      adapter,
    )
    return engine
  }
  return {
    ...Object.fromEntries(
      methods.map((name) => [name, async (params) => call(await opened(), name, params)]),
    ),
    evaluateDataLoss: async (params) => evaluateDataLoss(await opened(), params),
    createMigration: async (params) => createMigration(await opened(), params),
    getDatabaseVersion: async () => (await opened()).version(),
    createDatabase: async (params) => ({ databaseName: await createTargetDatabase(urlIn(params) ?? url) }),
  } satisfies Methods
}

function call(engine: SchemaEngine, name: (typeof methods)[number], params: unknown): Promise<unknown> {
  // The parameters come from Prisma's CLI of the same version; the engine validates them.
  return (engine[name] as (params: unknown) => Promise<unknown>).call(engine, params)
}

type DataLossInput = Parameters<SchemaEngine['evaluateDataLoss']>[0]
type MigrationInput = Parameters<SchemaEngine['createMigration']>[0]

/** The SQL that leads from the migrations to the schema; empty where there is nothing to do. */
async function lackingSql(
  engine: SchemaEngine,
  { migrationsList, schema, filters }: DataLossInput | MigrationInput,
): Promise<string> {
  const from = { tag: 'migrations', ...migrationsList } as const
  const to = { tag: 'schemaDatamodel', ...schema } as const
  const { stdout } = await engine.diff({ from, to, script: true, exitCode: null, filters })
  return stdout === null || stdout.includes(NOTHING) ? '' : stdout
}

const NOTHING = '-- This is an empty migration.'

/**
 * In WebAssembly `evaluateDataLoss` fails unless `devDiagnostic` has read the same migrations before, and counts what
 * `createMigration` would write too much.
 */
async function evaluateDataLoss(engine: SchemaEngine, params: unknown) {
  const input = params as DataLossInput
  await engine.devDiagnostic(input)
  const evaluated = await engine.evaluateDataLoss(input)
  const sql = await lackingSql(engine, input)
  const warnings = evaluated.warnings.filter(({ message }) => isAboutChange(message, sql))
  return { ...evaluated, warnings, ...(sql === '' && { migrationSteps: 0 }) }
}

/**
 * The engine's own script makes each partial index again, since in WebAssembly it reads migrations without the conditions of
 * their indexes; `diff` reads them whole.
 */
async function createMigration(engine: SchemaEngine, params: unknown) {
  const input = params as MigrationInput
  const made = await engine.createMigration(input)
  const script = await lackingSql(engine, input)
  return { ...made, migrationScript: script === '' && !input.draft ? null : script || NOTHING }
}

function urlIn(params: unknown): string | undefined {
  // As above: `createDatabase` has the data source.
  return (params as { datasource?: { url?: string } }).datasource?.url
}
